import { DecodeStatus } from '../core/decode-status.ts'
import type { Cursor } from './cursor.ts'
import { EtherType, enterTypeOrLength } from './ether-type.ts'
import { type PacketView, stop } from './packet-view.ts'

const { Ok } = DecodeStatus

// Field offsets in octets behind the tag protocol identifier, IEEE 802.1Q §9.6.
const TAG_CONTROL = 0
const TYPE_OR_LENGTH = 2
const TAG_LENGTH = 4
const VLAN_ID = 0x0fff

/** Tag of a virtual interface, IEEE 802.1BR in the form of Cisco's VN-Tag: four octets and a type. */
const VN_TAG_LENGTH = 6
const VN_TAG_TYPE = 4

/** Service tag of IEEE 802.1ah behind its type; a whole Ethernet frame follows. */
const BACKBONE_TAG_LENGTH = 4

/** Steps over one 802.1Q, 802.1ad or 0x9100 tag. The outermost identifier is kept, 0 for a priority tag. */
export function decodeVlan(cursor: Cursor, packet: PacketView): DecodeStatus {
  const room = cursor.room(TAG_LENGTH)
  if (room !== Ok) return stop(packet, room, 'link', 'vlan-truncated', 'vlan-too-short')
  const { octets, at } = cursor
  if (packet.vlan < 0) packet.vlan = octets.getUint16(at + TAG_CONTROL) & VLAN_ID
  cursor.at = at + TAG_LENGTH
  enterTypeOrLength(cursor, octets.getUint16(at + TYPE_OR_LENGTH))
  return Ok
}

/** Steps over a VN-Tag. */
export function decodeVnTag(cursor: Cursor, packet: PacketView): DecodeStatus {
  const room = cursor.room(VN_TAG_LENGTH)
  if (room !== Ok) return stop(packet, room, 'link', 'vlan-truncated', 'vlan-too-short')
  const { octets, at } = cursor
  cursor.at = at + VN_TAG_LENGTH
  enterTypeOrLength(cursor, octets.getUint16(at + VN_TAG_TYPE))
  return Ok
}

/** Steps over the service tag of a provider backbone bridge. */
export function decodeProviderBackbone(cursor: Cursor, packet: PacketView): DecodeStatus {
  const room = cursor.room(BACKBONE_TAG_LENGTH)
  if (room !== Ok) return stop(packet, room, 'link', 'vlan-truncated', 'vlan-too-short')
  cursor.at += BACKBONE_TAG_LENGTH
  cursor.etherType = EtherType.TransparentEthernet
  return Ok
}
