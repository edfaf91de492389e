import { type IpText, parseIp } from '../../core/ip.ts'
import { IpProtocol } from '../../core/protocol.ts'
import { base64Octets } from './netmask.ts'

/** An address and a port as BPF maps print them: `10.244.2.53:53938`, `[fd00::1]:80`; `:0` behind addresses without a port. */
export function parseAddressPort(text: string): { readonly ip: IpText; readonly port: number } | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):(\d{1,5})$/.exec(text)
  const ip = parseIp(match?.[1] ?? match?.[2] ?? '')
  const port = Number(match?.[3])
  return ip === undefined || !(port <= 65535) ? undefined : { ip, port }
}

const PROTOCOLS: ReadonlyMap<string, number> = new Map<string, number>([
  ['tcp', IpProtocol.Tcp],
  ['udp', IpProtocol.Udp],
  ['icmp', IpProtocol.Icmp],
  ['icmpv6', IpProtocol.Icmpv6],
  ['ipv6-icmp', IpProtocol.Icmpv6],
  ['sctp', IpProtocol.Sctp],
  ['any', 0],
])

/** IANA number of a protocol's name or number. */
export function protocolNumber(text: string): number | undefined {
  return /^\d{1,3}$/.test(text) ? Number(text) : PROTOCOLS.get(text.toLowerCase())
}

/**
 * The port that belongs in a record: ICMP carries its echo identifier where one side's port is and nothing on the other;
 * protocols without ports have none.
 */
export function portOf(protocol: number, port: number): number | null {
  const isIcmp = protocol === IpProtocol.Icmp || protocol === IpProtocol.Icmpv6
  const hasPorts = protocol === IpProtocol.Tcp || protocol === IpProtocol.Udp || protocol === IpProtocol.Sctp
  if (isIcmp) return port === 0 ? null : port
  return hasPorts ? port : null
}

/** An address the JSON output carries: its octets, in some releases in base64, or text. */
export function addressOf(value: unknown): IpText | undefined {
  if (typeof value === 'string') return parseIp(value) ?? addressOf(base64Octets(value))
  if (!Array.isArray(value)) return undefined
  const octets = value.filter((octet): octet is number => Number.isInteger(octet) && octet >= 0 && octet <= 255)
  if (octets.length === 4 && value.length === 4) return octets.join('.')
  if (octets.length !== 16 || value.length !== 16) return undefined
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((octets[2 * i] ?? 0) * 256 + (octets[2 * i + 1] ?? 0)).toString(16),
  )
  return parseIp(groups.join(':'))
}

/** Host byte order of a port the JSON output carries as it lies in the map (`cluster-metadata-formats.md` §8.1). */
export function swapPort(port: number): number {
  return ((port & 0xff) << 8) | ((port >> 8) & 0xff)
}
