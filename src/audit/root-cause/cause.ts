import type { IpsetDump } from '../../cluster/snapshot.ts'
import { cidrContains } from '../../core/cidr.ts'
import { ipFamily } from '../../core/ip.ts'
import type { AuditContext } from '../context.ts'
import type { Verdict } from '../verdict.ts'
import type { CauseGroup } from './group.ts'
import { causeOfMissing } from './missing-translation.ts'
import { type Cause, nodeOf, nodeSetName, showRules } from './named-cause.ts'

/** Names the likeliest cause of a group from what it has in common, the mode in force, and the dumps given. */
export function causeOf(group: CauseGroup, verdicts: readonly Verdict[], context: AuditContext): Cause {
  const { expected } = group.example
  if (expected?.defeat) {
    const source = expected.trace.find(({ matched }) => matched)?.source
    return {
      code: expected.defeat.code,
      subject: expected.node ?? 'cluster',
      explanation: expected.defeat.reason,
      confirm: expected.engine === 'bpf' ? 'cilium-dbg status --verbose | grep Masquerading' : showRules(group),
      sources: source ? [source] : [],
    }
  }
  switch (group.code) {
    case 'MASQUERADE_MISSING':
      return causeOfMissing(group, verdicts, context)
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
          group.example.expected?.engine === 'bpf'
            ? 'cilium-dbg status --verbose | grep Masquerading'
            : showRules(group),
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
        confirm: `${showRules(group, null)} | grep -iE "masq|snat"`,
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
        confirm: showRules(group, null),
      }
  }
}

function nodeSetIncomplete(node: string, destination: string, context: AuditContext): Cause {
  const set = nodeSetName(ipFamily(destination))
  const dump = context.node(node)?.installed.ipsets?.get(set)
  const isAbsent = dump !== undefined && !dump.members.some((member) => cidrContains(member, destination))
  const strangers = isAbsent ? strangersIn(dump, context) : []
  const surplus = strangers.length === 0 ? '' : `, and holds ${strangers.join(', ')}, which no Node or CiliumNode has`
  return {
    code: 'node-set-incomplete',
    subject: `${set} on ${node}`,
    explanation: `the node set ${set} on ${node} ${isAbsent ? 'lacks' : 'probably lacks'} ${destination}${surplus}`,
    confirm: `ipset test ${set} ${destination}`,
    sources: isAbsent ? [dump.source] : [],
  }
}

// Enough to show which network the set was filled from.
const MAX_STRANGERS = 3

/** Members of a node set that are no address of any node. */
function strangersIn({ members }: IpsetDump, { cluster }: AuditContext): string[] {
  const own = new Set(cluster.nodes.flatMap(({ addresses }) => addresses.map(({ ip }) => ip)))
  return members
    .map(({ text }) => text.replace(/\/(?:32|128)$/, ''))
    .filter((ip) => !own.has(ip))
    .slice(0, MAX_STRANGERS)
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
        : `ip addr; ${showRules(group)}`,
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
    confirm: `${showRules(group, null)} | grep -iE "masq|snat"; kubectl get ciliumnetworkpolicies -A`,
    sources: [],
  }
}
