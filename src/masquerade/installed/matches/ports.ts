import { IpProtocol } from '../../../core/protocol.ts'
import { TcpFlag } from '../../../core/tcp-flags.ts'
import { type MatchParser, matchOf, type NatContext, type NatState, type RuleMatch, type Tristate } from '../match.ts'
import type { RuleOption } from '../options.ts'

type Range = readonly [number, number]

/** `-m tcp`, `-m udp`, `-m sctp`: ports, and for TCP the flags. */
export const transport: MatchParser = (options) => {
  const matches = options.map(portMatch)
  return matches.every((match) => match !== undefined) ? matches : undefined
}

function portMatch(option: RuleOption): RuleMatch | undefined {
  const value = option.values[0] ?? ''
  switch (option.name) {
    case '--sport':
    case '--source-port':
      return ranges(option, value, 'source')
    case '--dport':
    case '--destination-port':
      return ranges(option, value, 'destination')
    case '--syn':
      return matchOf(option, () => flagsMatch(SYN_MASK, TcpFlag.Syn))
    case '--tcp-flags':
      return tcpFlags(option)
    default:
      return undefined
  }
}

/** `-m multiport`: a list of ports and ranges, on either side or on any. */
export const multiport: MatchParser = (options) => {
  const matches = options.map((option) => {
    const value = option.values[0] ?? ''
    if (/^--(?:sports|source-ports)$/.test(option.name)) return ranges(option, value, 'source')
    if (/^--(?:dports|destination-ports)$/.test(option.name)) return ranges(option, value, 'destination')
    return option.name === '--ports' ? ranges(option, value, 'either') : undefined
  })
  return matches.every((match) => match !== undefined) ? matches : undefined
}

function ranges(option: RuleOption, value: string, side: 'source' | 'destination' | 'either'): RuleMatch | undefined {
  const list = value.split(',').map(parseRange)
  if (!list.every((range) => range !== undefined)) return undefined
  const test = (state: NatState, context: NatContext): Tristate => {
    if (side !== 'either') return holds(list, portOf(side, state, context), context)
    const both = [holds(list, context.sourcePort, context), holds(list, state.destinationPort, context)]
    return both.includes(true) ? true : both.includes(null) ? null : false
  }
  return matchOf(option, test, (state, context) =>
    side === 'either'
      ? `ports ${context.sourcePort} and ${state.destinationPort}`
      : `port ${portOf(side, state, context)}`,
  )
}

const portOf = (side: 'source' | 'destination', state: NatState, context: NatContext): number | null =>
  side === 'source' ? context.sourcePort : state.destinationPort

function holds(list: readonly Range[], port: number | null, context: NatContext): Tristate {
  if (!HAS_PORTS.has(context.protocol)) return false
  if (port === null) return null
  return list.some(([low, high]) => low <= port && port <= high)
}

const HAS_PORTS: ReadonlySet<number> = new Set([IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Sctp, 33, 136])

/** `80`, `80:90`, `:90`, `80:`, bounds inclusive. */
function parseRange(text: string): Range | undefined {
  const match = /^(\d{1,5})?(:)?(\d{1,5})?$/.exec(text)
  if (match === null || text === '') return undefined
  const low = Number(match[1] ?? 0)
  const high = match[2] === undefined ? low : Number(match[3] ?? 65535)
  return low <= 65535 && high <= 65535 ? [low, high] : undefined
}

// The nat table sees the first packet of a connection: a SYN.
const SYN_MASK = TcpFlag.Syn | TcpFlag.Rst | TcpFlag.Ack | TcpFlag.Fin
const NAMES: ReadonlyMap<string, number> = new Map([
  ['FIN', TcpFlag.Fin],
  ['SYN', TcpFlag.Syn],
  ['RST', TcpFlag.Rst],
  ['PSH', TcpFlag.Psh],
  ['ACK', TcpFlag.Ack],
  ['URG', TcpFlag.Urg],
])

function tcpFlags(option: RuleOption): RuleMatch | undefined {
  const [mask, wanted] = option.values.map(parseFlags)
  if (mask === undefined || wanted === undefined) return undefined
  return matchOf(option, () => flagsMatch(mask, wanted))
}

function flagsMatch(mask: number, wanted: number): boolean {
  return (TcpFlag.Syn & mask) === wanted
}

function parseFlags(text: string): number | undefined {
  if (text === 'NONE') return 0
  if (text === 'ALL') return [...NAMES.values()].reduce((all, flag) => all | flag, 0)
  let flags = 0
  for (const name of text.split(',')) {
    const flag = NAMES.get(name)
    if (flag === undefined) return undefined
    flags |= flag
  }
  return flags
}
