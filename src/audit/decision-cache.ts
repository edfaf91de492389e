import type { IpText } from '../core/ip.ts'
import type { Decision, PacketQuery } from '../masquerade/decision.ts'

/**
 * Decisions by question, ports left out. Looked up by the addresses' own strings, which a run shares between flows: a key
 * put together from all members cost as much as the judgement itself.
 */
export class DecisionCache {
  readonly #bySource = new Map<IpText, Map<IpText, Entry[]>>()

  get(query: PacketQuery, decide: () => Decision): Decision {
    let byDestination = this.#bySource.get(query.source)
    if (byDestination === undefined) {
      byDestination = new Map()
      this.#bySource.set(query.source, byDestination)
    }
    let entries = byDestination.get(query.destination)
    if (entries === undefined) {
      entries = []
      byDestination.set(query.destination, entries)
    }
    for (const entry of entries) if (isSameQuestion(entry.query, query)) return entry.decision
    const decision = decide()
    entries.push({ query, decision })
    return decision
  }
}

interface Entry {
  readonly query: PacketQuery
  readonly decision: Decision
}

function isSameQuestion(a: PacketQuery, b: PacketQuery): boolean {
  return (
    a.protocol === b.protocol &&
    (a.node ?? null) === (b.node ?? null) &&
    (a.outInterface ?? null) === (b.outInterface ?? null) &&
    (a.isReply ?? false) === (b.isReply ?? false) &&
    (a.icmpType ?? null) === (b.icmpType ?? null) &&
    (a.dnat ?? false) === (b.dnat ?? false)
  )
}
