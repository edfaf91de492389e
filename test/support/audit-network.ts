import { cidrContains, parseCidr } from '../../src/core/cidr.ts'
import {
  BACKEND_PORT,
  ciliumHostIp,
  clusterIp,
  type Fault,
  HAIRPIN_SOURCE,
  type Journey,
  type Look,
  nodeIp,
  nodePort,
  OUTSIDE_HOSTS,
  type OutsideHost,
  type Party,
  podIp,
  ROUTERS,
  type World,
} from './audit-world.ts'

const holds = (cidrs: readonly string[], ip: string): boolean =>
  cidrs.some((text) => {
    const cidr = parseCidr(text)
    return cidr !== undefined && cidrContains(cidr, ip)
  })

/** The address a pod's packet leaves its node with, by `cilium-masquerade.md` §2.3 and §4.2; `null` keeps its own. */
function translated(world: World, node: number, destination: string, toNode: boolean): string | null {
  if (world.engine === 'off') return null
  if (toNode && world.routing === 'native') return null
  if (world.engine === 'bpf' && world.agent !== null && holds(world.agent, destination)) return null
  return nodeIp(node)
}

/** Paths of a connection from one party to another; `null` where the world has no such connection. */
export function journeyOf(world: World, from: Party, to: Party, fault: Fault | null = null): Journey | null {
  const travel = new Travel(world, fault)
  switch (from.kind) {
    case 'pod':
      return travel.fromPod(from, to)
    case 'node':
      return travel.fromNode(from.node, to)
    case 'outside':
      return travel.fromOutside(from.host, to)
    default:
      return null
  }
}

type PodAt = { readonly node: number; readonly pod: number }

class Travel {
  readonly #world: World
  readonly #fault: Fault | null
  /** TTL that a pod's packet leaves its node with: legacy routing takes one more. */
  readonly #leaving: number

  constructor(world: World, fault: Fault | null) {
    this.#world = world
    this.#fault = fault
    this.#leaving = world.hostRouting === 'bpf' ? 63 : 62
  }

  fromPod(pod: PodAt, to: Party): Journey | null {
    if (to.kind === 'outside') return this.#podToOutside(pod, to.host)
    if (to.kind === 'node') return to.node === pod.node ? this.#podToOwnNode(pod) : this.#podToNode(pod, to.node)
    if (to.kind === 'node-port') return null
    const called = to.kind === 'cluster-ip' ? clusterIp(to.node, to.pod) : podIp(to.node, to.pod)
    if (to.node === pod.node && to.pod === pod.pod) return to.kind === 'pod' ? null : this.#hairpin(pod, called)
    return to.node === pod.node ? this.#podToLocalPod(pod, to, called) : this.#podToRemotePod(pod, to, called)
  }

