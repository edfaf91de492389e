import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { buildCluster as loadPieces } from '../../src/cluster/build-cluster.ts'
import type { Piece } from '../../src/cluster/read-piece.ts'
import type { ClusterSnapshot } from '../../src/cluster/snapshot.ts'
import { cidrContains } from '../../src/core/cidr.ts'
import { IpProtocol } from '../../src/core/protocol.ts'
import type { PacketQuery } from '../../src/masquerade/decision.ts'
import { buildCluster, cidr, egressPolicy, type NodeSpec } from './masquerade-cluster.ts'

/** One row of the shared case file (masquerade reference, Appendix A). */
export interface MasqueradeCase {
  readonly id: string
  readonly mode: 'bpf' | 'iptables'
  readonly ciliumVersion?: string
  readonly config: Readonly<Record<string, string>>
  readonly ipMasqAgent: {
    readonly state: 'absent' | 'empty' | 'content'
    readonly content?: string
    readonly effective: readonly string[]
  } | null
  readonly nodes: readonly NodeSpec[]
  readonly routes?: NonNullable<NodeSpec['routes']>
  readonly egressGatewayPolicies?: readonly {
    readonly sourceIPs: readonly string[]
    readonly destinationCIDRs: readonly string[]
    readonly excludedCIDRs?: readonly string[]
    readonly gatewayNode: string
    readonly egressIP?: string
  }[]
  readonly flow: {
    readonly node: string
    readonly src: string
    readonly srcKind: string
    readonly dst: string
    readonly dstPort: number
    readonly proto: 'tcp' | 'udp' | 'icmp' | 'sctp'
    readonly srcPort?: number
    readonly icmpType?: number
    readonly outInterface?: string
    readonly isReply?: boolean
    readonly skipTunnel?: boolean
    readonly noSnatEndpoint?: boolean
    readonly mark?: string
    readonly ctDNAT?: boolean
  }
  readonly expected: { readonly action: string; readonly to?: string; readonly rule: string; readonly why: string }
}

const FILE = resolve(import.meta.dirname, '../../../shared/reference/masquerade-cases.json')

/** The shared cases; empty where the file is not there. */
export function readCases(): MasqueradeCase[] {
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as MasqueradeCase[]) : []
}

/** The cluster of a case, built from literals. */
export function clusterOf(row: MasqueradeCase): ClusterSnapshot {
  const policies = row.egressGatewayPolicies ?? []
  const gateways = new Set(policies.map((policy) => policy.gatewayNode))
  return buildCluster({
    version: row.ciliumVersion ?? '1.17',
    config: row.config,
    nodes: row.nodes.map((node) => ({
      ...node,
      ...(gateways.has(node.name) ? { labels: { gateway: node.name } } : {}),
      ...(row.routes && node.name === row.flow.node ? { routes: row.routes } : {}),
    })),
    pods: podsOf(row).map((pod, i) => ({ name: `default/source-${i}`, ...pod })),
    policies: policies.map((policy, i) =>
      egressPolicy({
        name: `policy-${i}`,
        podLabels: { [`policy-${i}`]: 'yes' },
        destinations: policy.destinationCIDRs,
        excluded: policy.excludedCIDRs ?? [],
        gatewayLabels: { gateway: policy.gatewayNode },
        ...(policy.egressIP === undefined ? {} : { egressIp: policy.egressIP }),
      }),
    ),
    ...(row.ipMasqAgent ? { agent: { state: row.ipMasqAgent.state, cidrs: row.ipMasqAgent.effective } } : {}),
  })
}

/** The question a case asks. */
export function queryOf({ flow }: MasqueradeCase): PacketQuery {
  const icmp = flow.src.includes(':') ? IpProtocol.Icmpv6 : IpProtocol.Icmp
  const protocols = { tcp: IpProtocol.Tcp, udp: IpProtocol.Udp, icmp, sctp: IpProtocol.Sctp }
  return {
    source: flow.src,
    destination: flow.dst,
    protocol: protocols[flow.proto],
    sourcePort: flow.srcPort ?? null,
    destinationPort: flow.dstPort,
    icmpType: flow.icmpType ?? null,
    node: flow.node,
    outInterface: flow.outInterface ?? null,
    isReply: flow.isReply ?? false,
    mark: flow.mark === undefined ? null : Number(flow.mark),
    dnat: flow.ctDNAT ?? false,
    skipTunnel: flow.skipTunnel ?? false,
    noSnatEndpoint: flow.noSnatEndpoint ?? false,
  }
}

/** The cluster of a case, read from the metadata that kubectl, ip and the agent would print for it. */
export function loadedClusterOf(row: MasqueradeCase): ClusterSnapshot {
  const pieces = [
    json('nodes.json', { kind: 'List', apiVersion: 'v1', items: row.nodes.map(nodeObject) }),
    json('ciliumnodes.json', { kind: 'List', apiVersion: 'v1', items: row.nodes.map(ciliumNodeObject) }),
    json('cilium-config.json', configMap('cilium-config', row.config)),
    json('policies.json', {
      kind: 'List',
      apiVersion: 'v1',
      items: (row.egressGatewayPolicies ?? []).map(policyObject),
    }),
    json('pods.json', { kind: 'List', apiVersion: 'v1', items: podObjects(row) }),
    ...row.nodes.map((node) => ({ ...json(`ip-addr-${node.name}.json`, ipAddr(node)), node: node.name })),
    ...(row.routes ? [{ ...json('ip-route.json', row.routes.map(ipRoute)), node: row.flow.node }] : []),
    ...agentPieces(row),
  ]
  return loadPieces(pieces, { ciliumVersion: row.ciliumVersion ?? '1.17' })
}

