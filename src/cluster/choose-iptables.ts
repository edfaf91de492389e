import type { FactStore, NodeDump } from './facts.ts'
import { groupBy } from './group-by.ts'
import type { NodeDraft } from './node-draft.ts'
import type { IptablesDump } from './snapshot.ts'

interface Candidate {
  readonly dump: NodeDump
  readonly iptables: IptablesDump
}

/**
 * A node often comes with several dumps: nft and legacy, with and without counters, one table alone. The one with Cilium's
 * rules in the most tables is taken; whether the others say the same is told.
 */
export function chooseIptables(
  placed: readonly { readonly dump: NodeDump; readonly node: string | null }[],
  drafts: ReadonlyMap<string, NodeDraft>,
  store: FactStore,
): void {
  const byNode = groupBy(placed, ({ node }) => node)
  for (const draft of drafts.values()) {
    const own = byNode.get(draft.name) ?? []
    for (const family of [4, 6] as const) {
      const candidates = own.flatMap(({ dump }): Candidate[] =>
        dump.content.kind === 'iptables' && dump.content.family === family
          ? [{ dump, iptables: dump.content.dump }]
          : [],
      )
      const [best, ...others] = candidates.sort((a, b) => compare(a.iptables, b.iptables))
      if (best === undefined) continue
      if (family === 4) draft.iptables = best.iptables
      else draft.ip6tables = best.iptables
      for (const other of others) noteOther(best, other, draft.name, store)
    }
  }
}

function compare(a: IptablesDump, b: IptablesDump): number {
  const score = (dump: IptablesDump): number =>
    (ciliumRules(dump).length > 0 ? 1000 : 0) +
    (dump.tables.some(({ guessed }) => guessed) ? 0 : 100) +
    dump.tables.length
  return score(b) - score(a) || (a.file < b.file ? -1 : 1)
}

/** Masquerade rules of Cilium, without the chains that exist in every mode. */
function ciliumRules(dump: IptablesDump): string[] {
  return dump.tables
    .filter(({ name }) => name === 'nat')
    .flatMap(({ rules }) => rules.filter(({ chain }) => chain === 'CILIUM_POST_nat').map(({ text }) => text))
}

function noteOther(best: Candidate, other: Candidate, node: string, store: FactStore): void {
  const own = ciliumRules(other.iptables)
  if (own.length === 0) other.dump.input.note += `; no rules of Cilium's, ${best.iptables.file} is used`
  else if (own.join('\n') === ciliumRules(best.iptables).join('\n')) {
    other.dump.input.note += `; same masquerade rules as ${best.iptables.file}, which is used`
  } else {
    store.warnings.push({
      code: 'metadata-conflict',
      file: other.iptables.file,
      message: `Two dumps of ${node} have different rules in CILIUM_POST_nat: ${best.iptables.file} is used, ${other.iptables.file} is not`,
    })
  }
}
