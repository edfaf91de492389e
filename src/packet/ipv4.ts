import { DecodeStatus } from '../core/decode-status.ts'
import { type Cursor, UNKNOWN_END } from './cursor.ts'
import { type PacketView, stop } from './packet-view.ts'

const { Ok, Malformed } = DecodeStatus

// Field offsets in octets, RFC 791 §3.1. Fields that share a 32-bit word are read with it: half the bounds checks.
const VERSION_IHL_TOS_LENGTH = 0
const IDENTIFICATION_FRAGMENT = 4
const TTL_PROTOCOL_CHECKSUM = 8
const SRC = 12
const DST = 16
const MIN_HEADER_LENGTH = 20

const MORE_FRAGMENTS = 0x2000
const FRAGMENT_OFFSET = 0x1fff
const MAX_LENGTH = 0xffff

/**
 * Overwrites the IP fields of `packet` with the IPv4 header at the cursor, and moves on to its payload: `protocol` is
 * set, padding behind the total length is cut off. Options are stepped over; the checksum is not verified.
 *
 * A total length of 0 (segmentation offload, BIG TCP) is taken from the frame. One beyond what the frame is said to have
 * held on the wire is believed, as tcpdump does: files whose frames were cut afterwards claim too little.
 *
 * @see RFC 791 §3.1
 */
export function decodeIpv4(cursor: Cursor, packet: PacketView): DecodeStatus {
  const { octets, at } = cursor
  const room = cursor.room(MIN_HEADER_LENGTH)
  if (room !== Ok) return stop(packet, room, 'ip', 'ipv4-truncated', 'ipv4-too-short')
  const versionIhlTosLength = octets.getUint32(at + VERSION_IHL_TOS_LENGTH)
  if (versionIhlTosLength >>> 28 !== 4) return stop(packet, Malformed, 'ip', 'ip-version')
  const headerLength = ((versionIhlTosLength >>> 24) & 15) * 4
  const wireLength = cursor.wireEnd - at
  const totalLength = versionIhlTosLength & 0xffff
  const ipLength = totalLength === 0 ? wireLength : totalLength
  if (headerLength < MIN_HEADER_LENGTH || headerLength > ipLength) {
    return stop(packet, Malformed, 'ip', 'ipv4-header-length')
  }
  if (totalLength === 0 && cursor.wireEnd === UNKNOWN_END) {
    return stop(packet, Malformed, 'ip', 'ipv4-total-length')
  }

  packet.ipVersion = 4
  packet.src0 = 0
  packet.src1 = 0
  packet.src2 = 0xffff
  packet.src3 = octets.getUint32(at + SRC)
  packet.dst0 = 0
  packet.dst1 = 0
  packet.dst2 = 0xffff
  packet.dst3 = octets.getUint32(at + DST)
  const ttlProtocolChecksum = octets.getUint32(at + TTL_PROTOCOL_CHECKSUM)
  packet.ttl = ttlProtocolChecksum >>> 24
  cursor.protocol = (ttlProtocolChecksum >>> 16) & 0xff
  const identificationFragment = octets.getUint32(at + IDENTIFICATION_FRAGMENT)
  packet.ipId = identificationFragment >>> 16
  packet.ipLength = ipLength
  cursor.at = at + headerLength
  cursor.endAt(at + ipLength)
  return decodeFragment(packet, identificationFragment & 0xffff, headerLength)
}

function decodeFragment(packet: PacketView, flagsFragment: number, headerLength: number): DecodeStatus {
  const offset = (flagsFragment & FRAGMENT_OFFSET) * 8
  packet.fragmentOffset = offset
  packet.moreFragments = (flagsFragment & MORE_FRAGMENTS) === 0 ? 0 : 1
  if ((flagsFragment & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) === 0) return Ok
  packet.fragmentId = packet.ipId
  packet.fragmentLength = packet.ipLength - headerLength
  // The whole must fit a total length; the "ping of death" does not.
  if (offset + packet.ipLength > MAX_LENGTH) return stop(packet, Malformed, 'ip', 'ip-fragment-offset')
  return Ok
}