  fromNode(node: number, to: Party): Journey | null {
    if (to.kind === 'outside') {
      const ip = OUTSIDE_HOSTS[to.host]
      return this.#pair(nodeIp(node), ip, [
        ['eth0', node, 'out', 64],
        ['outside', to.host, 'in', 64 - ROUTERS[to.host]],
      ])
    }
    if (to.kind === 'node' && to.node !== node)
      return this.#pair(nodeIp(node), nodeIp(to.node), [
        ['eth0', node, 'out', 64],
        ['eth0', to.node, 'in', 64],
      ])
    if (to.kind !== 'pod') return null
    return to.node === node ? this.#nodeToLocalPod(node, to) : this.#nodeToRemotePod(node, to)
  }

  fromOutside(host: OutsideHost, to: Party): Journey | null {
    if (to.kind === 'node')
      return this.#pair(OUTSIDE_HOSTS[host], nodeIp(to.node), [
        ['outside', host, 'out', 64],
        ['eth0', to.node, 'in', 64 - ROUTERS[host]],
      ])
    if (to.kind === 'pod') return this.#outsideToPod(host, to)
    return to.kind === 'node-port' ? this.#outsideToNodePort(host, to) : null
  }

  #podToOutside(pod: PodAt, host: OutsideHost): Journey {
    const own = podIp(pod.node, pod.pod)
    const server = OUTSIDE_HOSTS[host]
    const source = this.#faultySource(pod.node, translated(this.#world, pod.node, server, false)) ?? own
    const hops = ROUTERS[host]
    return {
      forward: [
        ...this.#podSends(pod, own, server),
        look(`eth0 ${pod.node}`, 'out', source, server, this.#leaving),
        look(`outside ${host}`, 'in', source, server, this.#leaving - hops),
      ],
      reverse: [
        back(`outside ${host}`, 'out', server, source, 64),
        back(`eth0 ${pod.node}`, 'in', server, source, 64 - hops),
        ...this.#podReceives(pod, server, own, 63 - hops).map(asReply),
      ],
    }
  }

  /** The source of a pod's outward packet where its node is at fault. */
  #faultySource(node: number, right: string | null): string | null {
    switch (this.#fault) {
      case 'MASQUERADE_MISSING':
        return null
      case 'MASQUERADE_WRONG_ADDRESS':
        return nodeIp(node === 1 ? 2 : 1)
      case 'CILIUM_HOST_LEAKED':
        return ciliumHostIp(node)
      default:
        return right
    }
  }

  #podToNode(pod: PodAt, node: number): Journey {
    const own = podIp(pod.node, pod.pod)
    const server = nodeIp(node)
    const wrong = this.#fault === 'MASQUERADE_UNEXPECTED' ? nodeIp(pod.node) : null
    const source = wrong ?? translated(this.#world, pod.node, server, true) ?? own
    // In tunnel routing a node reaches pod addresses through the tunnel, also for answers.
    const isTunnelled = source === own && this.#world.routing === 'tunnel'
    return {
      forward: [
        ...this.#podSends(pod, own, server),
        look(`eth0 ${pod.node}`, 'out', source, server, this.#leaving),
        look(`eth0 ${node}`, 'in', source, server, this.#leaving),
      ],
      reverse: [
        ...(isTunnelled
          ? this.#tunnel(node, pod.node, server, source, 64).map(asReply)
          : [back(`eth0 ${node}`, 'out', server, source, 64), back(`eth0 ${pod.node}`, 'in', server, source, 64)]),
        ...this.#podReceives(pod, server, own, 63).map(asReply),
      ],
    }
  }

  #podToOwnNode(pod: PodAt): Journey {
    const own = podIp(pod.node, pod.pod)
    const server = nodeIp(pod.node)
    return {
      forward: this.#podSends(pod, own, server),
      reverse: this.#podReceives(pod, server, own, this.#fromHost).map(asReply),
    }
  }

  #podToLocalPod(pod: PodAt, to: PodAt, called: string): Journey {
    const [own, other] = [podIp(pod.node, pod.pod), podIp(to.node, to.pod)]
    return {
      forward: [...this.#podSends(pod, own, called), ...this.#podReceives(to, own, other, 63)],
      reverse: [
        ...this.#podSends(to, other, own).map(asReply),
        ...this.#podReceives(pod, called, own, 63).map(asReply),
      ],
    }
  }

  #hairpin(pod: PodAt, called: string): Journey | null {
    if (this.#world.kubeProxy) return null
    const own = podIp(pod.node, pod.pod)
    return {
      forward: [...this.#podSends(pod, own, called), ...this.#podReceives(pod, HAIRPIN_SOURCE, own, 63)],
      reverse: [
        ...this.#podSends(pod, own, HAIRPIN_SOURCE).map(asReply),
        ...this.#podReceives(pod, called, own, 63).map(asReply),
      ],
    }
  }

  #podToRemotePod(pod: PodAt, to: PodAt, called: string): Journey {
    const [own, other] = [podIp(pod.node, pod.pod), podIp(to.node, to.pod)]
    const source = this.#fault === 'MASQUERADE_UNEXPECTED' ? nodeIp(pod.node) : own
    return {
      forward: [
        ...this.#podSends(pod, own, called),
        ...this.#between(pod.node, to.node, source, other, this.#leaving),
        ...this.#podReceives(to, source, other, this.#leaving - 1),
      ],
      reverse: [
        ...this.#podSends(to, other, source).map(asReply),
        ...this.#between(to.node, pod.node, other, source, this.#leaving).map(asReply),
        ...this.#podReceives(pod, called, own, this.#leaving - 1).map(asReply),
      ],
    }
  }

  #nodeToLocalPod(node: number, to: PodAt): Journey {
    const own = this.#world.endpointRoutes ? nodeIp(node) : ciliumHostIp(node)
    const pod = podIp(to.node, to.pod)
    return {
      forward: this.#podReceives(to, own, pod, this.#fromHost, true),
      reverse: this.#podSends(to, pod, own).map(asReply),
    }
  }

  #nodeToRemotePod(node: number, to: PodAt): Journey {
    const own = this.#world.routing === 'tunnel' ? ciliumHostIp(node) : nodeIp(node)
    const pod = podIp(to.node, to.pod)
    return {
      forward: [...this.#between(node, to.node, own, pod, 64), ...this.#podReceives(to, own, pod, 63)],
      reverse: [
        ...this.#podSends(to, pod, own).map(asReply),
        ...this.#between(to.node, node, pod, own, this.#leaving).map(asReply),
      ],
    }
  }

  #outsideToPod(host: OutsideHost, to: PodAt): Journey | null {
    if (this.#world.routing === 'tunnel') return null
    const client = OUTSIDE_HOSTS[host]
    const pod = podIp(to.node, to.pod)
    const seen = this.#fault === 'NODE_SNAT_UNEXPECTED' ? ciliumHostIp(to.node) : client
    const hops = ROUTERS[host]
    return {
      forward: [
        look(`outside ${host}`, 'out', client, pod, 64),
        look(`eth0 ${to.node}`, 'in', client, pod, 64 - hops),
        ...this.#podReceives(to, seen, pod, 63 - hops),
      ],
      reverse: [
        ...this.#podSends(to, pod, seen).map(asReply),
        back(`eth0 ${to.node}`, 'out', pod, client, this.#leaving),
        back(`outside ${host}`, 'in', pod, client, this.#leaving - hops),
      ],
    }
  }

  #outsideToNodePort(host: OutsideHost, to: PodAt & { readonly at: number }): Journey | null {
    const world = this.#world
    const client = OUTSIDE_HOSTS[host]
    const pod = podIp(to.node, to.pod)
    const called = nodeIp(to.at)
    const port = nodePort(to.node, to.pod)
    const hops = ROUTERS[host]
    const isLocal = to.at === to.node
    const isDirect = world.dsr && !isLocal
    if (isDirect && (world.routing === 'tunnel' || world.kubeProxy)) return null
    const keepsClient = isDirect || (isLocal && !world.kubeProxy)
    const viaCiliumHost = isLocal || world.routing === 'tunnel'
    const source = keepsClient ? client : viaCiliumHost ? ciliumHostIp(to.at) : nodeIp(to.at)
    // BPF balancing takes a port of its NAT range; kube-proxy keeps the client's.
    const sourcePort = keepsClient || world.kubeProxy ? 'client' : 50_000 + to.node
    const inward = { srcPort: sourcePort, dstPort: BACKEND_PORT } as const
    const answer = { srcPort: BACKEND_PORT, dstPort: sourcePort } as const
    const request = [
      { ...look(`outside ${host}`, 'out', client, called, 64), dstPort: port },
      { ...look(`eth0 ${to.at}`, 'in', client, called, 64 - hops), dstPort: port },
      ...(isLocal ? [] : this.#between(to.at, to.node, source, pod, 63 - hops).map((one) => ({ ...one, ...inward }))),
      ...this.#podReceives(to, source, pod, 62 - hops).map((one) => ({ ...one, ...inward })),
    ]
    const home = isDirect ? to.node : to.at
    const reply = [
      ...this.#podSends(to, pod, source).map((one) => ({ ...one, ...answer })),
      ...(isLocal || isDirect
        ? []
        : this.#between(to.node, to.at, pod, source, this.#leaving).map((one) => ({ ...one, ...answer }))),
      { ...back(`eth0 ${home}`, 'out', called, client, this.#leaving - (isLocal || isDirect ? 0 : 1)), srcPort: port },
      { ...back(`outside ${host}`, 'in', called, client, this.#leaving - hops - 1), srcPort: port },
    ]
    return { forward: request, reverse: reply }
  }

  /** Between two nodes, natively or inside the tunnel. */
  #between(a: number, b: number, src: string, dst: string, ttl: number): Look[] {
    if (this.#world.routing === 'tunnel') return this.#tunnel(a, b, src, dst, ttl)
    return [look(`eth0 ${a}`, 'out', src, dst, ttl), look(`eth0 ${b}`, 'in', src, dst, ttl)]
  }

  #tunnel(a: number, b: number, src: string, dst: string, ttl: number): Look[] {
    const outer = [nodeIp(a), nodeIp(b)] as const
    return [
      look(`cilium_vxlan ${a}`, 'out', src, dst, ttl),
      { ...look(`eth0 ${a}`, 'out', src, dst, ttl), outer },
      { ...look(`eth0 ${b}`, 'in', src, dst, ttl), outer },
      look(`cilium_vxlan ${b}`, 'in', src, dst, ttl),
    ]
  }

  #podSends({ node, pod }: PodAt, src: string, dst: string): Look[] {
    return [look(`pod ${node}/${pod}`, 'out', src, dst, 64), look(`lxc ${node}/${pod}`, 'in', src, dst, 64)]
  }

  #podReceives({ node, pod }: PodAt, src: string, dst: string, ttl: number, fromStack = false): Look[] {
    const passesLxc = fromStack || this.#world.hostRouting === 'legacy'
    const lxc = passesLxc ? [look(`lxc ${node}/${pod}`, 'out', src, dst, ttl)] : []
    return [...lxc, look(`pod ${node}/${pod}`, 'in', src, dst, ttl)]
  }

  // Cilium's local delivery takes one off the TTL of the host's packets too (bpf/lib/l3.h ipv4_local_delivery()); with
  // endpoint routes the kernel hands them to the pod's link itself.
  get #fromHost(): number {
    return this.#world.endpointRoutes ? 64 : 63
  }

  /** A connection that looks the same at all its places. */
  #pair(
    client: string,
    server: string,
    places: readonly (readonly [string, number | string, 'in' | 'out', number])[],
  ): Journey {
    const forward = places.map(([device, where, way, ttl]) => look(`${device} ${where}`, way, client, server, ttl))
    const reverse = [...forward]
      .reverse()
      .map(({ place, way, ttl }) => back(place, way === 'in' ? 'out' : 'in', server, client, ttl))
    return { forward, reverse }
  }
}

function look(place: string, way: 'in' | 'out', src: string, dst: string, ttl: number): Look {
  return { place, way, src, srcPort: 'client', dst, dstPort: 'server', ttl }
}

function back(place: string, way: 'in' | 'out', src: string, dst: string, ttl: number): Look {
  return asReply(look(place, way, src, dst, ttl))
}

function asReply(one: Look): Look {
  return { ...one, srcPort: 'server', dstPort: 'client' }
}
