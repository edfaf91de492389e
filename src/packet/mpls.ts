import { DecodeStatus } from '../core/decode-status.ts'
import type { Cursor } from './cursor.ts'
import { EtherType } from './ether-type.ts'
import { type PacketView, stop } from './packet-view.ts'

const { Ok, NotIp } = DecodeStatus

// Label stack entry, RFC 3032 §2.1: label 20 bits, class 3, bottom of stack 1, TTL 8.
const ENTRY_LENGTH = 4
const BOTTOM_OF_STACK = 0x100

// What follows is told by its first four bits, RFC 4928 §3 and RFC 4385 §3.
const PSEUDOWIRE_CONTROL = 0
const ASSOCIATED_CHANNEL = 1
const CONTROL_WORD_LENGTH = 4

/** Steps over a label stack to the IP packet below it, or to the Ethernet frame of a pseudowire. */
export function decodeMpls(cursor: Cursor, packet: PacketView): DecodeStatus {
  let bottom = false
  while (!bottom) {
    const room = cursor.room(ENTRY_LENGTH)
    if (room !== Ok) return stop(packet, room, 'link', 'mpls-truncated', 'mpls-too-short')
    bottom = (cursor.octets.getUint32(cursor.at) & BOTTOM_OF_STACK) !== 0
    cursor.at += ENTRY_LENGTH
  }
  const room = cursor.room(1)
  if (room !== Ok) return stop(packet, room, 'link', 'mpls-truncated', 'mpls-too-short')
  return enterPayload(cursor, packet, cursor.octets.getUint8(cursor.at) >> 4)
}

function enterPayload(cursor: Cursor, packet: PacketView, firstBits: number): DecodeStatus {
  switch (firstBits) {
    case 4:
      cursor.etherType = EtherType.Ipv4
      return Ok
    case 6:
      cursor.etherType = EtherType.Ipv6
      return Ok
    case ASSOCIATED_CHANNEL:
      return stop(packet, NotIp, 'link', 'mpls-control')
    case PSEUDOWIRE_CONTROL:
      cursor.at += CONTROL_WORD_LENGTH
      cursor.etherType = EtherType.TransparentEthernet
      return Ok
    default:
      cursor.etherType = EtherType.TransparentEthernet
      return Ok
  }
}
