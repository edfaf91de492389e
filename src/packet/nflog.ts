import { Direction } from '../capture/record.ts'
import { DecodeStatus } from '../core/decode-status.ts'
import type { Cursor } from './cursor.ts'
import { EtherType } from './ether-type.ts'
import { type PacketView, stop } from './packet-view.ts'

const { Ok, Truncated, Malformed, NotIp } = DecodeStatus

// Address family, version, group; then attributes of length, type and value (tcpdump.org/linktypes/LINKTYPE_NFLOG.html).
const FAMILY = 0
const HEADER_LENGTH = 4
const ATTRIBUTE_TYPE = 2
const ATTRIBUTE_HEADER_LENGTH = 4
const ALIGNMENT = 4

/** `linux/netfilter/nfnetlink_log.h`, enum nfulnl_attr_type. */
const Attribute = { InDevice: 4, OutDevice: 5, Payload: 9 } as const
const Family = { Inet: 2, Inet6: 10 } as const
/** The upper bits mark nesting and byte order. */
const TYPE_MASK = 0x3fff

/**
 * Steps over the attributes of a packet logged by iptables' NFLOG target (`tcpdump -i nflog:1`) to the IP packet itself,
 * keeping the interface index.
 *
 * Lengths and types are in the byte order of the machine that captured, which a record does not tell. The first
 * attribute is a packet header of eight octets, so the order in which its length is the smaller one is the right one.
 */
export function decodeNflog(cursor: Cursor, packet: PacketView): DecodeStatus {
  const { octets } = cursor
  let at = cursor.at + HEADER_LENGTH
  const little = at + 2 <= cursor.capturedEnd && octets.getUint16(at, true) <= octets.getUint16(at)
  while (at + ATTRIBUTE_HEADER_LENGTH <= cursor.capturedEnd) {
    const length = octets.getUint16(at, little)
    const type = octets.getUint16(at + ATTRIBUTE_TYPE, little) & TYPE_MASK
    const value = at + ATTRIBUTE_HEADER_LENGTH
    if (length < ATTRIBUTE_HEADER_LENGTH || at + length > cursor.wireEnd) {
      return stop(packet, Malformed, 'link', 'nflog-attribute-length')
    }
    if (type === Attribute.Payload) return enterPayload(cursor, packet, value, at + length)
    if (at + length > cursor.capturedEnd) break
    if (length >= ATTRIBUTE_HEADER_LENGTH + 4) readDevice(packet, type, octets.getUint32(value))
    at += Math.ceil(length / ALIGNMENT) * ALIGNMENT
  }
  const isCut = at < cursor.wireEnd
  return stop(packet, isCut ? Truncated : Malformed, 'link', 'nflog-truncated', 'nflog-payload')
}

function enterPayload(cursor: Cursor, packet: PacketView, at: number, end: number): DecodeStatus {
  const family = cursor.octets.getUint8(cursor.at + FAMILY)
  if (family !== Family.Inet && family !== Family.Inet6) return stop(packet, NotIp, 'link', 'address-family')
  cursor.etherType = family === Family.Inet ? EtherType.Ipv4 : EtherType.Ipv6
  cursor.at = at
  cursor.endAt(end)
  return Ok
}

/** A packet on its way out has an outgoing device; one that is forwarded has both, and is logged before it leaves. */
function readDevice(packet: PacketView, type: number, ifindex: number): void {
  if (type === Attribute.OutDevice) {
    packet.ifindex = ifindex
    packet.direction = Direction.Out
  } else if (type === Attribute.InDevice && packet.ifindex === 0) {
    packet.ifindex = ifindex
    packet.direction = Direction.In
  }
}
