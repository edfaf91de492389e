import { DecodeStatus } from '../core/decode-status.ts'
import type { Cursor } from './cursor.ts'
import { decodeCookedProtocol } from './linux-cooked.ts'
import { type PacketView, stop } from './packet-view.ts'

const { Ok } = DecodeStatus

// Field offsets in octets, LINKTYPE_LINUX_SLL (tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html).
const PACKET_TYPE = 0
const ARPHRD_TYPE = 2
const PROTOCOL = 14
const HEADER_LENGTH = 16

/** Reads the packet type of a Linux cooked header, version 1, and moves on to what the header stands in front of. */
export function decodeLinuxSll(cursor: Cursor, packet: PacketView): DecodeStatus {
  const { octets, at } = cursor
  const room = cursor.room(HEADER_LENGTH)
  if (room !== Ok) return stop(packet, room, 'link', 'sll-truncated', 'sll-too-short')
  packet.sllPacketType = octets.getUint16(at + PACKET_TYPE)
  cursor.at = at + HEADER_LENGTH
  return decodeCookedProtocol(cursor, packet, octets.getUint16(at + ARPHRD_TYPE), octets.getUint16(at + PROTOCOL))
}
