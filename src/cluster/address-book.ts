import type { IpText } from '../core/ip.ts'
import type { SourceRef } from '../core/source-ref.ts'

/**
 * What an address can be. The contract's kinds, and two that an address inside a pod CIDR needs of its own: the
 * `cilium-health` endpoint and the Envoy ingress address, which are neither pod nor cilium_host.
 */
export const IDENTITY_KINDS = [
  'pod',
  'node',
  'cilium_host',
  'health',
  'ingress',
  'service',
  'egress_gateway',
  'loopback',
  'link_local',
  'multicast',
  'external',
  'unknown',
] as const
export type IdentityKind = (typeof IDENTITY_KINDS)[number]

/** Whose an address is, and which piece of metadata says so. */
export interface Identity {
  readonly ip: IpText
  readonly kind: IdentityKind
  /** Pod and service `namespace/name`, node name; `null` where nothing names it. */
  readonly name: string | null
  /** Node the address lives on. */
  readonly node: string | null
  /** Short words for people: `node InternalIP`, `CiliumNode CiliumInternalIP`, `pod status.podIPs`, `in pod CIDR 10.244.2.0/24, no pod listed`, `no match`. */
  readonly basis: string
  readonly source: SourceRef | null
  /** kind `node`: which type of address; `other` for addresses only `ip addr` shows. */
  readonly addressType?: 'InternalIP' | 'ExternalIP' | 'other'
  /** Device that carries it, where `ip addr` of the node says so. */
  readonly device?: string
  /** True for pods on the host network and addresses of nodes: the source is the node itself. */
  readonly hostNetworkPods?: readonly string[]
  /** Belongs to another cluster of a ClusterMesh. */
  readonly remoteCluster?: boolean
  /** Others that claim the address (two running pods, a completed pod), strongest first. */
  readonly alternatives?: readonly string[]
}

export interface AddressBook {
  /** Never throws; an address nothing matches is `external` when nodes are known and `unknown` when they are not. */
  lookup(ip: IpText): Identity
  /** Address of a name used on the command line: `pod/ns/name`, `node/name`, `ns/name`, or an address itself. */
  resolve(name: string): readonly Identity[]
}
