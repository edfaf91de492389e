import { DecodeStatus } from '../core/decode-status.ts'
import type { Cursor } from './cursor.ts'
import { EtherType } from './ether-type.ts'
import { type PacketView, stop } from './packet-view.ts'

const { Ok } = DecodeStatus

// draft-foschiano-erspan §4.2 (type II) and §4.3 (type III).
const TYPE2_LENGTH = 8
const TYPE3_LENGTH = 12
const TYPE3_SUBHEADER_LENGTH = 8
const TYPE3_LAST_OCTET = 11
const TYPE3_FLAG_SUBHEADER = 1

/** Steps over the header of an Ethernet frame mirrored by a switch, type II. */
export function decodeErspan2(cursor: Cursor, packet: PacketView): DecodeStatus {
  return stepOver(cursor, packet, TYPE2_LENGTH)
}

/** Steps over the header of an Ethernet frame mirrored by a switch, type III, and its platform subheader. */
export function decodeErspan3(cursor: Cursor, packet: PacketView): DecodeStatus {
  const room = cursor.room(TYPE3_LENGTH)
  if (room !== Ok) return stop(packet, room, 'tunnel', 'erspan-truncated', 'erspan-too-short')
  const hasSubheader = (cursor.octets.getUint8(cursor.at + TYPE3_LAST_OCTET) & TYPE3_FLAG_SUBHEADER) !== 0
  return stepOver(cursor, packet, TYPE3_LENGTH + (hasSubheader ? TYPE3_SUBHEADER_LENGTH : 0))
}

function stepOver(cursor: Cursor, packet: PacketView, length: number): DecodeStatus {
  const room = cursor.room(length)
  if (room !== Ok) return stop(packet, room, 'tunnel', 'erspan-truncated', 'erspan-too-short')
  cursor.at += length
  cursor.etherType = EtherType.TransparentEthernet
  return Ok
}
