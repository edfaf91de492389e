import { type IpFields, ip } from './packet-ip.ts'
import { etherTypeOf } from './packet-link.ts'
import { concat, uints } from './packet-octets.ts'
import { udp } from './packet-transport.ts'

/** Addresses of a tunnel's ends, without ports. */
export interface TunnelEnds extends IpFields {
  readonly src: string
  readonly dst: string
}

function withPort(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`
}

/** VXLAN around an Ethernet frame: `vxlan({ src: '172.18.0.2', dst: '172.18.0.3', vni: 7 }, ethernet(tcp(…)))`. */
export function vxlan(
  fields: TunnelEnds & {
    readonly vni?: number
    readonly port?: number
    readonly srcPort?: number
    readonly flags?: number
  },
  frame: Uint8Array,
): Uint8Array {
  const header = uints([8, fields.flags ?? 8], [24, 0], [24, fields.vni ?? 1], [8, 0])
  const src = withPort(fields.src, fields.srcPort ?? 48879)
  return udp({ ...fields, src, dst: withPort(fields.dst, fields.port ?? 8472), payload: concat(header, frame) })
}

/** Geneve around an Ethernet frame, or around what `protocol` says; options a multiple of 4 octets. */
export function geneve(
  fields: TunnelEnds & {
    readonly vni?: number
    readonly port?: number
    readonly protocol?: number
    readonly options?: Uint8Array
    readonly version?: number
  },
  frame: Uint8Array,
): Uint8Array {
  const options = fields.options ?? new Uint8Array(0)
  const first = (fields.version ?? 0) * 64 + options.length / 4
  const header = uints([8, first], [8, 0], [16, fields.protocol ?? 0x6558], [24, fields.vni ?? 1], [8, 0])
  const ends = { src: withPort(fields.src, 48879), dst: withPort(fields.dst, fields.port ?? 6081) }
  return udp({ ...fields, ...ends, payload: concat(header, options, frame) })
}

/** GRE around an IP packet, or around what `protocol` says. */
export function gre(
  fields: TunnelEnds & {
    readonly key?: number
    readonly sequence?: number
    readonly checksum?: boolean
    readonly protocol?: number
    readonly version?: number
  },
  packet: Uint8Array,
): Uint8Array {
  const parts = [
    fields.checksum ? uints([32, 0]) : undefined,
    fields.key === undefined ? undefined : uints([32, fields.key]),
    fields.sequence === undefined ? undefined : uints([32, fields.sequence]),
  ]
  const flags = (parts[0] ? 0x8000 : 0) | (parts[1] ? 0x2000 : 0) | (parts[2] ? 0x1000 : 0) | (fields.version ?? 0)
  const header = uints([16, flags], [16, fields.protocol ?? etherTypeOf(packet)])
  return ip({ ...fields, protocol: 47 }, concat(header, ...parts.filter((part) => part !== undefined), packet))
}

/** IP in IP: 4in4, 6in4, 4in6 and 6in6, by the addresses and the packet. */
export function ipInIp(fields: TunnelEnds, packet: Uint8Array): Uint8Array {
  return ip({ ...fields, protocol: etherTypeOf(packet) === 0x86dd ? 41 : 4 }, packet)
}

/** ESP: an SPI, a sequence number, and octets that nobody can read. */
export function esp(fields: TunnelEnds): Uint8Array {
  return ip({ ...fields, protocol: 50 }, concat(uints([32, 0xc0ffee], [32, 1]), new Uint8Array(64).fill(0x5a)))
}

/** A WireGuard transport data message. */
export function wireguard(fields: TunnelEnds & { readonly port?: number }): Uint8Array {
  const port = fields.port ?? 51871
  const payload = concat(Uint8Array.of(4, 0, 0, 0), new Uint8Array(60).fill(0x5a))
  return udp({ ...fields, src: withPort(fields.src, port), dst: withPort(fields.dst, port), payload })
}
