import type { IpFamily } from '../../core/ip.ts'
import type { SourceRef } from '../../core/source-ref.ts'
import { optionText, type RuleMatch, unknownMatch } from './match.ts'
import { addressMatch } from './matches/address.ts'
import { parseMark } from './matches/connection.ts'
import { interfaceMatch } from './matches/machine.ts'
import { MATCH_MODULES } from './matches/modules.ts'
import { protocolMatch } from './matches/protocol.ts'
import { groupOptions, type RuleOption } from './options.ts'
import { parseTarget, type RuleTarget } from './target.ts'
import { tokenizeRule } from './tokens.ts'

/** One rule of a dump, ready to be evaluated. */
export interface InstalledRule {
  readonly chain: string
  /** Place in its chain, from 1. */
  readonly position: number
  readonly matches: readonly RuleMatch[]
  readonly target: RuleTarget
  readonly comment: string | null
  /** The options as written, for comparison of rules. */
  readonly options: readonly RuleOption[]
  readonly text: string
  readonly source: SourceRef
  /** What was repaired or not understood, in words. */
  readonly notes: readonly string[]
}

interface RuleLine {
  readonly chain: string
  readonly position: number
  readonly text: string
  readonly source: SourceRef
}

// The implicit module of `-p`: iptables accepts `-p tcp --dport` without `-m tcp`.
const IMPLICIT: ReadonlyMap<string, string> = new Map([
  ['tcp', 'tcp'],
  ['udp', 'udp'],
  ['sctp', 'sctp'],
  ['icmp', 'icmp'],
  ['ipv6-icmp', 'icmp6'],
])

/**
 * Reads one `-A CHAIN …` line. Never fails: what is not understood becomes a match or target whose effect is unknown,
 * so that it can make an outcome unknown but never wrong.
 */
export function parseInstalledRule(line: RuleLine, family: IpFamily, chains: ReadonlySet<string>): InstalledRule {
  const tokens = tokenizeRule(line.text)
  if (tokens === undefined) return notUnderstood(line, 'a quotation that does not end')
  const options = groupOptions(tokens)
  const body = options.filter((option) => option.name !== '-A' && option.name !== '--append')
  const jumpAt = body.findIndex((option) => ['-j', '--jump', '-g', '--goto'].includes(option.name))
  const conditions = jumpAt < 0 ? body : body.slice(0, jumpAt)
  const target = parseTarget(jumpAt < 0 ? undefined : body[jumpAt], jumpAt < 0 ? [] : body.slice(jumpAt + 1), chains)
  const comment = body.find((option) => option.name === '--comment')?.values[0] ?? null
  const matches = parseMatches(conditions, family)
  const repaired = repairLostMark(comment, conditions)
  return {
    ...line,
    matches: repaired === null ? matches : [...matches, repaired],
    target,
    comment,
    options: body,
    notes: repaired === null ? [] : ['the mark match is missing, as old iptables prints this rule: restored'],
  }
}

function notUnderstood(line: RuleLine, why: string): InstalledRule {
  const target: RuleTarget = { kind: 'unknown', text: line.text }
  return { ...line, matches: [unknownMatch(line.text)], target, comment: null, options: [], notes: [why] }
}

function parseMatches(options: readonly RuleOption[], family: IpFamily): RuleMatch[] {
  const matches: RuleMatch[] = []
  let module: { name: string; options: RuleOption[] } | null = null
  const close = (): void => {
    if (module !== null) matches.push(...moduleMatches(module.name, module.options, family))
    module = null
  }
  for (const option of options) {
    if (option.name === '-m' || option.name === '--match') {
      close()
      module = { name: option.values[0] ?? '', options: [] }
      continue
    }
    const own = baseMatch(option)
    if (own !== undefined) {
      matches.push(...own)
      const implicit = option.name === '-p' && !option.negated ? IMPLICIT.get(option.values[0] ?? '') : undefined
      if (implicit !== undefined && module === null) module = { name: implicit, options: [] }
      continue
    }
    module ??= { name: '', options: [] }
    module.options.push(option)
  }
  close()
  return matches
}

/** Options of no module; `undefined` for those that belong to one. */
function baseMatch(option: RuleOption): readonly RuleMatch[] | undefined {
  const known = (match: RuleMatch | undefined): RuleMatch[] => [match ?? unknownMatch(optionText(option))]
  switch (option.name) {
    case '-s':
    case '--source':
      return known(addressMatch(option, 'source'))
    case '-d':
    case '--destination':
      return known(addressMatch(option, 'destination'))
    case '-i':
    case '--in-interface':
      return known(interfaceMatch(option, 'in'))
    case '-o':
    case '--out-interface':
      return known(interfaceMatch(option, 'out'))
    case '-p':
    case '--protocol':
      return known(protocolMatch(option))
    case '-f':
    case '--fragment':
      // The first packet of a connection that conntrack defragments is never a later fragment.
      return [{ text: optionText(option), test: () => option.negated }]
    case '-4':
    case '-6':
    case '-c':
    case '--set-counters':
      return []
    default:
      return undefined
  }
}

function moduleMatches(name: string, options: readonly RuleOption[], family: IpFamily): readonly RuleMatch[] {
  const parsed = MATCH_MODULES.get(name)?.(options, family)
  return parsed ?? [unknownMatch([`-m ${name}`, ...options.map(optionText)].join(' '))]
}

/** iptables up to 1.8.7 drops `-m mark` from rules that newer releases wrote; the comment tells which it was. */
function repairLostMark(comment: string | null, options: readonly RuleOption[]): RuleMatch | null {
  const lost = comment !== null && /^exclude proxy return traffic from masqu[ae]+rade$/.test(comment)
  if (!lost || options.some((option) => option.name === '--mark')) return null
  const wanted = parseMark('0xa00/0xe00')
  if (wanted === undefined) return null
  return {
    text: '--mark 0xa00/0xe00 (restored)',
    test: (state) => (state.unknownMark & wanted.mask ? null : (state.mark & wanted.mask) >>> 0 === wanted.value),
  }
}
