import { DecodeStatus } from '../core/decode-status.ts'
import { type Cursor, UNKNOWN_END } from './cursor.ts'
import { type PacketView, stop } from './packet-view.ts'

// Field offsets in octets, RFC 791 §3.1.
const VERSION_IHL = 0
const TOTAL_LENGTH = 2
const IDENTIFICATION = 4
const FLAGS_FRAGMENT = 6
const TTL = 8
const PROTOCOL = 9
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
 * A total length of 0 (segmentation offload, BIG TCP) is taken from the frame.
 *
 * @returns `Malformed` also when the total length exceeds what the frame held on the wire.
 * @see RFC 791 §3.1
 */
export function decodeIpv4(cursor: Cursor, packet: PacketView): DecodeStatus {
  const { octets, at } = cursor
  const room = cursor.room(MIN_HEADER_LENGTH)
  if (room !== DecodeStatus.Ok) return stop(packet, room, 'ip', 'ipv4-truncated', 'ipv4-too-short')
  const versionIhl = octets.getUint8(at + VERSION_IHL)
  if (versionIhl >> 4 !== 4) return stop(packet, DecodeStatus.Malformed, 'ip', 'ip-version')
  const headerLength = (versionIhl & 15) * 4
  const wireLength = cursor.wireEnd - at
  const totalLength = octets.getUint16(at + TOTAL_LENGTH)
  const ipLength = totalLength === 0 ? wireLength : totalLength
  if (headerLength < MIN_HEADER_LENGTH || headerLength > ipLength) {
    return stop(packet, DecodeStatus.Malformed, 'ip', 'ipv4-header-length')
  }
  if (ipLength > wireLength || (totalLength === 0 && cursor.wireEnd === UNKNOWN_END)) {
    return stop(packet, DecodeStatus.Malformed, 'ip', 'ipv4-total-length')
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
  packet.ttl = octets.getUint8(at + TTL)
  packet.ipId = octets.getUint16(at + IDENTIFICATION)
  packet.ipLength = ipLength
  cursor.protocol = octets.getUint8(at + PROTOCOL)
  cursor.at = at + headerLength
  cursor.endAt(at + ipLength)
  return decodeFragment(packet, octets.getUint16(at + FLAGS_FRAGMENT), headerLength)
}

function decodeFragment(packet: PacketView, flagsFragment: number, headerLength: number): DecodeStatus {
  const offset = (flagsFragment & FRAGMENT_OFFSET) * 8
  packet.fragmentOffset = offset
  packet.moreFragments = (flagsFragment & MORE_FRAGMENTS) === 0 ? 0 : 1
  if ((flagsFragment & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) === 0) return DecodeStatus.Ok
  packet.fragmentId = packet.ipId
  packet.fragmentLength = packet.ipLength - headerLength
  // The whole must fit a total length; the "ping of death" does not.
  if (offset + packet.ipLength > MAX_LENGTH) return stop(packet, DecodeStatus.Malformed, 'ip', 'ip-fragment-offset')
  return DecodeStatus.Ok
}
