import type { AnalysedCapture } from '../analysis.ts'
import type { Attributor } from '../attribution/attributor.ts'
import type { Pairing } from '../connection/pairing.ts'
import type { AuditContext } from '../context.ts'
import type { Sighting } from '../sighting.ts'

/** One sighting before the judges, with all they may consult. */
export interface Case {
  readonly sighting: Sighting
  /** Other sightings of the same connection; `null` for a single one. */
  readonly pairing: Pairing | null
  readonly context: AuditContext
  readonly attributor: Attributor
  readonly captures: readonly AnalysedCapture[]
}
