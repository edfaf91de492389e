import { secondsBetween } from '../../core/time.ts'
import type { AnalysedCapture } from '../analysis.ts'
import type { Sighting } from '../sighting.ts'
import type { Evidence } from '../verdict.ts'
import { endpointText, pointText } from '../words.ts'
import { leadSample } from './fingerprint.ts'
import type { Pairing } from './pairing.ts'

/** The proof that two sightings are one connection: what agreed, where each was seen, and the packets. */
export function pairEvidence(
  pairing: Pairing,
  sighting: Sighting,
  other: Sighting,
  captures: readonly AnalysedCapture[],
): Evidence {
  const packets = [sighting, other].flatMap((seen) => packetOf(seen, captures))
  const where = `${endpointText(other.flow.source)} > ${endpointText(other.flow.destination)} at ${pointText(other.point)}`
  return {
    kind: 'paired-sighting',
    detail: `${pairing.proof}: also seen as ${where}${timeBetween(sighting, other)}`,
    confidence: pairing.confidence,
    packets,
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
