import type { Case } from './case.ts'

/** First packet of the capture a case comes from, in the seconds of its flows' times. */
export function captureStart({ sighting, captures }: Pick<Case, 'sighting' | 'captures'>): number {
  const capture = captures[sighting.flow.capture]
  return capture === undefined ? 0 : capture.startSec + capture.startNsec / 1e9
}
