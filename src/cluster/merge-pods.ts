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
  const byNamespace = new Map<string, Map<string, number>>()
  const merged: PodFact[] = []
  for (const fact of store.pods) {
    let names = byNamespace.get(fact.namespace)
    if (names === undefined) {
      names = new Map()
      byNamespace.set(fact.namespace, names)
    }
    const at = names.get(fact.name)
    const known = at === undefined ? undefined : merged[at]
    if (at === undefined || known === undefined) {
      names.set(fact.name, merged.length)
      merged.push(fact)
    } else {
      merged[at] = originRank(fact.origin) < originRank(known.origin) ? complete(fact, known) : complete(known, fact)
    }
  }
  return merged.map((fact) => finish(fact, nodes))
}

function complete(strong: PodFact, weak: PodFact): PodFact {
  return {
    ...strong,
    node: strong.node ?? weak.node,
    nodeIp: strong.nodeIp ?? weak.nodeIp,
    ips: strong.ips.length >= weak.ips.length || strong.origin === 'option' ? strong.ips : weak.ips,
    hostNetwork: strong.hostNetwork ?? weak.hostNetwork,
    labels: Object.keys(strong.labels).length > 0 ? strong.labels : weak.labels,
    ports: strong.ports.length > 0 ? strong.ports : weak.ports,
  }
}

function finish(fact: PodFact, nodes: NodeLookup): Pod {
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
  }
}
