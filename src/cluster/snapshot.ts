import type { Cidr } from '../core/cidr.ts'
import type { IpText } from '../core/ip.ts'
import type { SourceRef } from '../core/source-ref.ts'
import type { Warning } from '../core/warning.ts'
import type { AddressBook } from './address-book.ts'
import type { Settings } from './settings.ts'

/**
 * Everything the metadata says about one cluster. Frozen; made by `loadCluster()` from files and hand-given facts.
 * Lists are empty and optional dumps `null` where nothing was given: "not known" is never "none".
 */
export interface ClusterSnapshot {
  readonly nodes: readonly ClusterNode[]
  readonly nodesByName: ReadonlyMap<string, ClusterNode>
  /** False when no input listed nodes, so that "is not a node" cannot be said of an address. */
  readonly nodesKnown: boolean
  readonly pods: readonly Pod[]
  /** False when no input listed pods. */
  readonly podsKnown: boolean
  readonly services: readonly Service[]
  readonly egressGatewayPolicies: readonly EgressGatewayPolicy[]
  readonly podPools: readonly PodPool[]
  readonly addressBook: AddressBook
  /** Cluster-wide settings. */
  readonly settings: Settings
  /** Settings of one node: the cluster's with CiliumNodeConfig overrides and that node's own status laid over them. */
  settingsFor(nodeName: string | null): Settings
  readonly ipMasqAgent: IpMasqAgent
  /** `bpf nat list`, `conntrack -L`, Hubble: translations seen by the cluster itself. */
  readonly translations: readonly RecordedTranslation[]
  /** `bpf ct list`: connections the datapath tracked, without a word on their translation. */
  readonly connections: readonly RecordedConnection[]
  /** What each metadata file turned out to be, in the order given. */
  readonly inputs: readonly ClusterInput[]
  readonly warnings: readonly Warning[]
}

export interface ClusterInput {
  readonly file: string
  /** kebab-case: `node-list`, `cilium-config`, `iptables-save`, `hubble-flows`, `unrecognised` … */
  readonly kind: string
  /** Node the dump belongs to, where it is node-local and could be attributed. */
  readonly node: string | null
  /** What was taken from it, or why nothing was: `3 nodes`, `recognised, not used: …`. */
  readonly note: string
}

export type NodeAddressType = 'InternalIP' | 'ExternalIP' | 'CiliumInternalIP'

export interface NodeAddress {
  readonly ip: IpText
  readonly type: NodeAddressType
  readonly source: SourceRef
}

export interface ClusterNode {
  readonly name: string
  /** Of all sources, both families, without repeats. */
  readonly addresses: readonly NodeAddress[]
  /** cilium_host addresses, = those of type CiliumInternalIP. */
  readonly ciliumHost: readonly IpText[]
  readonly health: readonly IpText[]
  readonly ingress: readonly IpText[]
  /** In Cilium's order, families mixed: the first of a family is the alloc CIDR (CiliumNode before Node). */
  readonly podCidrs: readonly Cidr[]
  /** CIDRs by pool name in multi-pool IPAM. */
  readonly pools: ReadonlyMap<string, readonly Cidr[]>
  readonly labels: Readonly<Record<string, string>>
  /** True for nodes of another cluster of a ClusterMesh. */
  readonly remoteCluster: boolean
  /** `ip addr` of the node, by device; `null` where not given. */
  readonly devices: ReadonlyMap<string, NodeDevice> | null
  /** `ip route` of the node; `null` where not given. */
  readonly routes: readonly NodeRoute[] | null
  /** What is installed on the node; members `null` where no dump was given. */
  readonly installed: InstalledState
  /** `cilium-dbg status` of the node; `null` where not given. */
  readonly status: AgentStatus | null
  readonly source: SourceRef
}

export interface NodeDevice {
  readonly name: string
  readonly ifindex: number | null
  readonly mtu: number | null
  readonly addresses: readonly {
    readonly ip: IpText
    readonly prefix: number
    readonly scope: 'global' | 'site' | 'link' | 'host' | 'unknown'
    readonly secondary: boolean
  }[]
  readonly source: SourceRef
}

export interface NodeRoute {
  /** `null` for the default route. */
  readonly destination: Cidr | null
  readonly device: string | null
  readonly via: IpText | null
  /** Preferred source address. */
  readonly src: IpText | null
  readonly source: SourceRef
}

export interface InstalledState {
  /** iptables-save / iptables -S, IPv4 and IPv6, as text lines kept in order; evaluated in `masquerade/`. */
  readonly iptables: IptablesDump | null
  readonly ip6tables: IptablesDump | null
  /** Members of each ipset by set name. Sets are cluster-wide in content, so a dump that names no node is put on all. */
  readonly ipsets: ReadonlyMap<string, IpsetDump> | null
  /** `bpf ipmasq list`. */
  readonly ipMasqCidrs: { readonly cidrs: readonly Cidr[]; readonly source: SourceRef } | null
  /** `bpf egress list`. */
  readonly egressEntries:
    | readonly {
        readonly source: IpText
        readonly destination: Cidr
        readonly egressIp: IpText | null
        /** `null` where none was found (the packet is dropped), and for excluded blocks. */
        readonly gatewayIp: IpText | null
        /** An excluded block: no gateway applies. */
        readonly excluded?: boolean
      }[]
    | null
}

export interface IptablesDump {
  readonly file: string
  /** Tables in order of appearance. An `iptables -S` dump has one table, whose name may be a guess (`guessedTable`). */
  readonly tables: readonly IptablesTable[]
}

