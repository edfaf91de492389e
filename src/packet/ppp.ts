import { DecodeStatus } from '../core/decode-status.ts'
import type { Cursor } from './cursor.ts'
import { EtherType } from './ether-type.ts'
import { type PacketView, stop } from './packet-view.ts'

const { Ok, NotIp, Opaque, Unsupported } = DecodeStatus

/** HDLC address and control in front of a PPP frame, RFC 1662 §3.1; often left out. */
const ADDRESS_CONTROL = 0xff03
const ADDRESS_CONTROL_LENGTH = 2

/** Protocol numbers (IANA "PPP DLL Protocol Numbers"). */
const Protocol = {
  Ipv4: 0x0021,
  Multilink: 0x003d,
  Ipv6: 0x0057,
  Encrypted: 0x0053,
  Compressed: 0x00fd,
  Mpls: 0x0281,
  MplsMulticast: 0x0283,
} as const
/** From here on numbers belong to control protocols, RFC 1661 §2. */
const MIN_CONTROL = 0x4000

// PPPoE, RFC 2516 §4.
const PPPOE_LENGTH_FIELD = 4
const PPPOE_HEADER_LENGTH = 6

// Cisco's HDLC framing: address, control, EtherType.
const CISCO_TYPE = 2
const CISCO_HEADER_LENGTH = 4
const CiscoAddress = { Unicast: 0x0f, Multicast: 0x8f } as const

/** Steps over a PPP header to the IP packet or label stack inside. */
export function decodePpp(cursor: Cursor, packet: PacketView): DecodeStatus {
  const hasAddress = cursor.room(2) === Ok && cursor.octets.getUint16(cursor.at) === ADDRESS_CONTROL
  if (hasAddress) cursor.at += ADDRESS_CONTROL_LENGTH
  const room = cursor.room(2)
  if (room !== Ok) return stop(packet, room, 'link', 'ppp-truncated', 'ppp-too-short')
  // An odd first octet is a whole number, shortened by one (RFC 1661 §2 and §6.5).
  const first = cursor.octets.getUint8(cursor.at)
  const isShort = (first & 1) === 1
  const protocol = isShort ? first : cursor.octets.getUint16(cursor.at)
  cursor.at += isShort ? 1 : 2
  return enterProtocol(cursor, packet, protocol)
}

function enterProtocol(cursor: Cursor, packet: PacketView, protocol: number): DecodeStatus {
  switch (protocol) {
    case Protocol.Ipv4:
      cursor.etherType = EtherType.Ipv4
      return Ok
    case Protocol.Ipv6:
      cursor.etherType = EtherType.Ipv6
      return Ok
    case Protocol.Mpls:
    case Protocol.MplsMulticast:
      cursor.etherType = EtherType.Mpls
      return Ok
    case Protocol.Multilink:
    case Protocol.Encrypted:
    case Protocol.Compressed:
      return stop(packet, Opaque, 'link', 'ppp-compressed')
    default:
      return protocol >= MIN_CONTROL
        ? stop(packet, NotIp, 'link', 'ppp-control')
        : stop(packet, Unsupported, 'link', 'ppp-protocol')
  }
}

/** Steps over a PPPoE session header; a PPP frame without address and control follows. */
export function decodePppoe(cursor: Cursor, packet: PacketView): DecodeStatus {
  const room = cursor.room(PPPOE_HEADER_LENGTH)
  if (room !== Ok) return stop(packet, room, 'link', 'pppoe-truncated', 'pppoe-too-short')
  const end = cursor.at + PPPOE_HEADER_LENGTH + cursor.octets.getUint16(cursor.at + PPPOE_LENGTH_FIELD)
  cursor.at += PPPOE_HEADER_LENGTH
  // Segmentation offload leaves the length behind, as it does with that of IP.
  if (end > cursor.at && end <= cursor.wireEnd) cursor.endAt(end)
  cursor.etherType = EtherType.Ppp
  return Ok
}

/** Steps over the header of a serial line: Cisco's HDLC, or PPP in HDLC-like framing. */
export function decodeHdlc(cursor: Cursor, packet: PacketView): DecodeStatus {
  const room = cursor.room(CISCO_HEADER_LENGTH)
  if (room !== Ok) return stop(packet, room, 'link', 'ppp-truncated', 'ppp-too-short')
  const address = cursor.octets.getUint8(cursor.at)
  const isCisco = address === CiscoAddress.Unicast || address === CiscoAddress.Multicast
  if (!isCisco) return decodePpp(cursor, packet)
  cursor.etherType = cursor.octets.getUint16(cursor.at + CISCO_TYPE)
  cursor.at += CISCO_HEADER_LENGTH
  return Ok
}
