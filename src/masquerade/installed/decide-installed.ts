import type { ClusterSnapshot, IptablesDump } from '../../cluster/snapshot.ts'
import { compareIp, formatIp, type IpText, ipToWords } from '../../core/ip.ts'
import type { Alternative, Decision, PacketQuery, TraceStep } from '../decision.ts'
import { chooseEngine } from '../engine.ts'
import { sameOutcome } from '../evaluate.ts'
import { gatherFacts, type PacketFacts } from '../facts.ts'
import { kernelMasqueradeAddress } from '../iptables/masquerade-address.ts'
import { noPostrouting } from '../iptables/no-postrouting.ts'
import { masqueradeTo } from '../node-address.ts'
import { DROP, type Outcome, preserve, rewrite } from '../rule.ts'
import { type ContextNotes, clusterContext, factsFor } from './context.ts'
import type { NatState } from './match.ts'
import { type NatPath, walkNat } from './nat-path.ts'
import { tableOf } from './ruleset.ts'
import type { ChainEnd } from './traverse.ts'

/**
 * Decides what the rules installed on the deciding node do with the source address of one packet, evaluated from its
 * iptables-save and ipsets as the kernel would.
 *
 * Never throws; a match or target that is not understood makes the action `unknown` where it matters.
 *
 * @returns `null` where the node gave no nat table of that family, or Cilium masquerades in BPF and not by these rules.
 */
export function decideInstalled(query: PacketQuery, cluster: ClusterSnapshot): Decision | null {
  const facts = gatherFacts(query, cluster)
  const dump = facts.family === 4 ? facts.node?.installed.iptables : facts.node?.installed.ip6tables
  if (!dump || chooseEngine(facts.settings).engine === 'bpf') return null
  if (tableOf(dump, 'nat', facts.family) === null) return null
  // Whether conntrack sees the packet is read from the raw table, not from the setting.
  const bypass = noPostrouting.decide({ ...facts, intended: true })
  if (bypass.kind === 'yes') return kept(facts, 'no-postrouting', bypass.detail)
  if (facts.query.isReply === true) {
    return kept(facts, 'reply', 'reply of a connection that the destination opened: conntrack decides, not the rules')
  }
  const decision = throughTables(facts, dump)
  if (bypass.kind === 'no' || decision.action === 'preserve') return decision
  return { ...decision, action: 'unknown', address: null, addresses: [], assumptions: [`not known: ${bypass.missing}`] }
}

/** What never meets the nat table, whatever its rules: local delivery, tunnels, replies. */
function kept(facts: PacketFacts, rule: string, detail: string): Decision {
  const step: TraceStep = { rule, matched: true, detail, source: null }
  return decisionOf(facts, rule, preserve(facts), { trace: [step], notes: [] }, [])
}

function throughTables(facts: PacketFacts, dump: IptablesDump): Decision {
  const notes: ContextNotes = { assumptions: new Set() }
  const start: NatState = {
    destination: facts.query.destination,
    destinationPort: facts.query.destinationPort ?? null,
    mark: facts.query.mark ?? 0,
    unknownMark: 0,
    dnat: facts.query.dnat ?? false,
  }
  const walk = walkNat(
    { raw: tableOf(dump, 'raw', facts.family), nat: tableOf(dump, 'nat', facts.family) },
    start,
    clusterContext(facts, notes),
  )
  const results = walk.ends.map((end) => ({ end, ...outcomeOf(end, facts) }))
  const first = results[0]
  const path = { trace: walk.trace, notes: [...walk.notes, ...notes.assumptions] }
  if (first === undefined) return undecided(facts, path, [], 'no way through the rules was found')
  const unknown = results.find(({ end }) => end.kind === 'unknown')
  if (unknown !== undefined) return undecided(facts, path, results, unknown.end.why ?? 'not understood')
  if (results.some((result) => !sameOutcome(result.outcome, first.outcome))) {
    return undecided(facts, path, results, `whether ${[...new Set(walk.open)].join(', ')} matches`)
  }
  const assumptions = results.flatMap((result) => result.assumptions)
  return decisionOf(facts, first.end.rule, first.outcome, path, assumptions)
}

interface Result {
  readonly end: ChainEnd
  readonly outcome: Outcome
  readonly assumptions: readonly string[]
}

function outcomeOf(end: ChainEnd, facts: PacketFacts): Omit<Result, 'end'> {
  switch (end.kind) {
    case 'masquerade': {
      const choice = kernelMasqueradeAddress(factsFor(facts, end.state))
      return { outcome: masqueradeTo(choice), assumptions: choice.assumptions }
    }
    case 'snat': {
      const { target } = end
      const addresses = target.kind === 'snat' ? enumerate(target.low, target.high) : []
      return { outcome: rewrite(snatAction(addresses, facts), addresses), assumptions: [] }
    }
    case 'drop':
      return { outcome: DROP, assumptions: [] }
    default:
      return { outcome: preserve(facts), assumptions: [] }
  }
}

function snatAction(addresses: readonly IpText[], facts: PacketFacts): Outcome['action'] {
  const host = facts.node?.ciliumHost ?? []
  return addresses.length > 0 && addresses.every((ip) => host.includes(ip)) ? 'snat-to-cilium-host' : 'masquerade'
}

const MAX_RANGE = 256

/** The addresses of an SNAT range; none where it is too wide to be listed. */
function enumerate(low: IpText, high: IpText): IpText[] {
  if (low === high) return [low]
  const family = low.includes(':') ? 6 : 4
  const from = ipToWords(low)
  const to = ipToWords(high)
  const sameBlock = from[0] === to[0] && from[1] === to[1] && from[2] === to[2]
  if (!sameBlock || to[3] - from[3] >= MAX_RANGE || compareIp(low, high) > 0) return []
  return Array.from({ length: to[3] - from[3] + 1 }, (_, i) => formatIp(family, from[0], from[1], from[2], from[3] + i))
}

function undecided(
  facts: PacketFacts,
  path: Pick<NatPath, 'trace' | 'notes'>,
  results: readonly Result[],
  why: string,
): Decision {
  const outcome: Outcome = { action: 'unknown', address: null, addresses: [] }
  const alternatives = results
    .filter(({ end }) => end.kind !== 'unknown')
    .map(({ end, outcome: possible }): Alternative => {
      return { action: possible.action, addresses: possible.addresses, rule: end.rule, when: `${end.rule} decides` }
    })
  const rule = results[0]?.end.rule ?? 'POSTROUTING'
  return { ...decisionOf(facts, rule, outcome, path, [`not known: ${why}`]), alternatives }
}

function decisionOf(
  facts: PacketFacts,
  rule: string,
  outcome: Outcome,
  path: Pick<NatPath, 'trace' | 'notes'>,
  assumptions: readonly string[],
): Decision {
  return {
    engine: 'installed',
    ...outcome,
    rule,
    node: facts.node?.name ?? null,
    trace: path.trace,
    assumptions: [...new Set([...assumptions, ...path.notes])],
    alternatives: [],
    continuesAt: null,
    defeat: null,
  }
}
