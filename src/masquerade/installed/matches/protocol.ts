import type { IpFamily } from '../../../core/ip.ts'
import { IpProtocol } from '../../../core/protocol.ts'
import { type MatchParser, matchOf, type RuleMatch } from '../match.ts'
import type { RuleOption } from '../options.ts'

// Names of /etc/protocols that iptables prints.
const NUMBERS: ReadonlyMap<string, number> = new Map([
  ['icmp', IpProtocol.Icmp],
  ['igmp', 2],
  ['ipencap', IpProtocol.IpInIp],
  ['ipip', IpProtocol.IpInIp],
  ['tcp', IpProtocol.Tcp],
  ['udp', IpProtocol.Udp],
  ['ipv6', IpProtocol.Ipv6InIp],
  ['gre', IpProtocol.Gre],
  ['esp', IpProtocol.Esp],
  ['ipv6-crypt', IpProtocol.Esp],
  ['ah', IpProtocol.Ah],
  ['ipv6-icmp', IpProtocol.Icmpv6],
  ['icmpv6', IpProtocol.Icmpv6],
  ['sctp', IpProtocol.Sctp],
  ['udplite', 136],
])

/** `-p`; `all` and `0` match every protocol. */
export function protocolMatch(option: RuleOption): RuleMatch | undefined {
  const name = option.values[0] ?? ''
  const number = protocolNumber(name)
  if (number === undefined || option.values.length !== 1) return undefined
  return matchOf(option, (_state, context) => number === 0 || context.protocol === number)
}

function protocolNumber(name: string): number | undefined {
  if (name === 'all') return 0
  if (/^\d{1,3}$/.test(name)) return Number(name)
  return NUMBERS.get(name.toLowerCase())
}

/** `-m icmp` and `-m icmp6`: types by number, or `any`; of a code nothing is known. */
export const icmp: MatchParser = (options, family) => {
  const matches: RuleMatch[] = []
  for (const option of options) {
    const value = option.values[0] ?? ''
    const [type, code] = value.split('/')
    if (!/^--icmp(?:v6)?-type$/.test(option.name)) return undefined
    if (value !== 'any' && !/^\d{1,3}(?:\/\d{1,3})?$/.test(value)) return undefined
    matches.push(
      matchOf(option, (_state, context) => {
        if (context.protocol !== icmpOf(family)) return false
        if (value === 'any' || value === '255') return true
        if (context.icmpType === null) return null
        if (context.icmpType !== Number(type)) return false
        return code === undefined ? true : null
      }),
    )
  }
  return matches
}

const icmpOf = (family: IpFamily): number => (family === 4 ? IpProtocol.Icmp : IpProtocol.Icmpv6)
