import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bpfRules } from '../../src/masquerade/bpf/rules.ts'
import { type CiliumVersion, parseCiliumVersion } from '../../src/masquerade/cilium-version.ts'
import { iptablesRules } from '../../src/masquerade/iptables/rules.ts'
import type { MasqueradeRule, RuleList, TranslationRule } from '../../src/masquerade/rule.ts'
import { buildSettings } from '../support/masquerade-cluster.ts'

// `UPDATE_DOCS=1 npx vitest run test/masquerade/docs.test.ts` writes the lists anew.
const FILE = resolve(import.meta.dirname, '../../docs/masquerade.md')
const text = readFileSync(FILE, 'utf8')

type AnyRule = MasqueradeRule | TranslationRule

const releases = ['1.10', '1.14', '1.15', '1.17', '1.19'].map(parseCiliumVersion)
const byRoute = buildSettings({ config: { 'enable-masquerade-to-route-source': 'true' } })
const byInterface = buildSettings({ config: {} })

const listsOf = {
  bpf: (version: CiliumVersion): RuleList[] => [bpfRules(version)],
  iptables: (version: CiliumVersion): RuleList[] =>
    [byRoute, byInterface].map((settings) => iptablesRules(version, settings)),
}

/** Every rule of some lists once: the newest list, and each other rule behind the one it follows in its own list. */
function merged(lists: readonly RuleList[]): AnyRule[] {
  const all: AnyRule[] = [...(lists.at(-1)?.rules ?? [])]
  for (const { rules } of lists) {
    for (const [i, rule] of rules.entries()) {
      const before = rules[i - 1]
      if (!all.includes(rule)) all.splice(before === undefined ? 0 : all.indexOf(before) + 1, 0, rule)
    }
  }
  return [...new Set([...all, ...lists.flatMap(({ translation }) => translation)])]
}

function table(name: keyof typeof listsOf): string {
  const rows = merged(releases.flatMap(listsOf[name])).map((rule) => {
    const has = releases.filter((version) =>
      listsOf[name](version).some(({ rules, translation }) => [...rules, ...translation].some((one) => one === rule)),
    )
    return `| [\`${rule.id}\`](#${rule.id}) | ${span(has)} | ${rule.source} |`
  })
  return ['| rule | releases | written down in |', '| --- | --- | --- |', ...rows].join('\n')
}

function span(has: readonly CiliumVersion[]): string {
  if (has.length === releases.length) return 'all'
  return has.at(-1) === releases.at(-1) ? `since ${has[0]?.text}` : `up to ${has.at(-1)?.text}`
}

const NAMES = ['bpf', 'iptables'] as const
const RULES = NAMES.flatMap((name) => merged(releases.flatMap(listsOf[name])))

describe('docs/masquerade.md', () => {
  test.each(NAMES)('lists the %s rules as the code has them', (name) => {
    const wanted = table(name)
    const block = new RegExp(`(<!-- ${name}:begin -->\n)([\\s\\S]*?)(<!-- ${name}:end -->)`)
    if (process.env.UPDATE_DOCS) {
      const current = readFileSync(FILE, 'utf8')
      writeFileSync(
        FILE,
        current.replace(block, (_all, begin: string, _old, end: string) => `${begin}\n${wanted}\n\n${end}`),
      )
    }
    expect(readFileSync(FILE, 'utf8').match(block)?.[2]?.trim()).toBe(wanted)
  })

  test('has a section on every rule and on no other', () => {
    const sections = [...text.matchAll(/^### `([a-z0-9-]+)`$/gm)].map((match) => match[1])
    const ids = new Set(RULES.map(({ id }) => id))
    expect(ids.size).toBe(27)
    expect([...sections].sort()).toEqual([...ids].sort())
  })

  test('every rule says where it is written down', () => {
    for (const { id, source } of RULES) expect(source, id).toMatch(/^(?:cilium\/cilium|Documentation\/|Linux )/)
  })
})