const json = (file: string, value: unknown): Piece => ({ file, text: JSON.stringify(value, null, 2) })

const configMap = (name: string, data: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'kube-system' },
  data,
})

function nodeObject(node: NodeSpec) {
  const address = (type: string, ip: string | undefined) => (ip === undefined ? [] : [{ type, address: ip }])
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: node.name, labels: { 'kubernetes.io/hostname': node.name } },
    spec: { podCIDR: node.podCIDRs?.[0], podCIDRs: node.podCIDRs },
    status: {
      addresses: [
        ...address('InternalIP', node.internalIP),
        ...address('InternalIP', node.internalIPv6),
        ...address('ExternalIP', node.externalIP),
      ],
    },
  }
}

function ciliumNodeObject(node: NodeSpec) {
  const address = (type: string, ip: string | undefined) => (ip === undefined ? [] : [{ type, ip }])
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNode',
    metadata: { name: node.name, labels: { 'kubernetes.io/hostname': node.name } },
    spec: {
      addresses: [
        ...address('InternalIP', node.internalIP),
        ...address('InternalIP', node.internalIPv6),
        ...address('ExternalIP', node.externalIP),
        ...address('CiliumInternalIP', node.ciliumHostIP),
        ...address('CiliumInternalIP', node.ciliumHostIPv6),
      ],
      ipam: { podCIDRs: node.podCIDRs },
    },
  }
}

function ipAddr(node: NodeSpec) {
  return Object.entries(node.interfaces ?? {}).map(([ifname, addresses], i) => ({
    ifindex: i + 2,
    ifname,
    flags: ['UP'],
    mtu: 1500,
    addr_info: addresses.map((local) => {
      const v6 = local.includes(':')
      return { family: v6 ? 'inet6' : 'inet', local, prefixlen: v6 ? 64 : 24, scope: 'global' }
    }),
  }))
}

function ipRoute(route: NonNullable<MasqueradeCase['routes']>[number]) {
  const { dst, dev, src } = route
  const isDefault = dst === '0.0.0.0/0' || dst === '::/0'
  return { dst: isDefault ? 'default' : dst, dev, ...(src === undefined ? {} : { prefsrc: src }), flags: [] }
}

function policyObject(policy: NonNullable<MasqueradeCase['egressGatewayPolicies']>[number], i: number) {
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumEgressGatewayPolicy',
    metadata: { name: `policy-${i}` },
    spec: {
      selectors: [{ podSelector: { matchLabels: { [`policy-${i}`]: 'yes' } } }],
      destinationCIDRs: policy.destinationCIDRs,
      ...(policy.excludedCIDRs ? { excludedCIDRs: policy.excludedCIDRs } : {}),
      egressGateway: {
        nodeSelector: { matchLabels: { 'kubernetes.io/hostname': policy.gatewayNode } },
        ...(policy.egressIP === undefined ? {} : { egressIP: policy.egressIP }),
      },
    },
  }
}

/** The pods that policies select, and the source of the flow where it is a pod. */
function podObjects(row: MasqueradeCase) {
  const isPod = row.flow.srcKind === 'pod' || row.flow.srcKind === 'remote-pod'
  const pods = podsOf(row)
  const all = isPod && !pods.some(({ ip }) => ip === row.flow.src) ? [...pods, podOf(row, row.flow.src)] : pods
  return all.map(({ ip, node, labels }, i) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `pod-${i}`, namespace: 'default', labels },
    spec: { nodeName: node ?? row.flow.node, containers: [] },
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }], hostIP: row.nodes[0]?.internalIP },
  }))
}

/** Each pod once, with a label for every policy that selects it. */
function podsOf(row: MasqueradeCase) {
  const ips = new Set((row.egressGatewayPolicies ?? []).flatMap((policy) => policy.sourceIPs))
  return [...ips].map((ip) => podOf(row, ip))
}

function podOf(row: MasqueradeCase, ip: string) {
  const selecting = (row.egressGatewayPolicies ?? []).flatMap(({ sourceIPs }, i) =>
    sourceIPs.includes(ip) ? [[`policy-${i}`, 'yes'] as const] : [],
  )
  return { ip, node: holderOf(row, ip), labels: Object.fromEntries(selecting) }
}

const holderOf = (row: MasqueradeCase, ip: string): string | null =>
  row.nodes.find((node) => (node.podCIDRs ?? []).some((block) => cidrContains(cidr(block), ip)))?.name ?? null

/** An absent file leaves no trace but the map it fills; of the other states the file itself is given. */
function agentPieces(row: MasqueradeCase): Piece[] {
  const agent = row.ipMasqAgent
  if (agent === null) return []
  if (agent.state === 'empty') return [{ file: 'ip-masq-agent-config', text: '' }]
  if (agent.state === 'content')
    return [json('ip-masq-agent.json', configMap('ip-masq-agent', { config: agent.content ?? '' }))]
  return [{ file: 'ipmasq-list.txt', text: ['IP PREFIX/ADDRESS', ...agent.effective, ''].join('\n') }]
}
