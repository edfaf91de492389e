import { DecodeStatus } from '../core/decode-status.ts'
import type { Cursor } from './cursor.ts'
import { type PacketView, stop } from './packet-view.ts'

const { Ok } = DecodeStatus

// Field offsets in octets, RFC 4443 §2.1, §3.2, §4.1.
const TYPE = 0
const CODE = 1
const MTU = 4
const ECHO_ID = 4
const ECHO_SEQ = 6
/** Of errors and echo messages. All messages have at least four octets, and those in use eight or more. */
const HEADER_LENGTH = 8

/** ICMPv6 types (IANA "ICMPv6 Type Numbers") that are told apart. Below 128 are errors, RFC 4443 §2.1. */
const Type = {
  Unreachable: 1,
  PacketTooBig: 2,
  TimeExceeded: 3,
  ParameterProblem: 4,
  Echo: 128,
  EchoReply: 129,
} as const

/**
 * Overwrites the ICMP fields of `packet` with the ICMPv6 message at the cursor, and moves on to its data: for an error
 * the quoted packet (see {@link icmpv6Quotes}).
 *
 * @see RFC 4443 §2.1
 */
export function decodeIcmpv6(cursor: Cursor, packet: PacketView): DecodeStatus {
  const { octets, at } = cursor
  const room = cursor.room(HEADER_LENGTH)
  if (room !== Ok) return stop(packet, room, 'transport', 'icmpv6-truncated', 'icmpv6-too-short')
  const type = octets.getUint8(at + TYPE)
  const isEcho = isIcmpv6Echo(type)
  packet.icmpType = type
  packet.icmpCode = octets.getUint8(at + CODE)
  packet.icmpId = isEcho ? octets.getUint16(at + ECHO_ID) : 0
  packet.icmpSeq = isEcho ? octets.getUint16(at + ECHO_SEQ) : 0
  packet.icmpMtu = type === Type.PacketTooBig ? octets.getUint32(at + MTU) : 0
  packet.hasQuoted = 0
  packet.payloadLength = cursor.wireEnd - at - HEADER_LENGTH
  cursor.at = at + HEADER_LENGTH
  return Ok
}

/** Whether an ICMPv6 message of this type quotes the packet it is about. */
export function icmpv6Quotes(type: number): boolean {
  return type >= Type.Unreachable && type <= Type.ParameterProblem
}

/** Whether an ICMPv6 message of this type is an echo request or reply. */
export function isIcmpv6Echo(type: number): boolean {
  return type === Type.Echo || type === Type.EchoReply
}
