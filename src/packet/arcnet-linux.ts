import { DecodeStatus } from '../core/decode-status.ts'
import type { Cursor } from './cursor.ts'
import { EtherType } from './ether-type.ts'
import { type PacketView, stop } from './packet-view.ts'

const { Ok, Unsupported } = DecodeStatus

// Destination, source and offset; then the header of RFC 1201 §2 (tcpdump.org/linktypes.html, LINKTYPE_ARCNET_LINUX).
const SYSTEM_CODE = 4
const HEADER_LENGTH = 8

/** System codes of RFC 1201 §2 and RFC 2497 §4. */
const SystemCode = { Ipv6: 0xc4, Ipv4: 0xd4, Arp: 0xd5, Rarp: 0xd6 } as const

/** Steps over an ARCnet header as Linux captures it. */
export function decodeArcnetLinux(cursor: Cursor, packet: PacketView): DecodeStatus {
  const room = cursor.room(HEADER_LENGTH)
  if (room !== Ok) return stop(packet, room, 'link', 'arcnet-truncated', 'arcnet-too-short')
  const systemCode = cursor.octets.getUint8(cursor.at + SYSTEM_CODE)
  cursor.at += HEADER_LENGTH
  switch (systemCode) {
    case SystemCode.Ipv4:
      cursor.etherType = EtherType.Ipv4
      return Ok
    case SystemCode.Ipv6:
      cursor.etherType = EtherType.Ipv6
      return Ok
    case SystemCode.Arp:
      cursor.etherType = EtherType.Arp
      return Ok
    case SystemCode.Rarp:
      cursor.etherType = EtherType.Rarp
      return Ok
    default:
      return stop(packet, Unsupported, 'link', 'arcnet-protocol')
  }
}
