import { installBpfStandIn, installIptables } from './support/masquerading.ts'
import type { Cast, Exchange, Scenario } from './support/scenario.ts'
import type { LabNode } from './support/topology.ts'

const BPF = { 'enable-bpf-masquerade': 'true', devices: 'eth0' }

const nodeIps = (cast: Cast): string[] => cast.cluster.nodes.map((node) => node.ip)

/** Rules as Cilium would write them, on every node. */
function healthyIptables(cast: Cast): void {
  for (const node of cast.cluster.nodes) installIptables(node, { nodeSet: nodeIps(cast) })
}

function healthyBpf(cast: Cast): void {
  for (const node of cast.cluster.nodes) installBpfStandIn(node, { nodes: nodeIps(cast) })
}

/** A rule in front of all others, as the one thing that is wrong. */
function prepend(node: LabNode, chain: string, ...rule: string[]): void {
  node.namespace.exec('iptables', ['-t', 'nat', '-I', chain, '1', ...rule])
}

/** Changes a source address without connection tracking, so that nothing translates the answers back. */
function rewriteUntracked(node: LabNode, match: string, to: string): void {
  node.namespace.exec(
    'nft',
    ['-f', '-'],
    `table ip untracked {
      chain raw { type filter hook prerouting priority raw - 1; ${match} notrack; }
      chain post { type filter hook postrouting priority mangle; oifname "eth0" ${match} ip saddr set ${to}; }
    }`,
  )
}

/** The traffic of every scenario: outward, to a node, to a pod, the host's own, and a port clash. `codes` by source port. */
function usual(codes: Readonly<Record<number, Exchange['code']>> = {}): Exchange[] {
  const exchange = (
    sourcePort: number,
    from: Exchange['from'],
    to: Exchange['to'],
    protocol: 'tcp' | 'udp' | 'icmp' = 'tcp',
  ): Exchange => ({
    from,
    to,
    protocol,
    sourcePort,
    code: codes[sourcePort] ?? null,
  })
  return [
    exchange(40001, 'client', 'outside'),
    exchange(40002, 'client', 'n2'),
    exchange(40003, 'client', 'server'),
    exchange(40004, 'n1', 'outside'),
    exchange(40005, 'second', 'outside'),
    exchange(40006, 'client', 'outside', 'udp'),
    exchange(40007, 'client', 'outside', 'icmp'),
    exchange(40008, 'client', 'n1'),
  ]
}

export const HEALTHY: readonly Scenario[] = [
  {
    name: 'iptables',
    story: 'iptables masquerading as Cilium writes it',
    install: healthyIptables,
    exchanges: usual(),
  },
  { name: 'bpf', story: 'BPF masquerading', config: BPF, install: healthyBpf, exchanges: usual() },
  {
    name: 'iptables-interfaces',
    story: 'egress-masquerade-interfaces limits the rules to eth0',
    config: { 'egress-masquerade-interfaces': 'eth0' },
    install: (cast) => {
      for (const node of cast.cluster.nodes) installIptables(node, { nodeSet: nodeIps(cast), interfaces: ['eth0'] })
    },
    exchanges: usual(),
  },
  {
    name: 'bpf-ip-masq-agent',
    story: "the agent's list holds the outside host, so pods keep their address there",
    config: { ...BPF, 'enable-ip-masq-agent': 'true' },
    metadata: { 'ip-masq-agent.yaml': agentConfig(['10.244.0.0/16', '172.18.0.100/32']) },
    install: (cast) => {
      for (const node of cast.cluster.nodes) {
        installBpfStandIn(node, { nodes: nodeIps(cast), exclusionCidrs: ['10.244.0.0/16', '172.18.0.100/32'] })
      }
    },
    exchanges: usual(),
  },
  {
    name: 'iptables-tunnel',
    story: 'tunnel routing: pods reach pods of n2 inside VXLAN, and n2 itself translated',
    routing: 'tunnel',
    config: { 'routing-mode': 'tunnel', 'tunnel-protocol': 'vxlan' },
    install: (cast) => {
      for (const node of cast.cluster.nodes) installIptables(node, { nodeSet: nodeIps(cast), tunnel: true })
    },
    exchanges: usual(),
  },
  {
    name: 'off',
    story: 'masquerading is off and nothing is translated',
    config: { 'enable-ipv4-masquerade': 'false' },
    install: () => {},
    exchanges: usual(),
  },
  {
    name: 'port-clash',
    story: 'two pods use one source port towards one destination; the kernel renames the second',
    install: healthyIptables,
    exchanges: [
      { from: 'client', to: 'outside', sourcePort: 40001, code: null },
      { from: 'second', to: 'outside', sourcePort: 40001, code: null },
    ],
  },
  {
    name: 'called-from-outside',
    story: 'the outside calls a pod directly; its answers keep the pod address',
    install: healthyIptables,
    exchanges: [{ from: 'outside', to: 'client', sourcePort: 40001, code: null }],
  },
]

