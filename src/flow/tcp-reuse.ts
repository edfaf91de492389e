import { TcpFlag } from '../core/tcp-flags.ts'
import type { PacketView } from '../packet/packet-view.ts'
import * as layout from './flow-record.ts'
import type { FlowStore } from './flow-store.ts'
import { stateOf, TcpState } from './tcp-state.ts'

const { BITS, KIND, Kind, PACKETS, SIDE_WORDS, SIDES, SideBit, START, START_TIME } = layout
const { Started } = SideBit
const { OriginKnown } = Kind
const { Closed, Inactive, SynSent } = TcpState

const { Syn, Ack } = TcpFlag

/** Segments of one moment may be captured in another order than they were sent in: nanoseconds. */
const REORDERING = 1e6
/** How far behind the SYN a segment captured before it may lie, octets. */
const REORDERED_OCTETS = 1 << 20

/**
 * Whether a segment with the key of the flow the cursor is on opens another connection (flow reference, 3.2).
 *
 * @param side - 0 when the flow's originator sent it.
 */
export function startsAnew(store: FlowStore, view: PacketView, side: 0 | 1, t: number): boolean {
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
  // The ports were taken for the wrong way round.
  if (side === 1 && (store.int(store.base + KIND) & OriginKnown) === 0) return true
  if ((bits & Started) !== 0 && (isOwnIsn || precedes(store, view, sender, t))) return false
  // Simultaneous open: one connection, whoever was first.
  const silent = store.int(sender + PACKETS) === 0
  return !(silent && stateOf(store.int(originator + BITS)) === SynSent)
}

/** Whether a SYN was captured just after segments that it opened the way for. */
function precedes(store: FlowStore, view: PacketView, sender: number, t: number): boolean {
  if ((store.int(store.base + KIND) & OriginKnown) !== 0) return false
  return octetsBehindSyn(store, view, sender) > 0 && Math.abs(t - store.double(store.base + START_TIME)) <= REORDERING
}

/**
 * How far the sender's numbering begins behind a SYN that comes late.
 *
 * @param sender - First word of the sender's side.
 * @returns Octets, or 0 where the SYN is none of this numbering.
 */
export function octetsBehindSyn(store: FlowStore, view: PacketView, sender: number): number {
  const behind = (store.int(sender + START) - view.seq) | 0
  return behind > 0 && behind < REORDERED_OCTETS ? behind : 0
}
