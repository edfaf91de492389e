import type { Identity } from '../cluster/address-book.ts'
import type { ClusterNode, ClusterSnapshot } from '../cluster/snapshot.ts'
import type { IpText } from '../core/ip.ts'

/**
 * What the source is to the node that decides: an entry of its endpoint map (`endpoint`: pod, health, ingress), one of
 * its own addresses (`host`), its loopback, or somebody else's address (`foreign`).
 */
export type SourceRole = 'endpoint' | 'host' | 'loopback' | 'foreign' | 'unknown'

/** Where the destination is, seen from the node that decides. */
export type Place =
  | 'local-endpoint'
  | 'own-node'
  | 'remote-endpoint'
  | 'remote-node'
  | 'remote-cilium-host'
  | 'outside'
  | 'unknown'

const IN_ENDPOINT_MAP: ReadonlySet<string> = new Set(['pod', 'health', 'ingress'])

/** An address in words: kind, name and address. */
export function describeIdentity(identity: Identity): string {
  const name = identity.name === null ? '' : ` ${identity.name}`
  switch (identity.kind) {
    case 'external':
    case 'unknown':
      return identity.ip
    case 'health':
    case 'ingress':
      return `${identity.kind} address${name} (${identity.ip})`
    default:
      return `${identity.kind}${name} (${identity.ip})`
  }
}

/** Whether an address lies in a pod CIDR without being one of the addresses that nodes take from it. */
function isEndpoint(identity: Identity): boolean {
  if (IN_ENDPOINT_MAP.has(identity.kind)) return true
  // In a node's pod CIDR and in no list: a pod that came or went, or one of a list that was not given.
  return identity.kind === 'unknown' && identity.node !== null
}

/** Tells what the source is to the node (docs/masquerade.md, "Local endpoints"). */
export function sourceRole(identity: Identity, node: ClusterNode | null): SourceRole {
  if (identity.kind === 'loopback') return 'loopback'
  if (node !== null && carries(node, identity.ip)) return 'host'
  if (node === null) return isEndpoint(identity) ? 'endpoint' : identity.kind === 'unknown' ? 'unknown' : 'foreign'
  if (identity.kind === 'unknown' && identity.node === null) return 'unknown'
  if (identity.node !== node.name) return identity.kind === 'pod' && identity.node === null ? 'endpoint' : 'foreign'
  return isEndpoint(identity) ? 'endpoint' : 'host'
}

/** Whether an address is one of the node's own. */
export function carries(node: ClusterNode, ip: IpText): boolean {
  if (node.addresses.some((address) => address.ip === ip)) return true
  if (node.devices === null) return false
  for (const device of node.devices.values()) {
    if (device.addresses.some((address) => address.ip === ip)) return true
  }
  return false
}

/** Tells where the destination is, seen from the node (identities of docs/masquerade.md, "Who counts as a node"). */
export function destinationPlace(identity: Identity, node: ClusterNode | null, cluster: ClusterSnapshot): Place {
  if (identity.kind === 'loopback') return 'own-node'
  if (node !== null && carries(node, identity.ip)) return 'own-node'
  const holder = identity.node
  if (isEndpoint(identity)) return node !== null && holder === node.name ? 'local-endpoint' : 'remote-endpoint'
  if (identity.kind === 'cilium_host') return holder === node?.name ? 'own-node' : 'remote-cilium-host'
  if (identity.kind === 'node') return nodePlace(identity, node, cluster)
  return identity.kind === 'unknown' || !cluster.nodesKnown ? 'unknown' : 'outside'
}

/**
 * Only addresses that Kubernetes or Cilium list for a node carry the remote-node identity; further addresses that
 * `ip addr` shows do not, and count as outside (docs/masquerade.md, "Who counts as a node").
 */
function nodePlace(identity: Identity, node: ClusterNode | null, cluster: ClusterSnapshot): Place {
  if (identity.node !== null && identity.node === node?.name) return 'own-node'
  const holder = identity.node === null ? undefined : cluster.nodesByName.get(identity.node)
  if (holder === undefined) return identity.addressType === 'other' ? 'outside' : 'remote-node'
  return holder.addresses.some((address) => address.ip === identity.ip) ? 'remote-node' : 'outside'
}
