import { formatTime, secondsBetween, type TimeKind } from '../../core/time.ts'
import type { Flow } from '../../flow/flow.ts'
import type { Timestamp } from './types.ts'

/** RFC 3339 text of a time of a capture; `null` where the capture carries no date. */
export function timestampOf(kind: TimeKind, sec: number, nsec: number): Timestamp {
  return kind === 'absolute' ? formatTime(sec, nsec) : null
}

/** Seconds since midnight or since the first packet of a capture without a date; `null` for dated and for timeless captures. */
export function offsetOf(kind: TimeKind, sec: number, nsec: number): number | null {
  if (kind === 'absolute' || kind === 'none') return null
  // Decimal text keeps the digits of the capture, a floating-point sum would not.
  return sec < 0 ? sec + nsec / 1e9 : Number(`${sec}.${String(nsec).padStart(9, '0')}`)
}

/** Seconds from the first packet of a flow to its last. */
export function flowSeconds(flow: Pick<Flow, 'startSec' | 'startNsec' | 'endSec' | 'endNsec'>): number {
  return roundToNs(secondsBetween(flow.startSec, flow.startNsec, flow.endSec, flow.endNsec))
}

/** A difference of two doubles carries noise beyond the ninth digit that would read as false precision. */
export function roundToNs(seconds: number): number {
  return Math.round(seconds * 1e9) / 1e9
}
