import { DecodeStatus } from '../core/decode-status.ts'
import type { Cursor } from './cursor.ts'
import { type PacketView, stop } from './packet-view.ts'

const { Ok } = DecodeStatus

// Field offsets in octets, RFC 9260 §3.1.
const SRC_PORT = 0
const DST_PORT = 2
const HEADER_LENGTH = 12

/**
 * Overwrites the transport fields of `packet` with the SCTP common header at the cursor. The payload are all chunks.
 *
 * @see RFC 9260 §3.1
 */
export function decodeSctp(cursor: Cursor, packet: PacketView): DecodeStatus {
  const { octets, at } = cursor
  const room = cursor.room(HEADER_LENGTH)
  if (room !== Ok) return stop(packet, room, 'transport', 'sctp-truncated', 'sctp-too-short')
  packet.srcPort = octets.getUint16(at + SRC_PORT)
  packet.dstPort = octets.getUint16(at + DST_PORT)
  packet.payloadLength = cursor.wireEnd - at - HEADER_LENGTH
  cursor.at = at + HEADER_LENGTH
  return Ok
}
