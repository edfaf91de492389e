import type { IpMasqAgent } from '../../cluster/snapshot.ts'
import { type Cidr, cidrContains } from '../../core/cidr.ts'
import type { SourceRef } from '../../core/source-ref.ts'
import type { PacketFacts } from '../facts.ts'
import { type MasqueradeRule, no, preserve, unclear, yes } from '../rule.ts'

interface ListEntry {
  readonly cidr: Cidr
  readonly basis: string
  readonly source: SourceRef | null
}

const BASIS: Readonly<Record<IpMasqAgent['effective'][number]['basis'], string>> = {
  entry: 'nonMasqueradeCIDRs',
  default: 'default list of ip-masq-agent',
  'link-local': 'masqLinkLocal is not true',
}

/** Destinations on ip-masq-agent's list are not masqueraded. */
export const ipMasqAgent: MasqueradeRule = {
  id: 'ip-masq-agent',
  source: 'cilium/cilium@v1.17.6 bpf/lib/nat.h ENABLE_IP_MASQ_AGENT_IPV4, pkg/ipmasq/ipmasq.go',
  decide(facts) {
    const enabled = facts.settings.enableIpMasqAgent
    if (!enabled.value) return no('enable-ip-masq-agent is false', { source: enabled.source })
    const list = effectiveList(facts)
    if (list === null) {
      return unclear(preserve(facts), whatIsMissing(facts), 'the list of ip-masq-agent is not known', {
        source: enabled.source,
      })
    }
    const to = facts.query.destination
    const hit = longestMatch(list, to)
    if (hit === undefined) return no(`${to} is on no listed CIDR`, { source: facts.cluster.ipMasqAgent.source })
    return yes(preserve(facts), `${to} is in ${hit.cidr.text} (${hit.basis})`, { source: hit.source })
  },
}

/** The list in force: what the file gives, else what the node's map holds; `null` where neither is known. */
function effectiveList(facts: PacketFacts): readonly ListEntry[] | null {
  const agent = facts.cluster.ipMasqAgent
  if (agent.state !== 'unknown' && agent.state !== 'unparsable') {
    return agent.effective.map(({ cidr, basis, source }) => ({ cidr, basis: BASIS[basis], source }))
  }
  const installed = facts.node?.installed.ipMasqCidrs
  if (!installed) return null
  return installed.cidrs.map((cidr) => ({ cidr, basis: 'bpf ipmasq list', source: installed.source }))
}

function whatIsMissing(facts: PacketFacts): string {
  return facts.cluster.ipMasqAgent.state === 'unparsable'
    ? 'the map of ip-masq-agent, whose file cannot be read (cilium-dbg bpf ipmasq list)'
    : 'the list of ip-masq-agent (its ConfigMap, or cilium-dbg bpf ipmasq list)'
}

function longestMatch(list: readonly ListEntry[], to: string): ListEntry | undefined {
  let best: ListEntry | undefined
  for (const entry of list) {
    if (cidrContains(entry.cidr, to) && (best === undefined || entry.cidr.prefix > best.cidr.prefix)) best = entry
  }
  return best
}
