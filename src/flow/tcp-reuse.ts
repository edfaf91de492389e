import { TcpFlag } from '../core/tcp-flags.ts'
import type { PacketView } from '../packet/packet-view.ts'
import * as layout from './flow-record.ts'
import type { FlowStore } from './flow-store.ts'
import { stateOf, TcpState } from './tcp-state.ts'

const { BITS, PACKETS, SIDE_WORDS, SIDES, SideBit, START } = layout
const { Started } = SideBit
const { Closed, Inactive, SynSent } = TcpState

const { Syn, Ack } = TcpFlag

/**
 * Whether a segment with the key of the flow the cursor is on opens another connection (flow reference, 3.2).
 *
 * @param side - 0 when the flow's originator sent it.
 */
export function startsAnew(store: FlowStore, view: PacketView, side: 0 | 1): boolean {
  if ((view.flags & Syn) === 0) return false
  const originator = store.base + SIDES
  const sender = originator + side * SIDE_WORDS
  const peer = originator + (1 - side) * SIDE_WORDS
  const bits = store.int(sender + BITS)
  const isOwnIsn = view.hasSeq === 0 || (view.seq | 0) === store.int(sender + START)
  if ((view.flags & Ack) !== 0) {
    const originatorSeen = store.int(originator + PACKETS) > 0
    return !originatorSeen && side === 1 && stateOf(bits) !== Inactive && !isOwnIsn
  }
  if (stateOf(bits) >= Closed || stateOf(store.int(peer + BITS)) >= Closed) return true
  if ((bits & Started) !== 0 && isOwnIsn) return false
  // Simultaneous open: one connection, whoever was first.
  const silent = store.int(sender + PACKETS) === 0
  return !(silent && stateOf(store.int(originator + BITS)) === SynSent)
}
