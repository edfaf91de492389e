import type { Decision } from '../masquerade/decision.ts'
import type { Sighting } from './sighting.ts'
import type { ContradictionCode, Evidence, Observation, Verdict, VerdictName } from './verdict.ts'

/** What a judge decides of one sighting; the rest of a {@link Verdict} is the sighting itself. */
export interface Ruling {
  readonly verdict: VerdictName
  readonly code?: ContradictionCode
  readonly expected: Decision | null
  readonly observed: Observation
  readonly because: readonly string[]
  readonly evidence?: readonly Evidence[]
}

export const NOT_OBSERVED: Observation = {
  action: 'unknown',
  address: null,
  originalSource: null,
  basis: 'no packet past the SNAT point',
  confidence: 'low',
}

/** Nothing the settings speak of. */
export function notApplicable(reason: string): Ruling {
  return { verdict: 'not_applicable', expected: null, observed: NOT_OBSERVED, because: [reason] }
}

/** Puts the ruling and the sighting together. */
export function verdictOf(
  { flow, source, destination, point }: Sighting,
  { verdict, code, expected, observed, evidence }: Ruling,
  rest: Pick<Verdict, 'because' | 'installed' | 'connection' | 'impact'>,
): Verdict {
  return {
    flow,
    source,
    destination,
    point,
    verdict,
    code: code ?? null,
    expected,
    installed: rest.installed,
    observed,
    because: rest.because,
    evidence: evidence ?? [],
    connection: rest.connection,
    impact: rest.impact,
  }
}