export interface IptablesTable {
  readonly name: string
  readonly guessed: boolean
  /** Chain name → policy (`null` for user chains), in order. */
  readonly chains: ReadonlyMap<string, string | null>
  /** Rules of the table in order, each `-A CHAIN …` verbatim without counters. */
  readonly rules: readonly { readonly chain: string; readonly text: string; readonly source: SourceRef }[]
}

export interface IpsetDump {
  readonly name: string
  /** `hash:ip`, `hash:net` … */
  readonly type: string
  readonly family: 4 | 6
  readonly members: readonly Cidr[]
  readonly source: SourceRef
}

/** The lines of `cilium-dbg status` that bear on masquerading. Every member `null` where the output has no such line. */
export interface AgentStatus {
  readonly masquerading: {
    readonly mode: 'disabled' | 'iptables' | 'bpf'
    readonly ipMasqAgent: boolean
    readonly devices: readonly string[]
    readonly exclusionCidr: Cidr | null
    readonly ipv4: boolean | null
    readonly ipv6: boolean | null
    readonly text: string
  } | null
  readonly hostRouting: 'bpf' | 'legacy' | null
  readonly routing: 'native' | 'tunnel' | null
  readonly version: string | null
  readonly devices: readonly { readonly name: string; readonly addresses: readonly IpText[] }[]
  readonly source: SourceRef
}

export interface Pod {
  readonly namespace: string
  readonly name: string
  /** Node name; `null` while pending. */
  readonly node: string | null
  readonly ips: readonly IpText[]
  readonly hostNetwork: boolean
  readonly phase: string
  readonly terminating: boolean
  readonly labels: Readonly<Record<string, string>>
  readonly ports: readonly {
    readonly containerPort: number
    readonly hostPort: number | null
    readonly protocol: string
  }[]
  readonly source: SourceRef
  /** What shows the pod, where it is not the API's own object: `pod table`, `CiliumEndpoint`, `--pod`. */
  readonly basis?: string
}

export interface Service {
  readonly namespace: string
  readonly name: string
  readonly type: string
  readonly clusterIps: readonly IpText[]
  readonly externalIps: readonly IpText[]
  readonly loadBalancerIps: readonly IpText[]
  readonly externalTrafficPolicy: 'Cluster' | 'Local'
  readonly ports: readonly {
    readonly port: number
    readonly nodePort: number | null
    readonly protocol: string
    readonly targetPort: number | string | null
  }[]
  /** Backend addresses from EndpointSlices or Endpoints. */
  readonly backends: readonly IpText[]
  readonly source: SourceRef
}

export interface EgressGatewayPolicy {
  readonly name: string
  readonly selectors: readonly {
    readonly podSelector: LabelSelector | null
    readonly namespaceSelector: LabelSelector | null
    readonly nodeSelector: LabelSelector | null
  }[]
  readonly destinationCidrs: readonly Cidr[]
  readonly excludedCidrs: readonly Cidr[]
  readonly gateways: readonly {
    readonly nodeSelector: LabelSelector | null
    readonly egressIp: IpText | null
    readonly interface: string | null
  }[]
  readonly source: SourceRef
}

/** Kubernetes label selector. */
export interface LabelSelector {
  readonly matchLabels: Readonly<Record<string, string>>
  readonly matchExpressions: readonly {
    readonly key: string
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
    readonly values: readonly string[]
  }[]
}

export interface PodPool {
  readonly name: string
  readonly cidrs: readonly Cidr[]
  /** Annotation `ipam.cilium.io/skip-masquerade: "true"`. */
  readonly skipMasquerade: boolean
  readonly source: SourceRef
}

/**
 * State of the ip-masq-agent file, see cilium-masquerade §3.2. `unknown`: the settings enable the agent and no input shows
 * its file; then what it exempts cannot be said.
 */
export interface IpMasqAgent {
  readonly state: 'absent' | 'empty' | 'content' | 'unparsable' | 'unknown'
  /** Effective list, both families, link-local included where the flags leave it in. */
  readonly effective: readonly {
    readonly cidr: Cidr
    readonly basis: 'entry' | 'default' | 'link-local'
    readonly source: SourceRef | null
  }[]
  readonly masqLinkLocal: boolean
  readonly masqLinkLocalIpv6: boolean
  readonly source: SourceRef | null
  /** Entries as the file or ConfigMap has them, before `bpf ipmasq list` had the last word; `null` where no file was given. */
  readonly configured?: IpMasqAgent | null
  /** ConfigMap key the text stood under; Cilium mounts `config` and sees no other. */
  readonly key?: string | null
}

/**
 * One translation the cluster recorded: the tuple before and after. Ports are `null` where the protocol has none; of an ICMP
 * echo the source ports are its identifier.
 */
export interface RecordedTranslation {
  readonly kind: 'nat-table' | 'conntrack' | 'hubble'
  readonly node: string | null
  readonly protocol: number
  readonly originalSource: IpText
  readonly originalSourcePort: number | null
  readonly destination: IpText
  readonly destinationPort: number | null
  /** Source after translation; equal to the original where the table says that nothing was translated. */
  readonly translatedSource: IpText
  readonly translatedSourcePort: number | null
  readonly source: SourceRef
}

/** One entry of `bpf ct list`: that the node saw the connection, and from which side. */
export interface RecordedConnection {
  readonly node: string | null
  readonly direction: 'in' | 'out' | 'service'
  readonly protocol: number
  readonly source: IpText
  readonly sourcePort: number | null
  readonly destination: IpText
  readonly destinationPort: number | null
  readonly sourceRef: SourceRef
}
