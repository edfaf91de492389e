import { type MatchParser, matchOf, type NatState, type RuleMatch, type Tristate } from '../match.ts'

// In the nat table every packet is the first of its connection, and a reply never gets here.
const STATES: ReadonlyMap<string, (state: NatState) => Tristate> = new Map([
  ['NEW', () => true],
  ['ESTABLISHED', () => false],
  ['INVALID', () => false],
  ['UNTRACKED', () => false],
  ['SNAT', () => false],
  ['DNAT', (state: NatState) => state.dnat],
  // An ICMP error or a helper's connection is RELATED and NEW at once; ordinary traffic is not.
  ['RELATED', () => false],
])

/** `-m conntrack --ctstate` and `-m state --state`. */
export const conntrack: MatchParser = (options) => {
  const matches: RuleMatch[] = []
  for (const option of options) {
    if (option.name !== '--ctstate' && option.name !== '--state') return undefined
    const tests = (option.values[0] ?? '').split(',').map((name) => STATES.get(name))
    if (!tests.every((test) => test !== undefined)) return undefined
    matches.push(matchOf(option, (state) => tests.some((test) => test(state) === true)))
  }
  return matches
}

/** `-m mark --mark value/mask`. */
export const mark: MatchParser = (options) => {
  const matches: RuleMatch[] = []
  for (const option of options) {
    const parsed = parseMark(option.values[0] ?? '')
    if (option.name !== '--mark' || parsed === undefined) return undefined
    const { value, mask } = parsed
    const test = (state: NatState): Tristate => {
      const known = (mask & ~state.unknownMark) >>> 0
      if (((state.mark ^ value) & known) !== 0) return false
      // A value with bits outside its mask can never be met.
      if ((value & ~mask) >>> 0 !== 0) return false
      return known === mask ? true : null
    }
    matches.push(matchOf(option, test, (state) => `mark 0x${state.mark.toString(16)}`))
  }
  return matches
}

/** `0xa00/0xe00`; without a mask all 32 bits count. */
export function parseMark(text: string): { value: number; mask: number } | undefined {
  const match = /^(0x[0-9a-f]{1,8}|\d{1,10})(?:\/(0x[0-9a-f]{1,8}|\d{1,10}))?$/i.exec(text)
  if (match === null) return undefined
  return { value: Number(match[1]) >>> 0, mask: match[2] === undefined ? 0xffffffff : Number(match[2]) >>> 0 }
}
