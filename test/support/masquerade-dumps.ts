import type { IpsetDump, IptablesDump, IptablesTable } from '../../src/cluster/snapshot.ts'
import { cidr } from './masquerade-cluster.ts'

/** A dump as the cluster stage reads it, from the text of iptables-save (tables between `*name` and `COMMIT`). */
export function iptablesDump(text: string, file = 'iptables-save.txt'): IptablesDump {
  const tables: { name: string; chains: Map<string, string | null>; rules: IptablesTable['rules'][number][] }[] = []
  for (const [at, raw] of text.split('\n').entries()) {
    const line = raw.trim().replace(/^\[\d+:\d+\] /, '')
    const last = tables.at(-1)
    if (line.startsWith('*')) tables.push({ name: line.slice(1), chains: new Map(), rules: [] })
    const chain = /^:(\S+) (\S+)/.exec(line)
    if (chain?.[1] !== undefined) last?.chains.set(chain[1], chain[2] === '-' ? null : (chain[2] ?? null))
    const rule = /^-A (\S+)/.exec(line)
    if (rule?.[1] !== undefined) last?.rules.push({ chain: rule[1], text: line, source: { file, line: at + 1 } })
  }
  return { file, tables: tables.map((table) => ({ ...table, guessed: false })) }
}

/** A nat table with the given rules, POSTROUTING and PREROUTING and OUTPUT present, other chains as the rules name them. */
export function natTable(rules: readonly string[], raw: readonly string[] = []): string {
  const chains = new Set(rules.flatMap((rule) => /^-A (\S+)/.exec(rule)?.[1] ?? []))
  if (rules.includes(FEEDER)) chains.add('CILIUM_POST_nat')
  for (const name of ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING']) chains.delete(name)
  const builtIn = ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'].map((name) => `:${name} ACCEPT [0:0]`)
  const own = [...chains].map((name) => `:${name} - [0:0]`)
  const rawTable =
    raw.length === 0 ? [] : ['*raw', ':PREROUTING ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]', ...raw, 'COMMIT']
  return [...rawTable, '*nat', ...builtIn, ...own, ...rules, 'COMMIT', ''].join('\n')
}

/** The feeder rule that calls Cilium's chain. */
export const FEEDER = '-A POSTROUTING -m comment --comment "cilium-feeder: CILIUM_POST_nat" -j CILIUM_POST_nat'

/** An ipset of addresses. */
export function ipset(name: string, members: readonly string[], type = 'hash:ip'): [string, IpsetDump] {
  const family = name.endsWith('_v6') ? 6 : 4
  return [name, { name, type, family, members: members.map(cidr), source: { file: 'ipset-list.txt' } }]
}
