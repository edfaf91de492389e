import { KIND, Kind, PENDING_END, PENDING_TIME, RTT_MIN, SIDE_WORDS, SIDES } from './flow-record.ts'
import type { FlowStore } from './flow-store.ts'
import { microsOf } from './flow-times.ts'

/** Starts timing a segment with new data, unless one is being timed already: one at a time, as RFC 6298 §3 does. */
export function timeSegment(store: FlowStore, side: 0 | 1, to: number, t: number): void {
  const at = store.base + KIND
  if ((store.int(at) & (Kind.PendingForward | Kind.PendingReverse)) !== 0) return
  store.mark(at, side === 0 ? Kind.PendingForward : Kind.PendingReverse)
  store.setInt(store.base + PENDING_END, to | 0)
  store.setInt(store.base + PENDING_TIME, microsOf(t))
}

/** Forgets the timing of a side that repeats itself: which copy is acknowledged would be a guess (Karn's algorithm). */
export function forgetTiming(store: FlowStore, side: 0 | 1): void {
  const at = store.base + KIND
  store.setInt(at, store.int(at) & ~(side === 0 ? Kind.PendingForward : Kind.PendingReverse))
}

/**
 * Ends the timing of a side's segment when an acknowledgment covers it.
 *
 * @param side - Side whose data is acknowledged.
 * @param ack - From that side's start.
 */
export function timeAcknowledgment(store: FlowStore, side: 0 | 1, ack: number, t: number): void {
  const pending = side === 0 ? Kind.PendingForward : Kind.PendingReverse
  if ((store.int(store.base + KIND) & pending) === 0) return
  if ((((ack | 0) - store.int(store.base + PENDING_END)) | 0) < 0) return
  forgetTiming(store, side)
  const elapsed = (microsOf(t) - store.int(store.base + PENDING_TIME)) | 0
  if (elapsed < 0) return
  const at = store.base + SIDES + side * SIDE_WORDS + RTT_MIN
  const least = store.int(at)
  if (least === 0 || elapsed + 1 < least) store.setInt(at, elapsed + 1)
}
