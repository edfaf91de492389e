import { secondsBetween } from '../../core/time.ts'
import type { AnalysedCapture } from '../analysis.ts'
import type { Sighting } from '../sighting.ts'
import type { Confidence, Evidence } from '../verdict.ts'
import { endpointText, pointText } from '../words.ts'
import { agreementText } from './agreement.ts'
import { leadSample } from './fingerprint.ts'
import type { Pairing } from './pairing.ts'

/**
 * The proof that two sightings are one connection: what agreed, where each was seen, and the packets.
 *
 * Its texts are made when they are read: of a million verdicts few are printed, and the strings would be most of the memory.
 */
export class PairEvidence implements Evidence {
  readonly kind = 'paired-sighting'
  readonly confidence: Confidence
  readonly #sighting: Sighting
  readonly #other: Sighting
  readonly #captures: readonly AnalysedCapture[]

  constructor(pairing: Pairing, sighting: Sighting, other: Sighting, captures: readonly AnalysedCapture[]) {
    this.confidence = pairing.confidence
    this.#sighting = sighting
    this.#other = other
    this.#captures = captures
  }

  get detail(): string {
    const { flow, point } = this.#other
    const where = `${endpointText(flow.source)} > ${endpointText(flow.destination)} at ${pointText(point)}`
    return `${agreementText(this.#sighting.flow, flow)}: also seen as ${where}${timeBetween(this.#sighting, this.#other)}`
  }

  get packets(): readonly { readonly file: string; readonly record: number }[] {
    return [this.#sighting, this.#other].flatMap((seen) => packetOf(seen, this.#captures))
  }
}

function packetOf({ flow }: Sighting, captures: readonly AnalysedCapture[]): { file: string; record: number }[] {
  const sample = leadSample(flow)
  const file = sample && captures[flow.capture]?.files[sample.file]
  return sample && file !== undefined ? [{ file, record: sample.record }] : []
}

// Only clocks of one capture compare to the microsecond; between machines the difference is their clocks'.
function timeBetween(sighting: Sighting, other: Sighting): string {
  if (sighting.flow.capture !== other.flow.capture || sighting.flow.timeKind === 'none') return ''
  const mine = leadSample(sighting.flow)
  const theirs = leadSample(other.flow)
  if (!mine || !theirs) return ''
  const seconds = secondsBetween(mine.timeSec, mine.timeNsec, theirs.timeSec, theirs.timeNsec)
  const microseconds = Math.round(Math.abs(seconds) * 1e6)
  const amount = microseconds < 10_000 ? `${microseconds} µs` : `${(microseconds / 1000).toFixed(1)} ms`
  if (microseconds === 0) return ''
  return `, ${amount} ${seconds > 0 ? 'later' : 'before'}`
}
