import type { SourceRef } from '../../core/source-ref.ts'
import { groupOptions, type RuleOption } from '../../masquerade/installed/options.ts'
import type { InstalledRule } from '../../masquerade/installed/parse-rule.ts'
import { tokenizeRule } from '../../masquerade/installed/tokens.ts'

/** One rule in the form in which rules are compared. */
export interface ComparableRule {
  /** Comment without the spellings that differ by release. */
  readonly purpose: string
  /** Matches and target, in a fixed order, without comment, ports and counters. */
  readonly parts: readonly string[]
  readonly text: string
  readonly source: SourceRef | null
}

/** An installed rule that serves a purpose the settings ask for, otherwise than they ask for it. */
export interface AlteredRule {
  readonly intended: ComparableRule
  readonly installed: ComparableRule
  /** Parts only the intended rule has, and parts only the installed one has. */
  readonly lacks: readonly string[]
  readonly has: readonly string[]
}

export interface RuleDifferences {
  readonly missing: readonly ComparableRule[]
  readonly extra: readonly ComparableRule[]
  readonly altered: readonly AlteredRule[]
  /** True where all rules are there and stand in another order. */
  readonly reordered: boolean
}

/** A rule as `iptables -S` prints it, made comparable. */
export function comparableText(text: string): ComparableRule {
  return comparable(groupOptions(tokenizeRule(text) ?? []), text, null)
}

export function comparableRule(rule: InstalledRule): ComparableRule {
  return comparable(rule.options, rule.text, rule.source)
}

// Recent releases split a rule by protocol, turn and port range to keep SNAT off tunnel ports; it is one rule in meaning.
const SPLIT_OPTIONS: ReadonlySet<string> = new Set([
  ...['--mode', '--every', '--packet', '--probability', '--to-ports', '--random-fully', '--random'],
  ...['-A', '--comment', '-c'],
])
const SPLIT_MODULES: ReadonlySet<string> = new Set(['comment', 'statistic', 'tcp', 'udp'])

function comparable(options: readonly RuleOption[], text: string, source: SourceRef | null): ComparableRule {
  const comment = options.find(({ name }) => name === '--comment')?.values[0] ?? ''
  const jumpAt = options.findIndex(({ name }) => name === '-j' || name === '-g')
  const kept = (list: readonly RuleOption[]): string[] => list.filter(isCompared).map(partText)
  const matches = kept(jumpAt < 0 ? options : options.slice(0, jumpAt))
  const target = jumpAt < 0 ? [] : [kept(options.slice(jumpAt)).join(' ')]
  return { purpose: purposeOf(comment), parts: [...[...new Set(matches)].sort(), ...target], text, source }
}

function isCompared({ name, values }: RuleOption): boolean {
  const value = values[0] ?? ''
  if (name === '-m') return !SPLIT_MODULES.has(value)
  return !SPLIT_OPTIONS.has(name) && !(name === '-p' && ['tcp', 'udp'].includes(value))
}

function partText({ name, negated, values }: RuleOption): string {
  const shown = name === '--to-source' ? values.map((value) => value.replace(/:\d+-\d+$/, '')) : values
  const words = name === '--mark' ? shown.map(shortMark) : shown
  return [negated ? '!' : '', name, ...words].filter((word) => word !== '').join(' ')
}

// Debug logs pad marks: 0x00000a00/0x00000e00.
const shortMark = (mark: string): string => mark.replace(/0x0+(?=[0-9a-f])/g, '0x')

function purposeOf(comment: string): string {
  return comment
    .replace('masquarade', 'masquerade')
    .replace(/exclude (?:xfrm|encrypt\/decrypt) marks from .* chain/, 'exclude encryption marks')
}

/** Compares rules by what they do: exact pairs first, then pairs of the same purpose; the rest is missing or extra. */
export function compareRules(
  intended: readonly ComparableRule[],
  installed: readonly ComparableRule[],
): RuleDifferences {
  const left = distinct(installed)
  const missing: ComparableRule[] = []
  const positions: number[] = []
  for (const rule of intended) {
    const at = left.findIndex((other) => other !== undefined && sameParts(rule, other))
    if (at < 0) missing.push(rule)
    else {
      positions.push(at)
      left[at] = undefined
    }
  }
  const altered: AlteredRule[] = []
  const absent = missing.filter((rule) => {
    const at = left.findIndex((other) => other?.purpose === rule.purpose && rule.purpose !== '')
    const other = at < 0 ? undefined : left[at]
    if (other === undefined) return true
    left[at] = undefined
    altered.push(difference(rule, other))
    return false
  })
  const extra = left.filter((rule) => rule !== undefined)
  const complete = absent.length === 0 && altered.length === 0 && extra.length === 0
  return { missing: absent, extra, altered, reordered: complete && !isAscending(positions, intended) }
}

function distinct(rules: readonly ComparableRule[]): (ComparableRule | undefined)[] {
  const seen = new Set<string>()
  return rules.filter((rule) => {
    const key = rule.parts.join('\n')
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

const sameParts = (a: ComparableRule, b: ComparableRule): boolean => a.parts.join('\n') === b.parts.join('\n')

function difference(intended: ComparableRule, installed: ComparableRule): AlteredRule {
  const lacks = intended.parts.filter((part) => !installed.parts.includes(part))
  const has = installed.parts.filter((part) => !intended.parts.includes(part))
  return { intended, installed, lacks, has }
}

// The two rules for encryption marks stand in either order, depending on the release.
function isAscending(positions: readonly number[], intended: readonly ComparableRule[]): boolean {
  const relevant = positions.filter((_, i) => intended[i]?.purpose !== 'exclude encryption marks')
  return relevant.every((position, i) => i === 0 || position > (relevant[i - 1] ?? -1))
}
