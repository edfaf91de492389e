import * as layout from './flow-record.ts'
import type { FlowStore } from './flow-store.ts'
import { stateOf, TcpState } from './tcp-state.ts'

const { BITS, CLOSED_TIME, KIND, Kind, LAST_TIME, SIDE_WORDS, SIDES, ZEEK_END } = layout
const { BothClosed, HasClosed } = Kind
const { Closed, Inactive, Reset } = TcpState

/**
 * Notes when the flow the cursor is on has closed, for its time-outs, and when both sides had sent a FIN, where Zeek ends it.
 *
 * @param side - Side that sent the segment at hand.
 */
export function noteClose(store: FlowStore, side: 0 | 1, t: number): void {
  const base = store.base
  const own = stateOf(store.int(base + SIDES + side * SIDE_WORDS + BITS))
  const peer = stateOf(store.int(base + SIDES + (1 - side) * SIDE_WORDS + BITS))
  const kind = store.int(base + KIND)
  const closed = own === Reset || (own === Closed && (peer === Inactive || peer >= Closed))
  if (closed && (kind & HasClosed) === 0) {
    store.mark(base + KIND, HasClosed)
    store.setDouble(base + CLOSED_TIME, t)
  }
  if (own === Closed && peer === Closed && (kind & BothClosed) === 0) {
    store.mark(base + KIND, BothClosed)
    store.setDouble(base + ZEEK_END, store.double(base + LAST_TIME))
  }
}
