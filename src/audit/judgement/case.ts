import type { AnalysedCapture } from '../analysis.ts'
import type { Attributor } from '../attribution/attributor.ts'
import type { AnswerLink } from '../connection/answers.ts'
import type { Pairing } from '../connection/pairing.ts'
import type { ReversePath } from '../connection/reverse-path.ts'
import type { AuditContext } from '../context.ts'
import type { Sighting } from '../sighting.ts'
import type { Peers } from './peers.ts'

/** What a flow has to do with answers that left under another address. */
export type AnswerRole =
  /** It is the connection they belong to. */
  | { readonly kind: 'request'; readonly link: AnswerLink; readonly other: Sighting }
  /** It is these answers, seen as a flow of their own. */
  | { readonly kind: 'answer'; readonly link: AnswerLink; readonly other: Sighting }

/** One sighting before the judges, with all they may consult. */
export interface Case {
  readonly sighting: Sighting
  /** Other sightings of the same connection; `null` for a single one. */
  readonly pairing: Pairing | null
  /** Set where answers of the connection came from another address than was called. */
  readonly answer: AnswerRole | null
  readonly reversePath: ReversePath
  readonly context: AuditContext
  readonly attributor: Attributor
  readonly peers: Peers
  readonly captures: readonly AnalysedCapture[]
}
