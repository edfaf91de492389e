import { DecodeStatus } from '../core/decode-status.ts'
import type { Cursor } from './cursor.ts'
import { EtherType } from './ether-type.ts'
import { type PacketView, stop } from './packet-view.ts'

const { Ok } = DecodeStatus

/** Redirect header of WCCP version 2; version 1 has none (draft-wilson-wrec-wccp-v2 §4.12). */
const REDIRECT_LENGTH = 4
const IPV4 = 4

/** Steps over the header of a packet that WCCP redirected through GRE. An IP version in its first four bits means there is none. */
export function decodeWccp(cursor: Cursor, packet: PacketView): DecodeStatus {
  const room = cursor.room(REDIRECT_LENGTH)
  if (room !== Ok) return stop(packet, room, 'tunnel', 'wccp-truncated', 'wccp-too-short')
  if (cursor.octets.getUint8(cursor.at) >> 4 !== IPV4) cursor.at += REDIRECT_LENGTH
  cursor.etherType = EtherType.Ipv4
  return Ok
}
