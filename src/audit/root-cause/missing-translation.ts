import type { ClusterNode } from '../../cluster/snapshot.ts'
import { cidrContains } from '../../core/cidr.ts'
import type { SourceRef } from '../../core/source-ref.ts'
import type { AuditContext } from '../context.ts'
import type { Verdict } from '../verdict.ts'
import type { CauseGroup } from './group.ts'
import { exclusionInForce } from './installed-exclusion.ts'
import { type Cause, nodeOf, SHOW_RULES } from './named-cause.ts'
import { portsInUse } from './ports-in-use.ts'

// Below this many connections what they have in common may be chance.
const FEW = 3

// A search for a free port gives up before the last one is taken (cilium-masquerade reference §2.4).
const NEARLY_ALL = 0.75

/** Why pods kept an address that the settings translate: from what the contradictions have in common and the dumps given. */
export function causeOfMissing(group: CauseGroup, verdicts: readonly Verdict[], context: AuditContext): Cause {
  const node = nodeOf(group)
  const isBpf = group.example.expected?.engine === 'bpf'
  const destination = group.example.destination.ip
  const base = { subject: node, sources: [] }
  const excluded = exclusionInForce(group.example, context)
  if (excluded !== null) {
    return {
      code: 'installed-exclusion-wider',
      subject: `${excluded.rule} on ${node}`,
      explanation: `${excluded.rule} as installed on ${node} excludes ${excluded.exclusion}, which holds ${destination}; the settings do not exclude it`,
      confirm: SHOW_RULES,
      sources: [excluded.source],
    }
  }
  if (group.facet === 'destination' || group.facet === 'node-destination') {
    const surplus = ipsetEntry(context.node(node), destination)
    if (surplus !== null && !isBpf) {
      return {
        code: 'node-set-surplus',
        subject: `${surplus.set} on ${node}`,
        explanation: `the installed node set ${surplus.set} on ${node} holds ${destination}, which is no node's address`,
        confirm: `ipset test ${surplus.set} ${destination}`,
        sources: [surplus.source],
      }
    }
    return {
      ...base,
      code: 'destination-exempt',
      subject: destination,
      explanation: isBpf
        ? `something exempts ${destination} in force: a wider ip-masq-agent list or exclusion CIDR, or an ipcache entry that takes it for a node`
        : `something exempts ${destination} in force: a surplus entry of the node set, a wider exclusion in the rule, or a rule in front`,
      confirm: isBpf
        ? `cilium-dbg bpf ipmasq list; cilium-dbg bpf ipcache get ${destination}`
        : `ipset test cilium_node_set_v4 ${destination}; ${SHOW_RULES}`,
    }
  }
  if (group.facet === 'protocol' || group.facet === 'node-protocol') {
    return {
      ...base,
      code: 'protocol-exempt',
      explanation: `other protocols are translated, this one is not: a rule in front exempts it, or the NAT of this version does not know it`,
      confirm: isBpf ? 'cilium-dbg monitor --type drop' : 'iptables -t nat -S POSTROUTING',
    }
  }
  if (group.facet === 'pod' || group.facet === 'pod-destination') {
    return {
      ...base,
      code: 'pod-exempt',
      subject: group.value,
      explanation: `other pods of ${node} are translated, this one is not: a rule in front exempts it, or ${node} does not take it for a local endpoint`,
      confirm: isBpf ? 'cilium-dbg bpf endpoint list' : 'iptables -t nat -S POSTROUTING',
    }
  }
  if (group.facet === 'pod-cidr') {
    return {
      ...base,
      code: 'pod-cidr-not-covered',
      subject: group.value,
      explanation: `the rule in force does not cover ${group.value}: iptables masquerading is made for the node's first pod CIDR`,
      confirm: SHOW_RULES,
    }
  }
  if (group.facet === 'device') {
    return {
      ...base,
      code: 'device-not-masqueraded',
      subject: group.value,
      explanation: `nothing translates on ${group.value}: no program or rule is in force on it`,
      confirm: isBpf ? 'cilium-dbg status --verbose | grep Masquerading' : SHOW_RULES,
    }
  }
  const ports = group.bad < group.total ? portsInUse(group, verdicts, context) : null
  if (ports !== null && ports.used >= ports.available * NEARLY_ALL) {
    return {
      ...base,
      code: 'source-ports-used-up',
      subject: ports.towards,
      explanation: `${ports.used} of the ${ports.available} source ports that translation may use are taken towards ${ports.towards}; where no port is found, a packet is dropped or leaves as it is`,
      confirm: 'cilium-dbg bpf nat list | grep -c "$ADDRESS"; cilium-dbg metrics list | grep nat',
    }
  }
  if (group.bad < group.total) {
    return {
      ...base,
      code: 'sometimes-not-translated',
      explanation: `alike connections are translated at times and at times not, which no setting does: a stale connection entry (a late packet to a port that is used again) or a full NAT table does`,
      confirm: 'cilium-dbg bpf ct list global; cilium-dbg bpf nat list | wc -l',
    }
  }
  return {
    ...base,
    code: 'masquerade-not-in-force',
    subject: group.facet === 'node' ? node : 'cluster',
    explanation: `${group.total < FEW ? 'as far as so few connections show, ' : ''}${
      isBpf
        ? `no BPF program translates what leaves ${node}: it is not attached, or runs with other settings`
        : `no masquerade rule takes effect on ${node}`
    }`,
    confirm: isBpf ? 'cilium-dbg status --verbose | grep Masquerading; bpftool net show' : SHOW_RULES,
  }
}

function ipsetEntry(node: ClusterNode | undefined, destination: string): { set: string; source: SourceRef } | null {
  for (const [set, dump] of node?.installed.ipsets ?? []) {
    if (set.startsWith('cilium_node_set') && dump.members.some((member) => cidrContains(member, destination)))
      return { set, source: dump.source }
  }
  return null
}
