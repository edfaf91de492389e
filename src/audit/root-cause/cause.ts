import type { ClusterNode } from '../../cluster/snapshot.ts'
import { cidrContains } from '../../core/cidr.ts'
import type { SourceRef } from '../../core/source-ref.ts'
import type { AuditContext } from '../context.ts'
import type { CauseGroup } from './group.ts'

/** What probably makes a group of contradictions, and the command that would confirm it. */
export interface Cause {
  /** kebab-case, public. */
  readonly code: string
  readonly subject: string
  readonly explanation: string
  readonly confirm: string
  readonly sources: readonly SourceRef[]
}

/** Names the likeliest cause of a group from what it has in common, the mode in force, and the dumps given. */
export function causeOf(group: CauseGroup, context: AuditContext): Cause {
  const { expected } = group.example
  if (expected?.defeat) {
    const source = expected.trace.find(({ matched }) => matched)?.source
    return {
      code: expected.defeat.code,
      subject: expected.node ?? 'cluster',
      explanation: expected.defeat.reason,
      confirm: expected.engine === 'bpf' ? 'cilium-dbg status --verbose | grep Masquerading' : SHOW_RULES,
      sources: source ? [source] : [],
    }
  }
  switch (group.code) {
    case 'MASQUERADE_MISSING':
      return missing(group, context)
    case 'MASQUERADE_UNEXPECTED':
      return unexpected(group, context)
    case 'MASQUERADE_WRONG_ADDRESS':
    case 'CILIUM_HOST_LEAKED':
      return wrongAddress(group)
    case 'REVERSE_NAT_MISSING':
      return wayBack(group)
    case 'NODE_SNAT_UNEXPECTED':
      return clientLost(group)
  }
}

// Below this many connections what they have in common may be chance.
const FEW = 3

const SHOW_RULES = 'iptables -t nat -S CILIUM_POST_nat'

function nodeOf({ example }: CauseGroup): string {
  return example.expected?.node ?? example.source.node ?? 'the node'
}

function missing(group: CauseGroup, context: AuditContext): Cause {
  const node = nodeOf(group)
  const isBpf = group.example.expected?.engine === 'bpf'
  const destination = group.example.destination.ip
  const base = { subject: node, sources: [] }
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

function unexpected(group: CauseGroup, context: AuditContext): Cause {
  const node = nodeOf(group)
  const destination = group.example.destination.ip
  const base = { subject: node, sources: [] }
  switch (group.rule) {
    case 'node-set':
      return nodeSetIncomplete(node, destination, context)
    case 'remote-node':
      return {
        ...base,
        code: 'node-not-known',
        subject: destination,
        explanation: `${node} does not take ${destination} for a node: its ipcache has no remote-node entry for it`,
        confirm: `cilium-dbg bpf ipcache get ${destination}`,
      }
    case 'exclusion-cidr':
    case 'no-rule':
      return {
        ...base,
        code: 'exclusion-not-in-force',
        explanation: `the exclusion in force on ${node} does not hold ${destination}, the configured one does`,
        confirm:
          group.example.expected?.engine === 'bpf' ? 'cilium-dbg status --verbose | grep Masquerading' : SHOW_RULES,
      }
    case 'ip-masq-agent':
      return {
        ...base,
        code: 'ip-masq-list-not-in-force',
        explanation: `the ip-masq-agent list in force on ${node} does not hold ${destination}, the configured one does`,
        confirm: 'cilium-dbg bpf ipmasq list',
      }
    case 'off':
      return {
        ...base,
        code: 'translated-though-off',
        explanation: `the settings switch masquerading off, and something on ${node} still translates: rules of an earlier installation, or another agent's`,
        confirm: 'iptables -t nat -S | grep -iE "masq|snat"',
      }
    case 'reply':
      return {
        ...base,
        code: 'answers-translated',
        explanation: `answers of pods are translated on ${node}: their requests passed connection tracking by`,
        confirm: 'conntrack -L; cilium-dbg bpf ct list global',
      }
    default:
      return {
        ...base,
        code: 'foreign-translation',
        explanation: `something on ${node} translates what the settings leave alone`,
        confirm: 'iptables -t nat -S',
      }
  }
}

function nodeSetIncomplete(node: string, destination: string, context: AuditContext): Cause {
  const set = destination.includes(':') ? 'cilium_node_set_v6' : 'cilium_node_set_v4'
  const dump = context.node(node)?.installed.ipsets?.get(set)
  const isAbsent = dump !== undefined && !dump.members.some((member) => cidrContains(member, destination))
  return {
    code: 'node-set-incomplete',
    subject: `${set} on ${node}`,
    explanation: `the node set ${set} on ${node} ${isAbsent ? 'lacks' : 'probably lacks'} ${destination}`,
    confirm: `ipset test ${set} ${destination}`,
    sources: isAbsent ? [dump.source] : [],
  }
}

function ipsetEntry(node: ClusterNode | undefined, destination: string): { set: string; source: SourceRef } | null {
  for (const [set, dump] of node?.installed.ipsets ?? []) {
    if (set.startsWith('cilium_node_set') && dump.members.some((member) => cidrContains(member, destination)))
      return { set, source: dump.source }
  }
  return null
}

function wrongAddress(group: CauseGroup): Cause {
  const node = nodeOf(group)
  const { observed, expected, code } = group.example
  const due =
    expected === null || expected.addresses.length === 0 ? `an address of ${node}` : expected.addresses.join(' or ')
  return {
    code: code === 'CILIUM_HOST_LEAKED' ? 'cilium-host-as-masquerade-address' : 'wrong-masquerade-address',
    subject: observed.address ?? node,
    explanation: `${node} translates to ${observed.address} instead of ${due}: the device's address was chosen wrongly, or a rule names this one`,
    confirm:
      expected?.engine === 'bpf'
        ? 'ip addr; cilium-dbg status --verbose | grep -A4 Masquerading'
        : `ip addr; ${SHOW_RULES}`,
    sources: [],
  }
}

function wayBack(group: CauseGroup): Cause {
  const node = nodeOf(group)
  return {
    code: 'answers-not-translated-back',
    subject: node,
    explanation: `answers reach ${node} and are not translated back to the pod: the translation was not recorded, or the port belongs to something that is looked up first`,
    confirm: 'cilium-dbg bpf nat list; conntrack -L',
    sources: [],
  }
}

function clientLost(group: CauseGroup): Cause {
  const { destination, source } = group.example
  return {
    code: 'client-address-lost',
    subject: destination.name ?? destination.ip,
    explanation: `clients of ${destination.name ?? destination.ip} appear as ${source.ip}: something translates what goes *into* the pod (a masquerade chain without an exemption for pods, kube-proxy, or a proxy of an L7 policy)`,
    confirm: 'iptables -t nat -S | grep -iE "masq|snat"; kubectl get ciliumnetworkpolicies -A',
    sources: [],
  }
}
