import { DecodeStatus } from '../core/decode-status.ts'
import type { Cursor } from './cursor.ts'
import { type PacketView, stop } from './packet-view.ts'

const { Ok } = DecodeStatus

// Field offsets in octets, RFC 792.
const TYPE = 0
const CODE = 1
const ECHO_ID = 4
const ECHO_SEQ = 6
/** RFC 1191 §4. */
const NEXT_HOP_MTU = 6
const HEADER_LENGTH = 8

/** ICMP types (IANA "ICMP Type Numbers") that are told apart. */
const Type = {
  EchoReply: 0,
  Unreachable: 3,
  SourceQuench: 4,
  Redirect: 5,
  Echo: 8,
  TimeExceeded: 11,
  ParameterProblem: 12,
} as const
const FRAGMENTATION_NEEDED = 4

/**
 * Overwrites the ICMP fields of `packet` with the message at the cursor, and moves on to its data: for an error the
 * quoted packet (see {@link icmpQuotes}).
 *
 * @see RFC 792
 */
export function decodeIcmp(cursor: Cursor, packet: PacketView): DecodeStatus {
  const { octets, at } = cursor
  const room = cursor.room(HEADER_LENGTH)
  if (room !== Ok) return stop(packet, room, 'transport', 'icmp-truncated', 'icmp-too-short')
  const type = octets.getUint8(at + TYPE)
  const code = octets.getUint8(at + CODE)
  const isEcho = isIcmpEcho(type)
  const givesMtu = type === Type.Unreachable && code === FRAGMENTATION_NEEDED
  packet.icmpType = type
  packet.icmpCode = code
  packet.icmpId = isEcho ? octets.getUint16(at + ECHO_ID) : 0
  packet.icmpSeq = isEcho ? octets.getUint16(at + ECHO_SEQ) : 0
  packet.icmpMtu = givesMtu ? octets.getUint16(at + NEXT_HOP_MTU) : 0
  packet.hasQuoted = 0
  packet.payloadLength = cursor.wireEnd - at - HEADER_LENGTH
  cursor.at = at + HEADER_LENGTH
  return Ok
}

/** Whether an ICMP message of this type quotes the packet it is about. */
export function icmpQuotes(type: number): boolean {
  switch (type) {
    case Type.Unreachable:
    case Type.SourceQuench:
    case Type.Redirect:
    case Type.TimeExceeded:
    case Type.ParameterProblem:
      return true
    default:
      return false
  }
}

/** Whether an ICMP message of this type is an echo request or reply. */
export function isIcmpEcho(type: number): boolean {
  return type === Type.Echo || type === Type.EchoReply
}
