import type { Identity } from '../cluster/address-book.ts'
import type { ClusterNode, ClusterSnapshot, Pod, Service } from '../cluster/snapshot.ts'
import { type IpFamily, type IpText, ipFamily, parseIp } from '../core/ip.ts'
import type { Flow } from '../flow/flow.ts'
import type { Decide, Decision, PacketQuery } from '../masquerade/decision.ts'
import { DecisionCache } from './decision-cache.ts'
import { podsBehind } from './pods-behind.ts'

/** The decision stage as the audit uses it: what is intended, and what the installed rules would do. */
export interface Deciders {
  readonly expected: Decide
  /** `null` where no dump of the node's rules was given. */
  readonly installed: (query: PacketQuery, cluster: ClusterSnapshot) => Decision | null
}

/**
 * The cluster as one run of the audit sees it, with every answer looked up once: identities by address, decisions by
 * what they depend on. A million flows have few distinct pairs of addresses.
 */
export class AuditContext {
  readonly cluster: ClusterSnapshot
  readonly #deciders: Deciders
  readonly #hasDumps: boolean
  readonly #identities = new Map<IpText, Identity>()
  readonly #decisions = new DecisionCache()
  readonly #questions = new WeakMap<Decision, PacketQuery>()
  readonly #installed = new Map<string, Decision | null>()
  readonly #podsBehind = new Map<string, readonly IpText[]>()
  #podNodes: Map<string, string | null> | undefined
  #podsByNode: Map<string, IpText[]> | undefined
  readonly #podByIp: ReadonlyMap<IpText, Pod>
  readonly #servicesByBackend: ReadonlyMap<IpText, readonly Service[]>
  readonly #servicesByAddress: ReadonlyMap<IpText, readonly Service[]>

  constructor(cluster: ClusterSnapshot, deciders: Deciders) {
    this.cluster = cluster
    this.#deciders = deciders
    this.#hasDumps = cluster.nodes.some(({ installed }) => installed.iptables !== null || installed.ip6tables !== null)
    this.#podByIp = new Map(
      cluster.pods.filter(isOnPodNetwork).flatMap((pod) => pod.ips.map((ip) => [ip, pod] as const)),
    )
    this.#servicesByBackend = indexServices(cluster.services, (service) => service.backends)
    this.#servicesByAddress = indexServices(cluster.services, (service) => [
      ...service.clusterIps,
      ...service.externalIps,
      ...service.loadBalancerIps,
    ])
  }

  /** Whose an address is. */
  identify(ip: IpText): Identity {
    let identity = this.#identities.get(ip)
    if (identity === undefined) {
      identity = isAddress(ip) ? this.cluster.addressBook.lookup(ip) : unnamed(ip)
      this.#identities.set(ip, identity)
    }
    return identity
  }

  /** What the settings do with a packet; the same object for the same question. */
  expected(query: PacketQuery): Decision {
    return this.#decisions.get(query, () => {
      // Settings know no ports: leaving them out turns a million flows into a few hundred questions.
      const decision = this.#deciders.expected({ ...query, sourcePort: null, destinationPort: null }, this.cluster)
      this.#questions.set(decision, query)
      return decision
    })
  }

  /**
   * What the rules installed on the deciding node do with the packet that an expected decision was asked about.
   *
   * @param expected - A decision of {@link expected}.
   * @param flow - Gives the ports, which installed rules may match on.
   * @returns `null` where no dump was given.
   */
  installed(expected: Decision, flow: Flow): Decision | null {
    const question = this.#hasDumps ? this.#questions.get(expected) : undefined
    if (question === undefined) return null
    const query = { ...question, sourcePort: flow.source.port, destinationPort: flow.destination.port }
    const key = `${queryKey(query)}|${query.sourcePort}|${query.destinationPort}`
    let decision = this.#installed.get(key)
    if (decision === undefined) {
      decision = this.#deciders.installed(query, this.cluster)
      // Rules of kube-proxy match on ports, so that this has an entry for each tuple; it must not grow with the capture.
      if (this.#installed.size >= MAX_INSTALLED) this.#installed.clear()
      this.#installed.set(key, decision)
    }
    return decision
  }

  /** Addresses that stand for "some pod of this node" in a question to the settings; see {@link podsBehind}. */
  podsBehind(node: string, family: IpFamily): readonly IpText[] {
    const key = `${node}/${family}`
    let pods = this.#podsBehind.get(key)
    if (pods === undefined) {
      pods = podsBehind(this.cluster, node, family)
      this.#podsBehind.set(key, pods)
    }
    return pods
  }

  /** The running pod with an address of its own. */
  podAt(ip: IpText): Pod | undefined {
    return this.#podByIp.get(ip)
  }

  /** Addresses of the running pods of a node, both families. */
  podsOn(node: string): readonly IpText[] {
    if (this.#podsByNode === undefined) {
      this.#podsByNode = new Map()
      for (const [ip, pod] of this.#podByIp) {
        if (pod.node === null) continue
        const pods = this.#podsByNode.get(pod.node)
        if (pods === undefined) this.#podsByNode.set(pod.node, [ip])
        else pods.push(ip)
      }
    }
    return this.#podsByNode.get(node) ?? []
  }

  /** Node of a pod given as `namespace/name`. */
  podNode(name: string | null): string | null {
    if (name === null) return null
    this.#podNodes ??= new Map(this.cluster.pods.map((pod) => [`${pod.namespace}/${pod.name}`, pod.node]))
    return this.#podNodes.get(name) ?? null
  }

  /** Addresses of pods that egress gateway policies may select: all on the pod network. */
  selectedPods(family: IpFamily): readonly IpText[] {
    return [...this.#podByIp.keys()].filter((ip) => ipFamily(ip) === family)
  }

  /** Services that have the address among their backends. */
  servicesOf(backend: IpText): readonly Service[] {
    return this.#servicesByBackend.get(backend) ?? []
  }

  /** Services that are reached under the address. */
  servicesAt(ip: IpText): readonly Service[] {
    return this.#servicesByAddress.get(ip) ?? []
  }

  node(name: string | null): ClusterNode | undefined {
    return name === null ? undefined : this.cluster.nodesByName.get(name)
  }
}

function isAddress(text: string): boolean {
  return parseIp(text) !== undefined
}

/** A host name that stands for an address in a text capture. */
function unnamed(name: string): Identity {
  return {
    ip: name,
    kind: 'unknown',
    name,
    node: null,
    basis: 'a host name; tcpdump -n prints addresses',
    source: null,
  }
}

const MAX_INSTALLED = 50_000

function queryKey(query: PacketQuery): string {
  const { source, destination, protocol, node, outInterface, isReply, icmpType, dnat } = query
  const flags = `${isReply === true ? 'r' : ''}${dnat === true ? 'd' : ''}`
  return `${source}|${destination}|${protocol}|${node ?? ''}|${outInterface ?? ''}|${flags}|${icmpType ?? ''}`
}

function isOnPodNetwork({ hostNetwork, phase }: Pod): boolean {
  return !hostNetwork && (phase === 'Running' || phase === '')
}

function indexServices(
  services: readonly Service[],
  addressesOf: (service: Service) => readonly IpText[],
): Map<IpText, Service[]> {
  const index = new Map<IpText, Service[]>()
  for (const service of services) {
    for (const ip of new Set(addressesOf(service))) index.set(ip, [...(index.get(ip) ?? []), service])
  }
  return index
}
