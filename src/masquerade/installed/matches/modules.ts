import type { MatchParser } from '../match.ts'
import { iprange } from './address.ts'
import { conntrack, mark } from './connection.ts'
import { addrtype, always, byTurns, set } from './machine.ts'
import { multiport, transport } from './ports.ts'
import { icmp } from './protocol.ts'

/** Match modules (`-m name`) this evaluator understands; any other makes the outcome unknown where it matters. */
export const MATCH_MODULES: ReadonlyMap<string, MatchParser> = new Map([
  ['addrtype', addrtype],
  ['comment', always],
  ['conntrack', conntrack],
  ['icmp', icmp],
  ['icmp6', icmp],
  ['icmpv6', icmp],
  ['ipv6-icmp', icmp],
  ['iprange', iprange],
  ['mark', mark],
  ['multiport', multiport],
  ['nfacct', always],
  ['sctp', transport],
  ['set', set],
  ['state', conntrack],
  ['statistic', byTurns],
  ['tcp', transport],
  ['udp', transport],
])
