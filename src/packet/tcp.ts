import { DecodeStatus } from '../core/decode-status.ts'
import type { Cursor } from './cursor.ts'
import { type PacketView, stop } from './packet-view.ts'
import { decodeTcpOptions } from './tcp-options.ts'

const { Ok, Malformed } = DecodeStatus

// Field offsets in octets, RFC 9293 §3.1. Two 16-bit fields are read as one word: half the bounds checks.
const SRC_DST_PORT = 0
const SEQ = 4
const ACK = 8
const DATA_OFFSET_FLAGS_WINDOW = 12
const CHECKSUM_URGENT_POINTER = 16
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
  if (room !== Ok) return stop(packet, room, 'transport', 'tcp-truncated', 'tcp-too-short')
  const dataOffsetFlagsWindow = octets.getUint32(at + DATA_OFFSET_FLAGS_WINDOW)
  const headerLength = (dataOffsetFlagsWindow >>> 28) * 4
  if (headerLength < MIN_HEADER_LENGTH) return stop(packet, Malformed, 'transport', 'tcp-data-offset')
  const payloadLength = cursor.wireEnd - at - headerLength
  if (payloadLength < 0 && packet.moreFragments === 0) {
    return stop(packet, Malformed, 'transport', 'tcp-header-length')
  }

  const ports = octets.getUint32(at + SRC_DST_PORT)
  packet.srcPort = ports >>> 16
  packet.dstPort = ports & 0xffff
  packet.seq = octets.getUint32(at + SEQ)
  packet.ack = octets.getUint32(at + ACK)
  packet.flags = (dataOffsetFlagsWindow >>> 16) & FLAGS
  packet.window = dataOffsetFlagsWindow & 0xffff
  const checksumUrgentPointer = octets.getUint32(at + CHECKSUM_URGENT_POINTER)
  packet.checksum = checksumUrgentPointer >>> 16
  packet.urgentPointer = checksumUrgentPointer & 0xffff
  packet.tcpHeaderLength = headerLength
  packet.payloadLength = payloadLength
  const headerEnd = at + headerLength
  decodeTcpOptions(octets, at + MIN_HEADER_LENGTH, Math.min(headerEnd, cursor.capturedEnd), packet)
  cursor.at = headerEnd
  return Ok
}
