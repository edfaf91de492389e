import { DecodeStatus } from '../core/decode-status.ts'
import type { Cursor } from './cursor.ts'
import { EtherType } from './ether-type.ts'
import { type PacketView, stop } from './packet-view.ts'

const { Ok, Unsupported } = DecodeStatus

// RFC 2784 §2, RFC 2890 §2; version 1 of PPTP: RFC 2637 §4.1.
const FLAGS_VERSION = 0
const PROTOCOL_TYPE = 2
const MIN_HEADER_LENGTH = 4
/** Checksum and reserved, key, sequence number, acknowledgment number: each present or not, in this order. */
const FIELD_LENGTH = 4

const Flag = { Checksum: 0x8000, Routing: 0x4000, Key: 0x2000, Sequence: 0x1000, Acknowledgment: 0x0080 } as const
const VERSION = 0x7
const PPTP_VERSION = 1

/**
 * Reads the GRE header at the cursor, its key into `inner.vni`, and moves on to the payload, whose EtherType it sets.
 *
 * @returns Ok with `cursor.at` equal to `cursor.wireEnd` where nothing is inside (keep-alives, PPTP acknowledgments).
 * @see RFC 2784 §2, RFC 2890 §2, RFC 2637 §4.1
 */
export function decodeGre(cursor: Cursor, inner: PacketView): DecodeStatus {
  const { octets, at } = cursor
  const room = cursor.room(MIN_HEADER_LENGTH)
  if (room !== Ok) return stop(inner, room, 'tunnel', 'gre-truncated', 'gre-too-short')
  const flags = octets.getUint16(at + FLAGS_VERSION)
  const version = flags & VERSION
  const isPptp = version === PPTP_VERSION
  if (version > PPTP_VERSION) return stop(inner, Unsupported, 'tunnel', 'gre-version')
  // Source routes inside GRE left the specification with RFC 2784.
  if ((flags & Flag.Routing) !== 0) return stop(inner, Unsupported, 'tunnel', 'gre-routing')

  const keyAt = MIN_HEADER_LENGTH + ((flags & Flag.Checksum) === 0 ? 0 : FIELD_LENGTH)
  const hasKey = (flags & Flag.Key) !== 0
  const hasSequence = (flags & Flag.Sequence) !== 0
  const hasAck = isPptp && (flags & Flag.Acknowledgment) !== 0
  const length = keyAt + FIELD_LENGTH * (Number(hasKey) + Number(hasSequence) + Number(hasAck))
  const fields = cursor.room(length)
  if (fields !== Ok) return stop(inner, fields, 'tunnel', 'gre-truncated', 'gre-too-short')
  // The key of PPTP is a payload length and a call number, no name of a network.
  if (hasKey && !isPptp) inner.vni = octets.getUint32(at + keyAt)
  const protocol = octets.getUint16(at + PROTOCOL_TYPE)
  // ERSPAN type I is a bare frame behind a GRE header without a sequence number.
  const isErspan1 = protocol === EtherType.Erspan2 && !hasSequence
  cursor.etherType = isErspan1 ? EtherType.TransparentEthernet : protocol
  cursor.at = at + length
  return Ok
}
