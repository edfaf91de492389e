import { DecodeStatus } from '../core/decode-status.ts'
import type { Cursor } from './cursor.ts'
import { EtherType } from './ether-type.ts'
import { type PacketView, stop } from './packet-view.ts'

const { Ok, NotIp } = DecodeStatus

/** Four octets: the address family. */
const HEADER_LENGTH = 4

/** AF_INET is 2 everywhere; AF_INET6 differs between systems (tcpdump.org/linktypes.html, LINKTYPE_NULL). */
const Family = { Inet: 2, Inet6Linux: 10, Inet6OpenBsd: 24, Inet6FreeBsd: 28, Inet6Darwin: 30 } as const

/**
 * Steps over the address family of a BSD loopback frame. It is in the byte order of the machine that captured
 * (LINKTYPE_NULL) or of the network (LINKTYPE_LOOP); as no family is above 255, the number itself tells which.
 */
export function decodeNullLoopback(cursor: Cursor, packet: PacketView): DecodeStatus {
  const room = cursor.room(HEADER_LENGTH)
  if (room !== Ok) return stop(packet, room, 'link', 'loopback-truncated', 'loopback-too-short')
  const bigEndian = cursor.octets.getUint32(cursor.at)
  const family = bigEndian > 0xffff ? cursor.octets.getUint32(cursor.at, true) : bigEndian
  cursor.at += HEADER_LENGTH
  switch (family) {
    case Family.Inet:
      cursor.etherType = EtherType.Ipv4
      return Ok
    case Family.Inet6Linux:
    case Family.Inet6OpenBsd:
    case Family.Inet6FreeBsd:
    case Family.Inet6Darwin:
      cursor.etherType = EtherType.Ipv6
      return Ok
    default:
      return stop(packet, NotIp, 'link', 'address-family')
  }
}
