import { type Cidr, cidrContains, parseCidr } from '../../../core/cidr.ts'
import { compareIp, type IpFamily, ipToWords, parseIp } from '../../../core/ip.ts'
import { type MatchParser, matchOf, type NatContext, type NatState, type RuleMatch } from '../match.ts'
import type { RuleOption } from '../options.ts'

/** `-s` and `-d`. */
export function addressMatch(option: RuleOption, side: 'source' | 'destination'): RuleMatch | undefined {
  const block = parseBlock(option.values[0] ?? '')
  if (block === undefined || option.values.length !== 1) return undefined
  const addressOf = (state: NatState, context: NatContext): string =>
    side === 'source' ? context.source : state.destination
  return matchOf(option, (state, context) => cidrContains(block, addressOf(state, context)), addressOf)
}

/** `-m iprange`. */
export const iprange: MatchParser = (options) => {
  const matches: RuleMatch[] = []
  for (const option of options) {
    const side = option.name === '--src-range' ? 'source' : option.name === '--dst-range' ? 'destination' : undefined
    const [low, high] = (option.values[0] ?? '').split('-').map((text) => parseIp(text))
    if (side === undefined || low === undefined || high === undefined) return undefined
    matches.push(
      matchOf(option, (state, context) => {
        const ip = side === 'source' ? context.source : state.destination
        return compareIp(low, ip) <= 0 && compareIp(ip, high) <= 0
      }),
    )
  }
  return matches
}

/** `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, or an address; masks that are no prefix are not understood. */
function parseBlock(text: string): Cidr | undefined {
  const [ip = '', mask] = text.split('/')
  if (mask === undefined || !/[.:]/.test(mask)) return parseCidr(text, { bareAddress: true })
  const prefix = prefixOfMask(mask)
  return prefix === undefined ? undefined : parseCidr(`${ip}/${prefix}`)
}

function prefixOfMask(text: string): number | undefined {
  const mask = parseIp(text)
  if (mask === undefined) return undefined
  const family: IpFamily = mask.includes(':') ? 6 : 4
  const words = family === 4 ? ipToWords(mask).slice(3) : ipToWords(mask)
  const bits = words.map((word) => word.toString(2).padStart(32, '0')).join('')
  return /^1*0*$/.test(bits) ? bits.replace(/0+$/, '').length : undefined
}
