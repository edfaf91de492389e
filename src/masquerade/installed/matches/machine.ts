import type { IpText } from '../../../core/ip.ts'
import { type MatchParser, matchOf, type NatContext, type NatState, type RuleMatch, type Tristate } from '../match.ts'
import type { RuleOption } from '../options.ts'

/** `-i` and `-o`. */
export function interfaceMatch(option: RuleOption, side: 'in' | 'out'): RuleMatch | undefined {
  const pattern = option.values[0]
  if (pattern === undefined || option.values.length !== 1) return undefined
  return matchOf(option, (state, context) =>
    side === 'in' ? context.cameBy(pattern) : context.leavesBy(pattern, state),
  )
}

/** `-m set --match-set name src|dst`. */
export const set: MatchParser = (options) => {
  const matches: RuleMatch[] = []
  for (const option of options) {
    if (option.name === '--return-nomatch') return undefined
    if (option.name.startsWith('--update-')) continue
    const [name, direction] = option.values
    if (option.name !== '--match-set' || name === undefined) return undefined
    if (direction !== 'src' && direction !== 'dst') return undefined
    const addressOf = (state: NatState, context: NatContext): string =>
      direction === 'src' ? context.source : state.destination
    matches.push(matchOf(option, (state, context) => context.inSet(name, addressOf(state, context)), addressOf))
  }
  return matches
}

/** `-m addrtype`; of the types only LOCAL and MULTICAST can be told for sure. */
export const addrtype: MatchParser = (options) => {
  const matches: RuleMatch[] = []
  for (const option of options) {
    const types = (option.values[0] ?? '').split(',')
    if (option.name !== '--src-type' && option.name !== '--dst-type') return undefined
    matches.push(
      matchOf(option, (state, context) => {
        const ip = option.name === '--src-type' ? context.source : state.destination
        const each = types.map((type) => hasType(ip, type, context))
        return each.includes(true) ? true : each.includes(null) ? null : false
      }),
    )
  }
  return matches
}

function hasType(ip: IpText, type: string, context: NatContext): Tristate {
  const multicast = /^(?:22[4-9]|23\d)\./.test(ip) || ip.startsWith('ff')
  if (type === 'MULTICAST') return multicast
  if (type === 'LOCAL') return multicast ? false : context.isLocal(ip)
  if (type !== 'UNICAST') return null
  if (multicast) return false
  const local = context.isLocal(ip)
  return local === true ? false : null
}

/** Matches that hold for every packet, or for one of several by turns: then either branch may be taken. */
export const always: MatchParser = () => []
export const byTurns: MatchParser = (options) => [
  { text: options.map((option) => [option.name, ...option.values].join(' ')).join(' '), test: () => null },
]
