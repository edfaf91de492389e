import type { AuditContext } from '../context.ts'
import type { Verdict } from '../verdict.ts'
import type { CauseGroup } from './group.ts'
import { installedCause } from './installed-cause.ts'
import { type Cause, nodeOf, nodeSetName, showRules } from './named-cause.ts'
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
  const installed = installedCause(group, verdicts, context)
  if (installed !== null) return installed
  if (group.facet === 'destination' || group.facet === 'node-destination') {
    return {
      ...base,
      code: 'destination-exempt',
      subject: destination,
      explanation: isBpf
        ? `something exempts ${destination} in force: a wider ip-masq-agent list or exclusion CIDR, or an ipcache entry that takes it for a node`
        : `something exempts ${destination} in force: a surplus entry of the node set, a wider exclusion in the rule, or a rule in front`,
      confirm: isBpf
        ? `cilium-dbg bpf ipmasq list; cilium-dbg bpf ipcache get ${destination}`
        : `ipset test ${nodeSetName(group.example.flow.family)} ${destination}; ${showRules(group)}`,
    }
  }
  if (group.facet === 'protocol' || group.facet === 'node-protocol') {
    return {
      ...base,
      code: 'protocol-exempt',
      explanation: `other protocols are translated, this one is not: a rule in front exempts it, or the NAT of this version does not know it`,
      confirm: isBpf ? 'cilium-dbg monitor --type drop' : showRules(group, 'POSTROUTING'),
    }
  }
  if (group.facet === 'pod' || group.facet === 'pod-destination') {
    return {
      ...base,
      code: 'pod-exempt',
      subject: group.value,
      explanation: `other pods of ${node} are translated, this one is not: a rule in front exempts it, or ${node} does not take it for a local endpoint`,
      confirm: isBpf ? 'cilium-dbg bpf endpoint list' : showRules(group, 'POSTROUTING'),
    }
  }
  if (group.facet === 'pod-cidr') {
    return {
      ...base,
      code: 'pod-cidr-not-covered',
      subject: group.value,
      explanation: `the rule in force does not cover ${group.value}: iptables masquerading is made for the node's first pod CIDR`,
      confirm: showRules(group),
    }
  }
  if (group.facet === 'device') {
    return {
      ...base,
      code: 'device-not-masqueraded',
      subject: group.value,
      explanation: `nothing translates on ${group.value}: no program or rule is in force on it`,
      confirm: isBpf ? 'cilium-dbg status --verbose | grep Masquerading' : showRules(group),
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
    confirm: isBpf ? 'cilium-dbg status --verbose | grep Masquerading; bpftool net show' : showRules(group),
  }
}
