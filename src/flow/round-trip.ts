import * as layout from './flow-record.ts'

const { Kind, PENDING_END, PENDING_TIME, RTT_MIN, SIDE_WORDS, SIDES } = layout
const { PendingForward, PendingReverse } = Kind
const PENDING = PendingForward | PendingReverse

/**
 * Starts timing a segment with new data, unless one is being timed already: one at a time, as RFC 6298 §3 does.
 *
 * @param words - Hot words; the flow's begin at `base`.
 * @param kind - The flow's `KIND` word.
 * @param to - End of the segment, from the side's start.
 * @param micros - Time of the segment, see `microsOf`.
 * @returns The `KIND` word to keep.
 */
export function timeSegment(
  words: Int32Array,
  base: number,
  kind: number,
  side: 0 | 1,
  to: number,
  micros: number,
): number {
  if ((kind & PENDING) !== 0) return kind
  words[base + PENDING_END] = to | 0
  words[base + PENDING_TIME] = micros
  return kind | (side === 0 ? PendingForward : PendingReverse)
}

/** Forgets the timing of a side that repeats itself: which copy is acknowledged would be a guess (Karn's algorithm). */
export function forgetTiming(kind: number, side: 0 | 1): number {
  return kind & ~(side === 0 ? PendingForward : PendingReverse)
}

/**
 * Ends the timing of a side's segment when an acknowledgment covers it.
 *
 * @param side - Side whose data is acknowledged.
 * @param ack - From that side's start.
 * @returns The `KIND` word to keep.
 */
export function timeAcknowledgment(
  words: Int32Array,
  base: number,
  kind: number,
  side: 0 | 1,
  ack: number,
  micros: number,
): number {
  if ((kind & (side === 0 ? PendingForward : PendingReverse)) === 0) return kind
  if ((((ack | 0) - (words[base + PENDING_END] as number)) | 0) < 0) return kind
  const elapsed = (micros - (words[base + PENDING_TIME] as number)) | 0
  const at = base + SIDES + side * SIDE_WORDS + RTT_MIN
  const least = words[at] as number
  // 0 stands for "none", so that one is added.
  if (elapsed >= 0 && (least === 0 || elapsed + 1 < least)) words[at] = elapsed + 1
  return kind & ~PENDING
}
