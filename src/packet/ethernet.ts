import { DecodeStatus } from '../core/decode-status.ts'
import type { Cursor } from './cursor.ts'
import { enterTypeOrLength } from './ether-type.ts'
import { type PacketView, stop } from './packet-view.ts'

const { Ok } = DecodeStatus

// Field offsets in octets, IEEE 802.3 §3.1.1.
const TYPE_OR_LENGTH = 12
const HEADER_LENGTH = 14

/** Moves from an Ethernet header to what follows it: a tag, an LLC header or the payload. */
export function decodeEthernet(cursor: Cursor, packet: PacketView): DecodeStatus {
  const room = cursor.room(HEADER_LENGTH)
  if (room !== Ok) return stop(packet, room, 'link', 'ethernet-truncated', 'ethernet-too-short')
  const typeOrLength = cursor.octets.getUint16(cursor.at + TYPE_OR_LENGTH)
  cursor.at += HEADER_LENGTH
  enterTypeOrLength(cursor, typeOrLength)
  return Ok
}
