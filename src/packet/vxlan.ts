import { DecodeStatus } from '../core/decode-status.ts'
import type { Cursor } from './cursor.ts'
import { EtherType } from './ether-type.ts'
import { type PacketView, stop } from './packet-view.ts'

const { Ok, Malformed } = DecodeStatus

// Field offsets in octets, RFC 7348 §5.
const FLAGS = 0
const VNI = 4
const HEADER_LENGTH = 8

/** "VNI valid"; the other bits are reserved, and used by extensions (group policy) that keep the format. */
const FLAG_VNI = 0x08

/**
 * Reads the VXLAN header at the cursor into `inner.vni` and moves on to the Ethernet frame inside.
 *
 * @see RFC 7348 §5
 */
export function decodeVxlan(cursor: Cursor, inner: PacketView): DecodeStatus {
  const room = cursor.room(HEADER_LENGTH)
  if (room !== Ok) return stop(inner, room, 'tunnel', 'vxlan-truncated', 'vxlan-too-short')
  if ((cursor.octets.getUint8(cursor.at + FLAGS) & FLAG_VNI) === 0) {
    return stop(inner, Malformed, 'tunnel', 'vxlan-flags')
  }
  inner.vni = cursor.octets.getUint32(cursor.at + VNI) >>> 8
  cursor.at += HEADER_LENGTH
  cursor.etherType = EtherType.TransparentEthernet
  return Ok
}
