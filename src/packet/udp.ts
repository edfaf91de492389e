import { DecodeStatus } from '../core/decode-status.ts'
import type { Cursor } from './cursor.ts'
import { type PacketView, stop } from './packet-view.ts'

const { Ok, Malformed } = DecodeStatus

// Field offsets in octets, RFC 768.
const SRC_PORT = 0
const DST_PORT = 2
const LENGTH = 4
const HEADER_LENGTH = 8

const DNS_PORT = 53
/** A DNS message begins with its 16-bit identifier, RFC 1035 §4.1.1. */
const DNS_ID_LENGTH = 2

/**
 * Overwrites the transport fields of `packet` with the UDP header at the cursor, and moves on to the payload.
 *
 * The payload length is that of the IP packet. The UDP length is only held against it: a length of 0 is a jumbogram
 * (RFC 2675 §4), smaller ones than the payload occur on big tunnel packets of segmentation offload, whose 16 bits overflow.
 *
 * @returns `Malformed` when the UDP length is below 8, or more than the IP packet holds: receivers drop such datagrams.
 * @see RFC 768
 */
export function decodeUdp(cursor: Cursor, packet: PacketView): DecodeStatus {
  const { octets, at } = cursor
  const room = cursor.room(HEADER_LENGTH)
  if (room !== Ok) return stop(packet, room, 'transport', 'udp-truncated', 'udp-too-short')
  const length = octets.getUint16(at + LENGTH)
  const beyond = length > cursor.wireEnd - at && packet.moreFragments === 0
  if ((length < HEADER_LENGTH && length !== 0) || beyond) {
    return stop(packet, Malformed, 'transport', 'udp-length')
  }

  packet.srcPort = octets.getUint16(at + SRC_PORT)
  packet.dstPort = octets.getUint16(at + DST_PORT)
  packet.payloadLength = cursor.wireEnd - at - HEADER_LENGTH
  cursor.at = at + HEADER_LENGTH
  const isDns = packet.srcPort === DNS_PORT || packet.dstPort === DNS_PORT
  if (isDns && cursor.room(DNS_ID_LENGTH) === Ok) packet.dnsId = octets.getUint16(cursor.at)
  return Ok
}
