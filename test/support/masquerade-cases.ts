import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { ClusterSnapshot } from '../../src/cluster/snapshot.ts'
import { IpProtocol } from '../../src/core/protocol.ts'
import type { PacketQuery } from '../../src/masquerade/decision.ts'
import { buildCluster, egressPolicy, type NodeSpec } from './masquerade-cluster.ts'

/** One row of the shared case file (masquerade reference, Appendix A). */
export interface MasqueradeCase {
  readonly id: string
  readonly mode: 'bpf' | 'iptables'
  readonly ciliumVersion?: string
  readonly config: Readonly<Record<string, string>>
  readonly ipMasqAgent: { readonly state: 'absent' | 'empty' | 'content'; readonly effective: readonly string[] } | null
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
    pods: policies.flatMap((policy, i) =>
      policy.sourceIPs.map((ip) => ({
        name: `default/source-${i}`,
        ip,
        node: row.nodes.find((node) => podBlockHolds(node, ip))?.name ?? null,
        labels: { policy: String(i) },
      })),
    ),
    policies: policies.map((policy, i) =>
      egressPolicy({
        name: `policy-${i}`,
        podLabels: { policy: String(i) },
        destinations: policy.destinationCIDRs,
        excluded: policy.excludedCIDRs ?? [],
        gatewayLabels: { gateway: policy.gatewayNode },
        ...(policy.egressIP === undefined ? {} : { egressIp: policy.egressIP }),
      }),
    ),
    ...(row.ipMasqAgent ? { agent: { state: row.ipMasqAgent.state, cidrs: row.ipMasqAgent.effective } } : {}),
  })
}

// Pod CIDRs of the case nodes are all /24.
function podBlockHolds(node: NodeSpec, ip: string): boolean {
  return (node.podCIDRs ?? []).some(
    (block) => block.split('.').slice(0, 3).join('.') === ip.split('.').slice(0, 3).join('.'),
  )
}

/** The question a case asks. */
export function queryOf({ flow }: MasqueradeCase): PacketQuery {
  const protocols = { tcp: IpProtocol.Tcp, udp: IpProtocol.Udp, icmp: IpProtocol.Icmp, sctp: IpProtocol.Sctp }
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
