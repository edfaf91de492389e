import type { IptablesDump, IptablesTable } from '../../cluster/snapshot.ts'
import type { IpFamily } from '../../core/ip.ts'
import { type InstalledRule, parseInstalledRule } from './parse-rule.ts'

/** One table, ready to be evaluated. */
export interface RuleTable {
  readonly name: string
  readonly chains: ReadonlyMap<string, readonly InstalledRule[]>
  /** Policies of built-in chains; a chain the dump names without a policy has none. */
  readonly policies: ReadonlyMap<string, string>
}

const tables = new WeakMap<IptablesDump, Map<string, RuleTable | null>>()

/**
 * The table of that name, parsed once per dump; `null` where the dump has none.
 *
 * A kernel can hold the rules of iptables-nft and iptables-legacy at once; of several tables of one name the one with
 * Cilium's chains counts.
 */
export function tableOf(dump: IptablesDump, name: string, family: IpFamily): RuleTable | null {
  const known = tables.get(dump) ?? new Map<string, RuleTable | null>()
  tables.set(dump, known)
  const key = `${name}/${family}`
  let table = known.get(key)
  if (table === undefined) {
    const candidates = dump.tables.filter((candidate) => candidate.name === name)
    const best = candidates.find(hasCiliumRules) ?? candidates.find(({ rules }) => rules.length > 0) ?? candidates[0]
    table = best === undefined ? null : parseTable(best, family)
    known.set(key, table)
  }
  return table
}

const hasCiliumRules = (table: IptablesTable): boolean => table.rules.some(({ chain }) => chain.startsWith('CILIUM_'))

function parseTable(table: IptablesTable, family: IpFamily): RuleTable {
  const chains = new Map<string, InstalledRule[]>()
  const names = new Set([...table.chains.keys(), ...table.rules.map(({ chain }) => chain)])
  for (const name of names) chains.set(name, [])
  for (const { chain, text, source } of table.rules) {
    const rules = chains.get(chain)
    rules?.push(parseInstalledRule({ chain, position: rules.length + 1, text, source }, family, names))
  }
  const policies = [...table.chains].flatMap(([name, policy]): [string, string][] => (policy ? [[name, policy]] : []))
  return { name: table.name, chains, policies: new Map(policies) }
}
