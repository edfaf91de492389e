import type { ClusterSnapshot } from '../cluster/snapshot.ts'
import { bpfRules } from './bpf/rules.ts'
import type { Decision, Defeat, PacketQuery } from './decision.ts'
import { chooseEngine } from './engine.ts'
import { evaluate, sameOutcome } from './evaluate.ts'
import { gatherFacts, type PacketFacts } from './facts.ts'
import { iptablesRules } from './iptables/rules.ts'
import type { RuleList } from './rule.ts'

/**
 * Decides what the cluster's settings do with the source address of one packet.
 *
 * Never throws. A fact that is needed and not known makes the action `unknown`; one that is taken for granted stands in
 * `assumptions`, with what would hold otherwise in `alternatives`.
 *
 * @param query - The packet before any translation. Addresses in canonical form.
 */
export function decide(query: PacketQuery, cluster: ClusterSnapshot): Decision {
  const facts = gatherFacts(query, cluster)
  if (!facts.settings.known) return withoutSettings(facts)
  const { engine, fallback } = chooseEngine(facts.settings)
  const list = rulesFor(facts, engine)
  const decision = evaluate(engine, list, facts)
  return {
    ...decision,
    engine: decision.rule === 'off' ? 'off' : engine,
    assumptions: [...decision.assumptions, ...generalAssumptions(facts, fallback)],
    defeat: defeatOf(decision, list, facts),
  }
}

/** Nothing says whether the cluster masquerades at all. */
function withoutSettings(facts: PacketFacts): Decision {
  const missing = `enable-ipv${facts.family}-masquerade (cilium-config or cilium status)`
  const detail = `nothing says how the cluster masquerades: cannot be told without ${missing}`
  return {
    engine: chooseEngine(facts.settings).engine,
    action: 'unknown',
    address: null,
    addresses: [],
    rule: 'off',
    node: facts.node?.name ?? null,
    trace: [{ rule: 'off', matched: false, detail, source: null }],
    assumptions: [`not known: ${missing}`],
    alternatives: [],
    continuesAt: null,
    defeat: null,
  }
}

/** The rule list that a packet meets, by implementation and release. */
function rulesFor(facts: PacketFacts, engine: 'bpf' | 'iptables'): RuleList {
  return engine === 'bpf' ? bpfRules(facts.version) : iptablesRules(facts.version, facts.settings)
}

function generalAssumptions(facts: PacketFacts, fallback: string | null): string[] {
  const assumptions: string[] = []
  const version = facts.settings.ciliumVersion
  if (version.origin === 'default') assumptions.push(`Cilium version ${version.value} assumed`)
  if (fallback !== null) assumptions.push(fallback)
  if (facts.query.node && facts.node === null) assumptions.push(`node ${facts.query.node} is in no node list`)
  return assumptions
}

/** Where a known bug decided, asks the list again for what the settings mean; only a difference is a defeat. */
function defeatOf(decision: Decision, list: RuleList, facts: PacketFacts): Defeat | null {
  const last = list.rules.findLast((rule) => rule.id === decision.rule)
  const answer = last?.decide(facts)
  if (answer?.kind !== 'yes' || answer.defeat === null || decision.action === 'unknown') return null
  const intended = evaluate(decision.engine, list, { ...facts, intended: true })
  if (sameOutcome(intended, decision)) return null
  return { ...answer.defeat, intended: { action: intended.action, addresses: intended.addresses } }
}
