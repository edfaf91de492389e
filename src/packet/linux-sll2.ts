import { DecodeStatus } from '../core/decode-status.ts'
import type { Cursor } from './cursor.ts'
import { decodeCookedProtocol } from './linux-cooked.ts'
import { type PacketView, stop } from './packet-view.ts'

const { Ok } = DecodeStatus

// Field offsets in octets, LINKTYPE_LINUX_SLL2 (tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html).
const PROTOCOL = 0
const INTERFACE_INDEX = 4
const ARPHRD_TYPE = 8
const PACKET_TYPE = 10
const HEADER_LENGTH = 20

/**
 * Reads packet type and interface index of a Linux cooked header, version 2 (`tcpdump -i any`), and moves on to what the
 * header stands in front of.
 */
export function decodeLinuxSll2(cursor: Cursor, packet: PacketView): DecodeStatus {
  const { octets, at } = cursor
  const room = cursor.room(HEADER_LENGTH)
  if (room !== Ok) return stop(packet, room, 'link', 'sll2-truncated', 'sll2-too-short')
  packet.ifindex = octets.getUint32(at + INTERFACE_INDEX)
  packet.sllPacketType = octets.getUint8(at + PACKET_TYPE)
  cursor.at = at + HEADER_LENGTH
  return decodeCookedProtocol(cursor, packet, octets.getUint16(at + ARPHRD_TYPE), octets.getUint16(at + PROTOCOL))
}
