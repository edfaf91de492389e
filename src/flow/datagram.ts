import { IpProtocol } from '../core/protocol.ts'
import type { PacketView } from '../packet/packet-view.ts'
import { rememberDatagram } from './copies.ts'
import type { ExtraPool } from './flow-extra.ts'
import * as layout from './flow-record.ts'
import type { FlowStore } from './flow-store.ts'
import { addLetter, Letter } from './history.ts'

const { BITS, MAX, SIDE_WORDS, SIDES, SideBit } = layout
const { LetterData } = SideBit
const { Icmp, Icmpv6 } = IpProtocol

/** Applies one packet of a protocol other than TCP, no copy, to the flow the cursor is on. */
export function applyDatagram(store: FlowStore, extras: ExtraPool, view: PacketView, side: 0 | 1, t: number): void {
  const e = store.base + SIDES + side * SIDE_WORDS
  store.addDouble(e + MAX, view.payloadLength)
  rememberDatagram(store, e, view, t)
  if (isIcmp(view.protocol) || (store.int(e + BITS) & LetterData) !== 0) return
  store.mark(e + BITS, LetterData)
  addLetter(store, extras, Letter.Data, side)
}

/** Zeek's conn_state of an exchange without a state machine; ICMP has none. */
export function datagramState(protocol: number, forward: number, reverse: number): string {
  if (isIcmp(protocol) || (forward === 0 && reverse === 0)) return 'OTH'
  if (reverse === 0) return 'S0'
  return forward === 0 ? 'SHR' : 'SF'
}

export function isIcmp(protocol: number): boolean {
  return protocol === Icmp || protocol === Icmpv6
}
