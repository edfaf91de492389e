import { DecodeStatus } from '../core/decode-status.ts'
import { IpProtocol } from '../core/protocol.ts'
import type { Cursor } from './cursor.ts'
import { type PacketView, stop } from './packet-view.ts'

const { Ok, Malformed } = DecodeStatus
const { Ah } = IpProtocol

/** Next-header values that stand for IPv6 extension headers, and for the absence of a further header (RFC 8200 §4). */
export const Ipv6Extension = {
  HopByHop: 0,
  Routing: 43,
  Fragment: 44,
  NoNextHeader: 59,
  DestinationOptions: 60,
  Mobility: 135,
  HostIdentity: 139,
  Shim6: 140,
} as const

// All extension headers begin with the next header; in most the second octet is a length (RFC 6564 §4, RFC 4302 §2).
const NEXT_HEADER = 0
const EXTENSION_LENGTH = 1
const MIN_LENGTH = 8

// Fragment header, RFC 8200 §4.5.
const OFFSET_MORE = 2
const IDENTIFICATION = 4
const MORE = 1
const OFFSET = 0xfff8
const MAX_LENGTH = 0xffff

/**
 * Steps over the headers between an IP header and its transport header: IPv6 extension headers, and the authentication
 * header of either family. Stops behind the fragment header of a later fragment, where no further header is.
 *
 * The header lengths must fit the IP length, so that `cursor.at` never passes `cursor.wireEnd`.
 *
 * @see RFC 8200 §4, RFC 4302 §2
 */
export function decodeExtensionHeaders(cursor: Cursor, packet: PacketView): DecodeStatus {
  let status: DecodeStatus = Ok
  // Each round consumes at least eight octets of the frame.
  while (status === Ok && packet.fragmentOffset === 0) {
    if (cursor.protocol === Ah) status = stepOver(cursor, packet, 4, 2)
    else if (packet.ipVersion === 4) return status
    else if (cursor.protocol === Ipv6Extension.Fragment) status = decodeFragment(cursor, packet)
    else if (isExtension(cursor.protocol)) status = stepOver(cursor, packet, 8, 1)
    else return status
  }
  return status
}

function isExtension(protocol: number): boolean {
  switch (protocol) {
    case Ipv6Extension.HopByHop:
    case Ipv6Extension.Routing:
    case Ipv6Extension.DestinationOptions:
    case Ipv6Extension.Mobility:
    case Ipv6Extension.HostIdentity:
    case Ipv6Extension.Shim6:
      return true
    default:
      return false
  }
}

/** Steps over a header of (length field + `plus`) × `unit` octets. */
function stepOver(cursor: Cursor, packet: PacketView, unit: number, plus: number): DecodeStatus {
  const room = cursor.room(MIN_LENGTH)
  if (room !== Ok) {
    return stop(packet, room, 'ip', 'extension-header-truncated', 'extension-header-too-short')
  }
  const length = (cursor.octets.getUint8(cursor.at + EXTENSION_LENGTH) + plus) * unit
  if (cursor.at + length > cursor.wireEnd) {
    return stop(packet, Malformed, 'ip', 'extension-header-length')
  }
  cursor.protocol = cursor.octets.getUint8(cursor.at + NEXT_HEADER)
  cursor.at += length
  return Ok
}

function decodeFragment(cursor: Cursor, packet: PacketView): DecodeStatus {
  const { octets, at } = cursor
  const room = cursor.room(MIN_LENGTH)
  if (room !== Ok) {
    return stop(packet, room, 'ip', 'extension-header-truncated', 'extension-header-too-short')
  }
  // A second fragment header inside a fragment is an evasion; no stack sends it.
  if (packet.moreFragments === 1) return stop(packet, Malformed, 'ip', 'ip-fragment-repeated')
  const offsetMore = octets.getUint16(at + OFFSET_MORE)
  packet.fragmentOffset = offsetMore & OFFSET
  packet.moreFragments = (offsetMore & MORE) === 0 ? 0 : 1
  packet.fragmentId = octets.getUint32(at + IDENTIFICATION)
  packet.ipId = packet.fragmentId
  packet.fragmentLength = cursor.wireEnd - at - MIN_LENGTH
  cursor.protocol = octets.getUint8(at + NEXT_HEADER)
  cursor.at = at + MIN_LENGTH
  if (packet.fragmentOffset + packet.fragmentLength > MAX_LENGTH && offsetMore >= MORE) {
    return stop(packet, Malformed, 'ip', 'ip-fragment-offset')
  }
  return Ok
}
