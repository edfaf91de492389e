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

/** Protocol types of GRE that are no EtherTypes of a payload, but headers of their own. */
const Erspan2 = 0x88be
const Erspan3 = 0x22eb
const Wccp = 0x883e

// Mirrored frames, draft-foschiano-erspan §4.
const ERSPAN2_LENGTH = 8
const ERSPAN3_LENGTH = 12
const ERSPAN3_SUBHEADER_LENGTH = 8
const ERSPAN3_LAST_OCTET = 11
const ERSPAN3_FLAG_SUBHEADER = 1

/** Redirect header of WCCP version 2, in front of the IP header and told from it by its first octet (not a version 4). */
const WCCP_REDIRECT_LENGTH = 4

/**
 * Reads the GRE header at the cursor, its key into `inner.vni`, and moves on to the payload, whose EtherType it sets.
 * Mirror headers (ERSPAN) and WCCP redirect headers are stepped over.
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
  cursor.etherType = octets.getUint16(at + PROTOCOL_TYPE)
  cursor.at = at + length
  return cursor.at === cursor.wireEnd ? Ok : stepOverShim(cursor, inner, hasSequence)
}

function stepOverShim(cursor: Cursor, inner: PacketView, hasSequence: boolean): DecodeStatus {
  switch (cursor.etherType) {
    case Erspan2:
      // Type I has no sequence number and no header of its own.
      return stepTo(cursor, inner, hasSequence ? ERSPAN2_LENGTH : 0, EtherType.TransparentEthernet)
    case Erspan3: {
      const room = cursor.room(ERSPAN3_LENGTH)
      if (room !== Ok) return stop(inner, room, 'tunnel', 'erspan-truncated', 'erspan-too-short')
      const hasSubheader = (cursor.octets.getUint8(cursor.at + ERSPAN3_LAST_OCTET) & ERSPAN3_FLAG_SUBHEADER) !== 0
      const length = ERSPAN3_LENGTH + (hasSubheader ? ERSPAN3_SUBHEADER_LENGTH : 0)
      return stepTo(cursor, inner, length, EtherType.TransparentEthernet)
    }
    case Wccp: {
      const room = cursor.room(1)
      if (room !== Ok) return stop(inner, room, 'tunnel', 'gre-truncated', 'gre-too-short')
      const hasRedirect = cursor.octets.getUint8(cursor.at) >> 4 !== 4
      return stepTo(cursor, inner, hasRedirect ? WCCP_REDIRECT_LENGTH : 0, EtherType.Ipv4)
    }
    default:
      return Ok
  }
}

function stepTo(cursor: Cursor, inner: PacketView, length: number, etherType: number): DecodeStatus {
  const room = cursor.room(length)
  if (room !== Ok) return stop(inner, room, 'tunnel', 'erspan-truncated', 'erspan-too-short')
  cursor.at += length
  cursor.etherType = etherType
  return Ok
}
