import { concat, uints } from './packet-octets.ts'

const IPV4 = 0x0800
const IPV6 = 0x86dd

/** EtherType of an IP packet. */
export function etherTypeOf(packet: Uint8Array): number {
  return (packet[0] ?? 0) >> 4 === 6 ? IPV6 : IPV4
}

/** A VLAN tag: identifier, and what announces it (default 802.1Q, 0x8100). */
export interface VlanTag {
  readonly id: number
  readonly type?: number
}

/** An Ethernet frame around a packet; tags outermost first. `minimum` pads the frame (60 as on a wire). */
export function ethernet(
  packet: Uint8Array,
  options: {
    etherType?: number
    vlans?: readonly VlanTag[]
    minimum?: number
    src?: Uint8Array
    dst?: Uint8Array
  } = {},
): Uint8Array {
  const tags = (options.vlans ?? []).map(({ id, type }) => uints([16, type ?? 0x8100], [16, id]))
  const frame = concat(
    options.dst ?? Uint8Array.of(2, 0, 0, 0, 0, 2),
    options.src ?? Uint8Array.of(2, 0, 0, 0, 0, 1),
    ...tags,
    uints([16, options.etherType ?? etherTypeOf(packet)]),
    packet,
  )
  return concat(frame, new Uint8Array(Math.max(0, (options.minimum ?? 0) - frame.length)))
}

/** An IEEE 802.3 frame with LLC and SNAP. */
export function snap(packet: Uint8Array, options: { etherType?: number; organization?: number } = {}): Uint8Array {
  const llc = uints([24, 0xaaaa03], [24, options.organization ?? 0], [16, options.etherType ?? etherTypeOf(packet)])
  return ethernet(concat(llc, packet), { etherType: llc.length + packet.length })
}

/** Packet types of cooked captures. */
export const SllType = { Host: 0, Broadcast: 1, Multicast: 2, OtherHost: 3, Outgoing: 4 } as const

/** Linux cooked, version 1 (link type 113). */
export function sll(
  packet: Uint8Array,
  options: { packetType?: number; protocol?: number; arphrd?: number } = {},
): Uint8Array {
  return concat(
    uints([16, options.packetType ?? 0], [16, options.arphrd ?? 1], [16, 6]),
    Uint8Array.of(2, 0, 0, 0, 0, 1, 0, 0),
    uints([16, options.protocol ?? etherTypeOf(packet)]),
    packet,
  )
}

/** Linux cooked, version 2 (link type 276): `tcpdump -i any`. */
export function sll2(
  packet: Uint8Array,
  options: { packetType?: number; ifindex?: number; protocol?: number; arphrd?: number } = {},
): Uint8Array {
  return concat(
    uints([16, options.protocol ?? etherTypeOf(packet)], [16, 0], [32, options.ifindex ?? 2]),
    uints([16, options.arphrd ?? 1], [8, options.packetType ?? 0], [8, 6]),
    Uint8Array.of(2, 0, 0, 0, 0, 1, 0, 0),
    packet,
  )
}

/** BSD loopback (link types 0 and 108). */
export function nullLoopback(
  packet: Uint8Array,
  options: { littleEndian?: boolean; family?: number } = {},
): Uint8Array {
  const family = uints([32, options.family ?? (etherTypeOf(packet) === IPV6 ? 30 : 2)])
  return concat(options.littleEndian ? family.reverse() : family, packet)
}

/** PPP: with `framing` the HDLC address and control in front. */
export function ppp(packet: Uint8Array, options: { framing?: boolean; protocol?: number } = {}): Uint8Array {
  const protocol = options.protocol ?? (etherTypeOf(packet) === IPV6 ? 0x57 : 0x21)
  return concat(options.framing ? Uint8Array.of(0xff, 3) : new Uint8Array(0), uints([16, protocol]), packet)
}

/** A PPPoE session packet, to be put into `ethernet(…, { etherType: 0x8864 })`. */
export function pppoe(packet: Uint8Array): Uint8Array {
  const inner = ppp(packet)
  return concat(uints([8, 0x11], [8, 0], [16, 1], [16, inner.length]), inner)
}

/** An MPLS label stack, to be put into `ethernet(…, { etherType: 0x8847 })`. */
export function mpls(labels: readonly number[], packet: Uint8Array): Uint8Array {
  const stack = labels.map((label, i) => uints([24, label * 16 + (i === labels.length - 1 ? 1 : 0)], [8, 64]))
  return concat(...stack, packet)
}
