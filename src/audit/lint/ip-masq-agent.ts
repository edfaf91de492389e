import type { ClusterSnapshot, IpMasqAgent } from '../../cluster/snapshot.ts'
import { type Cidr, cidrContains, cidrContainsCidr, parseCidr } from '../../core/cidr.ts'
import type { IpFamily } from '../../core/ip.ts'
import { type Hit, type LintCheck, listing } from './check.ts'
import { FAMILIES, masqueradesAny, ownNodes, since, wantsBpf } from './in-force.ts'

/** The agent's file as it was given, before the node's map had the last word. */
function fileOf(cluster: ClusterSnapshot): IpMasqAgent {
  return cluster.ipMasqAgent.configured ?? cluster.ipMasqAgent
}

const isOn = (cluster: ClusterSnapshot): boolean => cluster.settings.known && cluster.settings.enableIpMasqAgent.value

const covers = (agent: IpMasqAgent, cidr: Cidr): boolean =>
  agent.effective.some((entry) => cidrContainsCidr(entry.cidr, cidr))

// The private ranges of the default list that clusters and their neighbours use.
const PRIVATE: readonly Cidr[] = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'].flatMap(
  (text) => parseCidr(text) ?? [],
)

/** ip-masq-agent: its file, its list, its preconditions. */
export const IP_MASQ_AGENT: readonly LintCheck[] = [
  {
    code: 'ip-masq-agent-without-bpf',
    severity: 'error',
    title: 'ip-masq-agent without BPF masquerading',
    consequence: 'The agent refuses to start.',
    remedy: 'Set enable-bpf-masquerade: "true" and a family masquerade flag, or enable-ip-masq-agent: "false".',
    find(cluster) {
      const { settings } = cluster
      if (!isOn(cluster) || (wantsBpf(settings) && masqueradesAny(settings))) return []
      const what = wantsBpf(settings) ? 'no family is masqueraded' : 'enable-bpf-masquerade is false'
      const sources = [settings.enableIpMasqAgent.source, settings.enableBpfMasquerade.source]
      return [{ found: `enable-ip-masq-agent is true and ${what}`, subject: 'enable-ip-masq-agent', sources }]
    },
  },
  {
    code: 'ip-masq-agent-not-enabled',
    severity: 'warning',
    title: 'ip-masq-agent has a configuration and is off',
    consequence: 'The list is not read: its destinations are masqueraded.',
    remedy: 'Set enable-ip-masq-agent: "true", or remove the configuration.',
    find(cluster) {
      const file = fileOf(cluster)
      if (!cluster.settings.known || isOn(cluster) || file.state !== 'content' || file.source === null) return []
      const sources = [file.source, cluster.settings.enableIpMasqAgent.source]
      return [
        {
          found: 'an ip-masq-agent list is given and enable-ip-masq-agent is false',
          subject: 'ip-masq-agent',
          sources,
        },
      ]
    },
  },
  {
    code: 'ip-masq-agent-wrong-key',
    severity: 'warning',
    title: "the ip-masq-agent ConfigMap lacks the key that becomes the agent's file",
    consequence: 'The agent finds no file of that name and applies its default list.',
    remedy: 'Put the list under the key "config", or set ip-masq-agent-config-path to the file that the key becomes.',
    find(cluster) {
      const file = fileOf(cluster)
      if (!isOn(cluster) || !file.key || file.key === 'config') return []
      const path = cluster.settings.raw.get('ip-masq-agent-config-path')
      if (path?.value.endsWith(`/${file.key}`)) return []
      const found = `the ConfigMap has its list under the key "${file.key}" and the agent reads the file ${path?.value || '/etc/config/ip-masq-agent'}`
      return [
        {
          found,
          subject: 'ip-masq-agent',
          sources: [file.source, path?.source],
          confirm: 'cilium-dbg bpf ipmasq list',
        },
      ]
    },
  },
  {
    code: 'ip-masq-agent-unparsable',
    severity: 'error',
    title: 'the ip-masq-agent file cannot be read',
    consequence:
      'The update fails as a whole and the previous list stays in force, or, after a restart, whatever the map held.',
    remedy: 'Give every entry a prefix length, and the flags true or false.',
    find(cluster) {
      const file = fileOf(cluster)
      if (!isOn(cluster) || file.state !== 'unparsable') return []
      const found = 'the ip-masq-agent file is not what the agent can read'
      return [{ found, subject: 'ip-masq-agent', sources: [file.source], confirm: 'cilium-dbg bpf ipmasq list' }]
    },
  },
  {
    code: 'ip-masq-agent-no-entries',
    severity: 'warning',
    title: 'the ip-masq-agent file is there and has no entries',
    consequence: 'The default list is not applied: everything but link-local is masqueraded.',
    remedy: 'Remove the file, or leave it with no octets, to get the defaults; or list the ranges.',
    find(cluster) {
      const file = fileOf(cluster)
      if (!isOn(cluster) || file.state !== 'content' || file.effective.some(({ basis }) => basis === 'entry')) return []
      return [{ found: 'nonMasqueradeCIDRs has no entry', subject: 'nonMasqueradeCIDRs', sources: [file.source] }]
    },
  },
  {
    code: 'ip-masq-agent-replaces-defaults',
    severity: 'info',
    title: 'the ip-masq-agent list leaves out private ranges of the default list',
    consequence: 'A list replaces the defaults, so these ranges are masqueraded.',
    remedy: 'Add them if pods should keep their addresses there.',
    find(cluster) {
      const file = fileOf(cluster)
      const entries = file.effective.filter(({ basis }) => basis === 'entry')
      if (!isOn(cluster) || file.state !== 'content' || entries.length === 0) return []
      const missing = PRIVATE.filter((block) => !entries.some(({ cidr }) => overlap(cidr, block)))
      if (missing.length === 0) return []
      const found = `nonMasqueradeCIDRs has nothing of ${missing.map(({ text }) => text).join(', ')}`
      return [{ found, subject: 'nonMasqueradeCIDRs', sources: [file.source] }]
    },
  },
  {
    code: 'ip-masq-agent-lacks-pods',
    severity: 'warning',
    title: 'the ip-masq-agent list does not hold the pods, and no native-routing CIDR does',
    consequence: 'In native routing, traffic between pods of different nodes is masqueraded.',
    remedy: "Add the pod CIDRs to nonMasqueradeCIDRs, or set the family's native-routing CIDR.",
    find(cluster) {
      const { settings } = cluster
      const agent = fileOf(cluster)
      if (!isOn(cluster) || settings.routingMode.value !== 'native') return []
      if (agent.state === 'unknown' || agent.state === 'unparsable') return []
      return FAMILIES.flatMap((family): Hit[] => {
        const [first, ...more] = uncoveredPodCidrs(cluster, agent, family)
        if (first === undefined) return []
        const where = listing([first, ...more].map(({ cidr, node }) => `${cidr.text} of ${node.name}`))
        const found = `no entry of nonMasqueradeCIDRs holds pod CIDR ${where}`
        const sources = [agent.source, settings.enableIpMasqAgent.source, first.node.source]
        return [{ found, subject: 'nonMasqueradeCIDRs', sources }]
      })
    },
  },
  {
    code: 'ip-masq-agent-holds-nodes',
    severity: 'warning',
    title: 'in tunnel routing the ip-masq-agent list holds node addresses',
    consequence: 'Pods reach other nodes with pod addresses, which rp_filter or the cloud network may drop.',
    remedy: "Leave the nodes' range out of nonMasqueradeCIDRs.",
    find(cluster) {
      const { settings, ipMasqAgent: agent } = cluster
      if (!isOn(cluster) || settings.routingMode.value !== 'tunnel') return []
      const held = ownNodes(cluster).flatMap((node) =>
        node.addresses.flatMap(({ ip, type, source }) => {
          const entry = type === 'InternalIP' ? agent.effective.find(({ cidr }) => cidrContains(cidr, ip)) : undefined
          return entry === undefined ? [] : [{ ip, source, entry }]
        }),
      )
      const [first] = held
      if (first === undefined) return []
      const list = first.entry.basis === 'default' ? 'the default list' : 'nonMasqueradeCIDRs'
      const found = `${first.entry.cidr.text} of ${list} holds node address ${listing(held.map(({ ip }) => ip))}`
      return [{ found, subject: 'nonMasqueradeCIDRs', sources: [first.entry.source, agent.source, first.source] }]
    },
  },
  {
    code: 'ip-masq-agent-link-local',
    severity: 'info',
    title: 'ip-masq-agent exempts link-local destinations',
    consequence:
      "A cloud's metadata service at 169.254.169.254 answers only the node's own address: pods get no answer.",
    remedy: 'Set masqLinkLocal: true if pods should reach it.',
    find(cluster) {
      const file = fileOf(cluster)
      if (!isOn(cluster) || file.state !== 'content' || file.masqLinkLocal) return []
      return [
        {
          found: 'masqLinkLocal is not true, so 169.254.0.0/16 is exempt',
          subject: 'masqLinkLocal',
          sources: [file.source],
        },
      ]
    },
  },
  {
    code: 'ip-masq-list-differs',
    severity: 'warning',
    title: "the node's ip-masq map differs from the agent's configuration",
    consequence: 'The map decides: what it lacks is masqueraded, what it has too much is not.',
    remedy: 'Look for a warning about the file in the agent log, or restart the agent.',
    find(cluster) {
      const file = fileOf(cluster)
      if (!isOn(cluster) || file.state === 'unknown' || file.state === 'unparsable') return []
      return ownNodes(cluster).flatMap((node) => {
        const installed = node.installed.ipMasqCidrs
        if (installed === null) return []
        const wanted = file.effective.map(({ cidr }) => cidr).filter((cidr) => cidr.family === 4 || usesIpv6(cluster))
        const missing = wanted.filter((cidr) => !installed.cidrs.some(({ text }) => text === cidr.text))
        const surplus = installed.cidrs.filter((cidr) => !file.effective.some((entry) => entry.cidr.text === cidr.text))
        if (missing.length === 0 && surplus.length === 0) return []
        const parts = [
          missing.length > 0 ? `lacks ${listing(missing.map(({ text }) => text))}` : '',
          surplus.length > 0 ? `has ${listing(surplus.map(({ text }) => text))} too much` : '',
        ].filter((part) => part !== '')
        const found = `the map of ${node.name} ${parts.join(' and ')} against the agent's configuration`
        return [
          {
            found,
            subject: node.name,
            sources: [installed.source, file.source],
            confirm: 'cilium-dbg bpf ipmasq list',
          },
        ]
      })
    },
  },
]

/** Pod CIDRs of a family that neither a native-routing CIDR nor the list exempts. */
function uncoveredPodCidrs(cluster: ClusterSnapshot, agent: IpMasqAgent, family: IpFamily) {
  const { settings } = cluster
  const native = family === 4 ? settings.ipv4NativeRoutingCidr : settings.ipv6NativeRoutingCidr
  if (native.value !== null || (family === 6 && !usesIpv6(cluster))) return []
  return ownNodes(cluster).flatMap((node) =>
    node.podCidrs.filter((cidr) => cidr.family === family && !covers(agent, cidr)).map((cidr) => ({ node, cidr })),
  )
}

// IPv6 entries reach the map only where IPv6 is masqueraded, since 1.14.
function usesIpv6({ settings }: ClusterSnapshot): boolean {
  return settings.enableIpv6.value && settings.enableIpv6Masquerade.value && since(settings, 14)
}

const overlap = (a: Cidr, b: Cidr): boolean => cidrContainsCidr(a, b) || cidrContainsCidr(b, a)
