import { type FactStore, originRank, type PodFact } from './facts.ts'
import type { Pod } from './snapshot.ts'

/** What finding out about a pod needs of the nodes. */
export interface NodeLookup {
  /** Node that has the address, `null` where none is known to. */
  ownerOf(ip: string | null): string | null
  /** Node whose pod CIDR holds the address, `null` where there is none. */
  podOwnerOf(ip: string): string | null
}

/**
 * One entry for each pod: the strongest input's, with what it leaves open filled in from the others. A pod table that does
 * not show host networking tells it by the address: it is the node's.
 */
export function mergePods(store: FactStore, nodes: NodeLookup): Pod[] {
  // The one list of a big cluster is taken as it is: a million entries sorted into a map cost a second and 100 MB.
  if (store.podLists <= 1 && store.pods.length === 0) return store.listedPods
  const merged = new MergedPods()
  for (const pod of store.listedPods) merged.add(pod, originRank('pod'))
  for (const fact of store.pods) merged.add(podOf(fact, nodes), originRank(fact.origin))
  return merged.pods
}

class MergedPods {
  readonly pods: Pod[] = []
  private readonly ranks: number[] = []
  private readonly positions = new Map<string, Map<string, number>>()

  add(pod: Pod, rank: number): void {
    const names = this.positions.get(pod.namespace) ?? new Map<string, number>()
    this.positions.set(pod.namespace, names)
    const at = names.get(pod.name)
    const known = at === undefined ? undefined : this.pods[at]
    if (at === undefined || known === undefined) {
      names.set(pod.name, this.pods.push(pod) - 1)
      this.ranks.push(rank)
    } else if (rank < (this.ranks[at] ?? 0)) {
      this.pods[at] = complete(pod, known)
      this.ranks[at] = rank
    } else this.pods[at] = complete(known, pod)
  }
}

/** A hand-given pod has the addresses given and no others. */
function complete(strong: Pod, weak: Pod): Pod {
  const given = strong.source.file.startsWith('--')
  return {
    ...strong,
    node: strong.node ?? weak.node,
    ips: given || strong.ips.length >= weak.ips.length ? strong.ips : weak.ips,
    labels: Object.keys(strong.labels).length > 0 ? strong.labels : weak.labels,
    ports: strong.ports.length > 0 ? strong.ports : weak.ports,
  }
}

function podOf(fact: PodFact, nodes: NodeLookup): Pod {
  const { namespace, name, node, nodeIp, ips, hostNetwork, phase, terminating, labels, ports, source } = fact
  return {
    namespace,
    name,
    node: node ?? nodes.ownerOf(nodeIp) ?? (ips[0] === undefined ? null : nodes.podOwnerOf(ips[0])),
    ips,
    hostNetwork: hostNetwork ?? ips.some((ip) => nodes.ownerOf(ip) !== null),
    phase,
    terminating,
    labels,
    ports,
    source,
    basis: BASES[fact.origin] ?? fact.origin,
  }
}

const BASES: Readonly<Partial<Record<PodFact['origin'], string>>> = {
  option: '--pod',
  table: 'pod table',
  endpoint: 'CiliumEndpoint',
}
