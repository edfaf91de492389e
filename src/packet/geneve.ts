import { DecodeStatus } from '../core/decode-status.ts'
import type { Cursor } from './cursor.ts'
import { type PacketView, stop } from './packet-view.ts'

const { Ok, Malformed, Unsupported } = DecodeStatus

// Field offsets in octets, RFC 8926 §3.4.
const VERSION_OPTIONS_LENGTH = 0
const PROTOCOL_TYPE = 2
const VNI = 4
const MIN_HEADER_LENGTH = 8

const OPTIONS_LENGTH = 0x3f

/**
 * Reads the Geneve header at the cursor into `inner.vni`, steps over its options, and moves on to the payload, whose
 * EtherType it sets.
 *
 * @see RFC 8926 §3.4
 */
export function decodeGeneve(cursor: Cursor, inner: PacketView): DecodeStatus {
  const { octets, at } = cursor
  const room = cursor.room(MIN_HEADER_LENGTH)
  if (room !== Ok) return stop(inner, room, 'tunnel', 'geneve-truncated', 'geneve-too-short')
  const versionOptionsLength = octets.getUint8(at + VERSION_OPTIONS_LENGTH)
  if (versionOptionsLength >> 6 !== 0) return stop(inner, Unsupported, 'tunnel', 'geneve-version')
  const headerLength = MIN_HEADER_LENGTH + (versionOptionsLength & OPTIONS_LENGTH) * 4
  if (at + headerLength > cursor.wireEnd) {
    return stop(inner, Malformed, 'tunnel', 'geneve-options-length')
  }
  inner.vni = octets.getUint32(at + VNI) >>> 8
  cursor.etherType = octets.getUint16(at + PROTOCOL_TYPE)
  cursor.at = at + headerLength
  return Ok
}
