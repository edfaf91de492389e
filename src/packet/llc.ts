import { DecodeStatus } from '../core/decode-status.ts'
import type { Cursor } from './cursor.ts'
import { EtherType } from './ether-type.ts'
import { type PacketView, stop } from './packet-view.ts'

const { Ok, NotIp } = DecodeStatus

// IEEE 802.2 §3.2: destination and source service access point, control.
const DSAP = 0
const LLC_LENGTH = 3

// SNAP, RFC 1042: organization and protocol behind an LLC header with both access points 0xaa.
const ORGANIZATION = 3
const SNAP_PROTOCOL = 6
const SNAP_LENGTH = 8

const AccessPoint = { SpanningTree: 0x42, Ip: 0x06, Snap: 0xaa, IsIs: 0xfe, Novell: 0xe0 } as const
/** Organizations under which the protocol is an EtherType: RFC 1042 and 802.1H bridge encapsulation. */
const RFC1042 = 0x000000
const BRIDGE_TUNNEL = 0x0000f8
const CISCO = 0x00000c

/** Steps over an LLC header, with SNAP where there is, to the IP packet inside; anything else is not IP. */
export function decodeLlc(cursor: Cursor, packet: PacketView): DecodeStatus {
  const room = cursor.room(LLC_LENGTH)
  if (room !== Ok) return stop(packet, room, 'link', 'llc-truncated', 'llc-too-short')
  switch (cursor.octets.getUint8(cursor.at + DSAP)) {
    case AccessPoint.Snap:
      return decodeSnap(cursor, packet)
    case AccessPoint.Ip:
      cursor.at += LLC_LENGTH
      cursor.etherType = EtherType.Ipv4
      return Ok
    case AccessPoint.SpanningTree:
      return stop(packet, NotIp, 'link', 'stp')
    case AccessPoint.IsIs:
      return stop(packet, NotIp, 'link', 'is-is')
    case AccessPoint.Novell:
      return stop(packet, NotIp, 'link', 'ipx')
    default:
      return stop(packet, NotIp, 'link', 'llc')
  }
}

function decodeSnap(cursor: Cursor, packet: PacketView): DecodeStatus {
  const room = cursor.room(SNAP_LENGTH)
  if (room !== Ok) return stop(packet, room, 'link', 'llc-truncated', 'llc-too-short')
  const { octets, at } = cursor
  // The organization is three octets: the low 24 bits of four.
  const organization = octets.getUint32(at + ORGANIZATION - 1) & 0xffffff
  if (organization === CISCO) return stop(packet, NotIp, 'link', 'cisco-snap')
  if (organization !== RFC1042 && organization !== BRIDGE_TUNNEL) {
    return stop(packet, NotIp, 'link', 'llc')
  }
  cursor.etherType = octets.getUint16(at + SNAP_PROTOCOL)
  cursor.at = at + SNAP_LENGTH
  return Ok
}
