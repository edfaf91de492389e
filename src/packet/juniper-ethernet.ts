import { DecodeStatus } from '../core/decode-status.ts'
import type { Cursor } from './cursor.ts'
import { EtherType } from './ether-type.ts'
import { type PacketView, stop } from './packet-view.ts'

const { Ok, Malformed, Unsupported } = DecodeStatus

// Pseudo header of captures made on Juniper routers: magic "MGC", flags, then extensions behind their length.
const MAGIC_FLAGS = 0
const MAGIC = 0x4d4743
const MIN_HEADER_LENGTH = 4
const EXTENSIONS_LENGTH_LENGTH = 2

const Flag = { NoLinkHeader: 0x02, Extensions: 0x80 } as const

/** Steps over the pseudo header of a Juniper Ethernet interface (LINKTYPE_JUNIPER_ETHER); an Ethernet frame follows. */
export function decodeJuniperEthernet(cursor: Cursor, packet: PacketView): DecodeStatus {
  const room = cursor.room(MIN_HEADER_LENGTH + EXTENSIONS_LENGTH_LENGTH)
  if (room !== Ok) return stop(packet, room, 'link', 'juniper-truncated', 'juniper-too-short')
  const magicFlags = cursor.octets.getUint32(cursor.at + MAGIC_FLAGS)
  if (magicFlags >>> 8 !== MAGIC) return stop(packet, Malformed, 'link', 'juniper-magic')
  if ((magicFlags & Flag.NoLinkHeader) !== 0) return stop(packet, Unsupported, 'link', 'juniper-flags')
  cursor.at += MIN_HEADER_LENGTH
  if ((magicFlags & Flag.Extensions) !== 0) {
    cursor.at += EXTENSIONS_LENGTH_LENGTH + cursor.octets.getUint16(cursor.at)
  }
  cursor.etherType = EtherType.TransparentEthernet
  return Ok
}
