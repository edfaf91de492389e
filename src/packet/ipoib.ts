import { DecodeStatus } from '../core/decode-status.ts'
import type { Cursor } from './cursor.ts'
import { type PacketView, stop } from './packet-view.ts'

const { Ok } = DecodeStatus

// Global route header, then the encapsulation header of RFC 4391 §6: EtherType and two octets reserved.
const ETHER_TYPE = 40
const HEADER_LENGTH = 44

/** Steps over the header of IP over InfiniBand (LINKTYPE_IPOIB). */
export function decodeIpoib(cursor: Cursor, packet: PacketView): DecodeStatus {
  const room = cursor.room(HEADER_LENGTH)
  if (room !== Ok) return stop(packet, room, 'link', 'ipoib-truncated', 'ipoib-too-short')
  cursor.etherType = cursor.octets.getUint16(cursor.at + ETHER_TYPE)
  cursor.at += HEADER_LENGTH
  return Ok
}
