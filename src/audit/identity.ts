import type { Identity } from '../cluster/address-book.ts'

/** Kinds whose address SNAT may replace: pods, and the endpoints that share their CIDR. */
export function isPodLike({ kind }: Identity): boolean {
  return kind === 'pod' || kind === 'health' || kind === 'ingress'
}

/** Address of the cluster itself, as far as the metadata knows. */
export function isInCluster({ kind }: Identity): boolean {
  return isPodLike({ kind } as Identity) || kind === 'node' || kind === 'cilium_host' || kind === 'service'
}

/** An address inside a pod CIDR that no pod is listed for: nothing else in the cluster would carry it. */
export function isFromPodCidr({ kind, node, basis }: Identity): boolean {
  return kind === 'unknown' && (node !== null || /pod CIDR/.test(basis))
}

/** Both addresses live on one node, so that packets between them never reach a device that translates. */
export function isSameNode(a: Identity, b: Identity): boolean {
  return a.node !== null && a.node === b.node
}