export const FAULTS: readonly Scenario[] = [
  {
    name: 'rule-missing',
    story: 'the masquerade rule is not installed',
    install: (cast) => {
      for (const node of cast.cluster.nodes) installIptables(node, { nodeSet: nodeIps(cast), masquerade: false })
    },
    exchanges: usual(outward('MASQUERADE_MISSING')),
  },
  {
    name: 'forgotten-node',
    story: 'the node set on n1 lacks n2',
    install: (cast) => {
      for (const node of cast.cluster.nodes) installIptables(node, { nodeSet: [cast.n1.ip] })
    },
    exchanges: usual({ 40002: 'MASQUERADE_UNEXPECTED' }),
  },
  {
    name: 'tunnel-rule-missing',
    story: 'tunnel routing without the masquerade rule: n2 and the outside see pods',
    routing: 'tunnel',
    config: { 'routing-mode': 'tunnel', 'tunnel-protocol': 'vxlan' },
    install: (cast) => {
      for (const node of cast.cluster.nodes)
        installIptables(node, { nodeSet: nodeIps(cast), tunnel: true, masquerade: false })
    },
    exchanges: usual({ ...outward('MASQUERADE_MISSING'), 40002: 'MASQUERADE_MISSING' }),
  },
  {
    name: 'surplus-node',
    story: 'the node set holds the outside host, an address that is no node',
    install: (cast) => {
      for (const node of cast.cluster.nodes) installIptables(node, { nodeSet: [...nodeIps(cast), cast.outside.ip] })
    },
    exchanges: usual(outward('MASQUERADE_MISSING')),
  },
  {
    name: 'exclusion-elsewhere',
    story: "the installed exclusion is the nodes' range in place of the pods'",
    install: (cast) => {
      for (const node of cast.cluster.nodes)
        installIptables(node, { nodeSet: nodeIps(cast), exclusionCidr: '172.16.0.0/12' })
    },
    exchanges: usual({ ...outward('MASQUERADE_MISSING'), 40003: 'MASQUERADE_UNEXPECTED' }),
  },
  {
    name: 'exclusion-too-narrow',
    story: "the installed exclusion is the node's own pod CIDR: traffic to pods of n2 is translated",
    install: (cast) => {
      for (const node of cast.cluster.nodes)
        installIptables(node, { nodeSet: nodeIps(cast), exclusionCidr: node.podCidr })
    },
    exchanges: usual({ 40003: 'MASQUERADE_UNEXPECTED' }),
  },
  {
    name: 'wrong-address',
    story: 'translated to an address that belongs to another node',
    needsPair: true,
    install: (cast) => {
      installIptables(cast.n1, { nodeSet: nodeIps(cast), toSource: cast.n2.ip })
      installIptables(cast.n2, { nodeSet: nodeIps(cast) })
    },
    exchanges: usual(outward('MASQUERADE_WRONG_ADDRESS')),
  },
  {
    name: 'cilium-host-address',
    story: "translated to the node's cilium_host address",
    install: (cast) => {
      for (const node of cast.cluster.nodes)
        installIptables(node, { nodeSet: nodeIps(cast), toSource: node.ciliumHost })
    },
    exchanges: usual(outward('CILIUM_HOST_LEAKED')),
  },
  {
    name: 'wrong-interface',
    story: 'the installed rule names an interface that packets do not leave by',
    install: (cast) => {
      for (const node of cast.cluster.nodes) installIptables(node, { nodeSet: nodeIps(cast), interfaces: ['eth1'] })
    },
    exchanges: usual(outward('MASQUERADE_MISSING')),
  },
  {
    name: 'agent-list-too-wide',
    story: 'the list in force holds the outside host, the configured one does not',
    config: { ...BPF, 'enable-ip-masq-agent': 'true' },
    metadata: { 'ip-masq-agent.yaml': agentConfig(['10.244.0.0/16']) },
    install: (cast) => {
      for (const node of cast.cluster.nodes) {
        installBpfStandIn(node, { nodes: nodeIps(cast), exclusionCidrs: ['10.244.0.0/16', '172.18.0.100/32'] })
      }
    },
    exchanges: usual(outward('MASQUERADE_MISSING')),
  },
  {
    name: 'agent-list-not-applied',
    story: 'the configured list holds the outside host, the one in force does not',
    config: { ...BPF, 'enable-ip-masq-agent': 'true' },
    metadata: { 'ip-masq-agent.yaml': agentConfig(['10.244.0.0/16', '172.18.0.100/32']) },
    install: healthyBpf,
    exchanges: usual(outward('MASQUERADE_UNEXPECTED')),
  },
  {
    name: 'masqueraded-though-off',
    story: 'the settings switch masquerading off, rules of an earlier installation translate all the same',
    config: { 'enable-ipv4-masquerade': 'false' },
    install: healthyIptables,
    exchanges: usual(outward('MASQUERADE_UNEXPECTED')),
  },
  {
    name: 'bpf-program-not-attached',
    story: 'BPF masquerading is configured and no program is on the device',
    config: BPF,
    install: () => {},
    exchanges: usual(outward('MASQUERADE_MISSING')),
  },
  {
    name: 'one-pod-exempt',
    story: 'a foreign rule in front exempts one of two pods',
    install: (cast) => {
      healthyIptables(cast)
      prepend(cast.n1, 'POSTROUTING', '-s', cast.client.ip, '-d', cast.outside.ip, '-j', 'ACCEPT')
    },
    exchanges: usual({ 40001: 'MASQUERADE_MISSING', 40006: 'MASQUERADE_MISSING', 40007: 'MASQUERADE_MISSING' }),
  },
  {
    name: 'udp-exempt',
    story: 'a foreign rule in front exempts UDP',
    install: (cast) => {
      healthyIptables(cast)
      prepend(cast.n1, 'POSTROUTING', '-p', 'udp', '-j', 'ACCEPT')
    },
    exchanges: usual({ 40006: 'MASQUERADE_MISSING' }),
  },
  {
    name: 'icmp-exempt',
    story: 'a foreign rule in front exempts ICMP',
    install: (cast) => {
      healthyIptables(cast)
      prepend(cast.n1, 'POSTROUTING', '-p', 'icmp', '-j', 'ACCEPT')
    },
    exchanges: usual({ 40007: 'MASQUERADE_MISSING' }),
  },
  {
    name: 'reply-not-translated-back',
    story: 'the source is changed without connection tracking: answers reach the node and stay there',
    config: BPF,
    install: (cast) =>
      rewriteUntracked(cast.n1, `ip saddr ${cast.client.ip} ip daddr ${cast.outside.ip} tcp dport 80`, cast.n1.ip),
    exchanges: [{ from: 'client', to: 'outside', sourcePort: 40001, code: 'REVERSE_NAT_MISSING', rewrittenTo: 'n1' }],
  },
  {
    name: 'answer-translated',
    story: "the outside calls a pod, the pod's answer leaves with the node's address",
    install: (cast) => {
      healthyIptables(cast)
      rewriteUntracked(cast.n1, `ip saddr ${cast.client.ip} tcp sport 80`, cast.n1.ip)
    },
    exchanges: [{ from: 'outside', to: 'client', sourcePort: 40001, code: 'MASQUERADE_UNEXPECTED' }],
  },
  {
    name: 'client-address-lost',
    story: "traffic from outside into a pod is given the node's cilium_host address",
    install: (cast) => {
      healthyIptables(cast)
      prepend(
        cast.n1,
        'POSTROUTING',
        '-s',
        cast.outside.ip,
        '-o',
        'lxc+',
        '-j',
        'SNAT',
        '--to-source',
        cast.n1.ciliumHost,
      )
    },
    exchanges: [{ from: 'outside', to: 'client', sourcePort: 40001, code: 'NODE_SNAT_UNEXPECTED' }],
  },
]

/** The pods' exchanges with the outside host. */
function outward(code: Exchange['code']): Record<number, Exchange['code']> {
  return { 40001: code, 40005: code, 40006: code, 40007: code }
}

function agentConfig(cidrs: readonly string[]): string {
  const list = cidrs.map((cidr) => `      - ${cidr}`).join('\n')
  return `apiVersion: v1
kind: ConfigMap
metadata:
  name: ip-masq-agent
  namespace: kube-system
data:
  config: |
    nonMasqueradeCIDRs:
${list}
    masqLinkLocal: false
`
}
