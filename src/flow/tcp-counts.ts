import { TcpFlag } from '../core/tcp-flags.ts'
import type { PacketView } from '../packet/packet-view.ts'
import * as layout from './flow-record.ts'
import type { FlowStore } from './flow-store.ts'

const { BITS, COUNTS, SideBit } = layout
const { ShownFin, ShownRst, ShownSyn, ShownSynAck } = SideBit

const SYN_MAX = 0xfff
const SYN_ACK_SHIFT = 12
const SYN_ACK_MAX = 0xff
const RESET_SHIFT = 20
const RESET_MAX = 0xfff

const { Syn, Fin, Rst, Ack } = TcpFlag

/** Counts a segment's SYN or RST, and notes which control flags the side has shown. */
export function countControlFlags(store: FlowStore, e: number, view: PacketView): void {
  const flags = view.flags
  let counts = store.int(e + COUNTS)
  let shown = 0
  if ((flags & Syn) !== 0) {
    shown |= ShownSyn
    if ((flags & Ack) !== 0) {
      shown |= ShownSynAck
      if (synAckCount(counts) < SYN_ACK_MAX) counts += 1 << SYN_ACK_SHIFT
    } else if (synCount(counts) < SYN_MAX) counts++
  }
  if ((flags & Fin) !== 0) shown |= ShownFin
  if ((flags & Rst) !== 0) {
    shown |= ShownRst
    if (resetCount(counts) < RESET_MAX) counts += 1 << RESET_SHIFT
  }
  store.setInt(e + COUNTS, counts)
  store.mark(e + BITS, shown)
}

/** SYNs without ACK, at most 4,095. */
export function synCount(counts: number): number {
  return counts & SYN_MAX
}

/** SYNs with ACK, at most 255. */
export function synAckCount(counts: number): number {
  return (counts >>> SYN_ACK_SHIFT) & SYN_ACK_MAX
}

/** Resets, at most 4,095. */
export function resetCount(counts: number): number {
  return (counts >>> RESET_SHIFT) & RESET_MAX
}
