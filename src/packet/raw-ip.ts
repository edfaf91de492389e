import { DecodeStatus } from '../core/decode-status.ts'
import type { Cursor } from './cursor.ts'
import { EtherType } from './ether-type.ts'
import { type PacketView, stop } from './packet-view.ts'

const { Ok, Malformed } = DecodeStatus

/** Tells the family of an IP packet that stands in a record without any link header, by its version field. */
export function decodeRawIp(cursor: Cursor, packet: PacketView): DecodeStatus {
  const room = cursor.room(1)
  if (room !== Ok) return stop(packet, room, 'link', 'ip-truncated', 'ip-too-short')
  const version = cursor.octets.getUint8(cursor.at) >> 4
  if (version !== 4 && version !== 6) return stop(packet, Malformed, 'ip', 'ip-version')
  cursor.etherType = version === 4 ? EtherType.Ipv4 : EtherType.Ipv6
  return Ok
}
