/** IP protocol numbers this tool knows by name (IANA "Assigned Internet Protocol Numbers"). */
export const IpProtocol = {
  Icmp: 1,
  IpInIp: 4,
  Tcp: 6,
  Udp: 17,
  Ipv6InIp: 41,
  Gre: 47,
  Esp: 50,
  Ah: 51,
  Icmpv6: 58,
  Sctp: 132,
} as const

/** Protocols that flows are made of, in the contract's words; anything else is its number in decimal. */
export type ProtocolName = 'tcp' | 'udp' | 'icmp' | 'icmpv6' | 'sctp'

const NAMES: ReadonlyMap<number, ProtocolName> = new Map([
  [IpProtocol.Tcp, 'tcp'],
  [IpProtocol.Udp, 'udp'],
  [IpProtocol.Icmp, 'icmp'],
  [IpProtocol.Icmpv6, 'icmpv6'],
  [IpProtocol.Sctp, 'sctp'],
])

/** Name of an IP protocol number in the records; unknown numbers in decimal, such as `"89"`. */
export function protocolName(protocol: number): string {
  return NAMES.get(protocol) ?? String(protocol)
}
