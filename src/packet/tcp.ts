import { DecodeStatus } from '../core/decode-status.ts'
import type { Cursor } from './cursor.ts'
import { type PacketView, stop } from './packet-view.ts'
import { decodeTcpOptions } from './tcp-options.ts'

// Field offsets in octets, RFC 9293 §3.1.
const SRC_PORT = 0
const DST_PORT = 2
const SEQ = 4
const ACK = 8
const DATA_OFFSET_FLAGS = 12
const WINDOW = 14
const CHECKSUM = 16
const URGENT_POINTER = 18
const MIN_HEADER_LENGTH = 20

/** Eight control bits, and AE (RFC 9768) above them. */
const FLAGS = 0x1ff

/**
 * Overwrites the transport fields of `packet` with the TCP header at the cursor. Only its first 20 octets must have been
 * captured: options that the snap length cut are left out, and the payload length comes from the IP length.
 *
 * @returns `Malformed` when the data offset is below 5 or points past the IP payload. The first of several fragments may
 * hold a part of the options only.
 * @see RFC 9293 §3.1
 */
export function decodeTcp(cursor: Cursor, packet: PacketView): DecodeStatus {
  const { octets, at } = cursor
  const room = cursor.room(MIN_HEADER_LENGTH)
  if (room !== DecodeStatus.Ok) return stop(packet, room, 'transport', 'tcp-truncated', 'tcp-too-short')
  const dataOffsetFlags = octets.getUint16(at + DATA_OFFSET_FLAGS)
  const headerLength = (dataOffsetFlags >> 12) * 4
  if (headerLength < MIN_HEADER_LENGTH) return stop(packet, DecodeStatus.Malformed, 'transport', 'tcp-data-offset')
  const payloadLength = cursor.wireEnd - at - headerLength
  if (payloadLength < 0 && packet.moreFragments === 0) {
    return stop(packet, DecodeStatus.Malformed, 'transport', 'tcp-header-length')
  }

  packet.srcPort = octets.getUint16(at + SRC_PORT)
  packet.dstPort = octets.getUint16(at + DST_PORT)
  packet.seq = octets.getUint32(at + SEQ)
  packet.ack = octets.getUint32(at + ACK)
  packet.flags = dataOffsetFlags & FLAGS
  packet.window = octets.getUint16(at + WINDOW)
  packet.checksum = octets.getUint16(at + CHECKSUM)
  packet.urgentPointer = octets.getUint16(at + URGENT_POINTER)
  packet.tcpHeaderLength = headerLength
  packet.payloadLength = payloadLength
  const headerEnd = at + headerLength
  decodeTcpOptions(octets, at + MIN_HEADER_LENGTH, Math.min(headerEnd, cursor.capturedEnd), packet)
  cursor.at = headerEnd
  return DecodeStatus.Ok
}
