import { DecodeStatus } from '../core/decode-status.ts'
import { type Cursor, UNKNOWN_END } from './cursor.ts'
import { Ipv6Extension } from './extension-headers.ts'
import { type PacketView, stop } from './packet-view.ts'

const { Ok, Malformed } = DecodeStatus

// Field offsets in octets, RFC 8200 §3.
const VERSION = 0
const PAYLOAD_LENGTH = 4
const NEXT_HEADER = 6
const HOP_LIMIT = 7
const SRC = 8
const DST = 24
const HEADER_LENGTH = 40

/**
 * Overwrites the IP fields of `packet` with the IPv6 header at the cursor, and moves on to the next header, which may be
 * an extension header (see `decodeExtensionHeaders`).
 *
 * A payload length of 0 (BIG TCP, jumbograms) is taken from the frame, unless no next header follows. One beyond what the
 * frame is said to have held on the wire is believed, as in IPv4.
 *
 * @see RFC 8200 §3
 */
export function decodeIpv6(cursor: Cursor, packet: PacketView): DecodeStatus {
  const { octets, at } = cursor
  const room = cursor.room(HEADER_LENGTH)
  if (room !== Ok) return stop(packet, room, 'ip', 'ipv6-truncated', 'ipv6-too-short')
  if (octets.getUint8(at + VERSION) >> 4 !== 6) return stop(packet, Malformed, 'ip', 'ip-version')
  const nextHeader = octets.getUint8(at + NEXT_HEADER)
  const payloadLength = octets.getUint16(at + PAYLOAD_LENGTH)
  const wireLength = cursor.wireEnd - at
  const fromFrame = payloadLength === 0 && nextHeader !== Ipv6Extension.NoNextHeader
  const ipLength = fromFrame ? wireLength : HEADER_LENGTH + payloadLength
  if (fromFrame && cursor.wireEnd === UNKNOWN_END) {
    return stop(packet, Malformed, 'ip', 'ipv6-payload-length')
  }

  packet.ipVersion = 6
  packet.src0 = octets.getUint32(at + SRC)
  packet.src1 = octets.getUint32(at + SRC + 4)
  packet.src2 = octets.getUint32(at + SRC + 8)
  packet.src3 = octets.getUint32(at + SRC + 12)
  packet.dst0 = octets.getUint32(at + DST)
  packet.dst1 = octets.getUint32(at + DST + 4)
  packet.dst2 = octets.getUint32(at + DST + 8)
  packet.dst3 = octets.getUint32(at + DST + 12)
  packet.ttl = octets.getUint8(at + HOP_LIMIT)
  packet.ipId = -1
  packet.ipLength = ipLength
  packet.fragmentOffset = 0
  packet.moreFragments = 0
  cursor.protocol = nextHeader
  cursor.at = at + HEADER_LENGTH
  cursor.endAt(at + ipLength)
  return Ok
}
