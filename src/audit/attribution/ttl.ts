import type { ClusterNode } from '../../cluster/snapshot.ts'
import { cidrContains, makeCidr } from '../../core/cidr.ts'
import { IpProtocol } from '../../core/protocol.ts'
import type { Flow } from '../../flow/flow.ts'
import type { AuditContext } from '../context.ts'
import { sideOfDevice } from '../device-side.ts'
import { hopDistance } from '../hop-distance.ts'
import { isPodLike, isSameNode } from '../identity.ts'
import type { Sighting } from '../sighting.ts'
import type { CapturePoint } from '../verdict.ts'
import type { Vote } from './vote.ts'

/**
 * How far packets of each node have come, by capture: what is sent by the node itself has passed fewer routers than
 * what it forwarded for a pod, by the one or two hops of the node's own routing.
 *
 * @see cilium-masquerade reference §9.1
 */
export class HopBaselines {
  readonly #byCaptureAndNode = new Map<string, Baseline>()
  readonly #context: AuditContext

  constructor(sightings: readonly Sighting[], context: AuditContext) {
    this.#context = context
    const tunnelPort = context.cluster.settings.tunnelPort.value
    for (const { flow, source, destination } of sightings) {
      if (flow.tunnel !== null) continue
      if (source.kind === 'node') {
        this.#note(flow, source.ip, hopDistance(flow.forward.minTtl), isCarrier(flow, tunnelPort))
      }
      if (destination.kind === 'node') this.#note(flow, destination.ip, hopDistance(flow.reverse.minTtl), false)
    }
  }

  #note(flow: Flow, ip: string, hops: number | null, knownHost: boolean): void {
    if (hops === null) return
    const key = `${flow.capture}|${ip}`
    let baseline = this.#byCaptureAndNode.get(key)
    if (baseline === undefined) {
      baseline = { least: hops, most: hops, host: null }
      this.#byCaptureAndNode.set(key, baseline)
    }
    baseline.least = Math.min(baseline.least, hops)
    baseline.most = Math.max(baseline.most, hops)
    if (knownHost) baseline.host = Math.min(baseline.host ?? hops, hops)
  }

  /** @returns `null` without TTLs, and where nothing shows what distance the node's own packets have. */
  vote(sighting: Sighting): Vote | null {
    const { flow, source, point } = sighting
    const hops = hopDistance(flow.forward.minTtl)
    if (hops === null) return null
    const ttl = flow.forward.minTtl
    if (hops === 0) return says('host', `TTL ${ttl} is an initial value: nothing forwarded this packet`, 'high')
    if (hops <= this.#deliveryHops(sighting)) return null
    if (source.node !== null && source.node === nodeOf(point, this.#context)) {
      return says('pod', `TTL ${ttl} on ${source.node} itself: the node forwarded this packet`, 'high')
    }
    // Past its native device the capturing node has forwarded the packet itself.
    if ((hopDistance(flow.forward.maxTtl) ?? 0) > 0 && this.#isNextToNode(sighting)) {
      return says(
        'pod',
        `TTL ${ttl} with no router between ${source.node} and this point: ${source.node} forwarded this packet`,
        'medium',
      )
    }
    const baseline = this.#byCaptureAndNode.get(`${flow.capture}|${flow.source.ip}`)
    if (baseline === undefined) return null
    const own = baseline.host ?? (baseline.most > baseline.least ? baseline.least : null)
    if (own === null) return null
    if (hops > own) {
      return says(
        'pod',
        `TTL ${ttl}: ${hops - own} more hop${hops - own === 1 ? '' : 's'} than the node's own packets in this capture`,
        'medium',
      )
    }
    return says('host', `TTL ${ttl}: as near as the node's own packets get in this capture`, 'medium')
  }

  /**
   * Routers that packets of the host itself seem to have passed where they reach a pod of the same node: Cilium's local
   * delivery takes one off their TTL too; with endpoint routes the kernel hands them over as they are.
   *
   * @see cilium/cilium@v1.17 bpf/lib/l3.h ipv4_local_delivery(), ipv4_l3()
   */
  #deliveryHops({ source, destination }: Sighting): number {
    if (!isPodLike(destination) || !isSameNode(source, destination)) return 0
    return this.#context.cluster.settingsFor(source.node).enableEndpointRoutes.value ? 0 : 1
  }

  /** Whether the node's packets reach the point without a router: nodes that route to each other directly share a link. */
  #isNextToNode({ flow, source, point }: Sighting): boolean {
    const node = this.#context.node(source.node)
    if (node === undefined) return false
    const { routingMode, autoDirectNodeRoutes } = this.#context.cluster.settingsFor(node.name)
    if (point.kind === 'node' && routingMode.value === 'native' && autoDirectNodeRoutes.value) {
      const { name, interface: device } = point
      return name !== null && device !== null && sideOfDevice(device) === 'after'
    }
    return point.kind === 'external' && isOnLink(node, flow)
  }
}

/** The destination is in the network of the device that carries the source address. */
function isOnLink(node: ClusterNode, { source, destination }: Flow): boolean {
  for (const device of node.devices?.values() ?? []) {
    const own = device.addresses.find(({ ip }) => ip === source.ip)
    if (own !== undefined && cidrContains(makeCidr(own.ip, own.prefix), destination.ip)) return true
  }
  return false
}

/** The node whose packets reach the point without another router between. */
function nodeOf({ kind, name }: CapturePoint, context: AuditContext): string | null {
  if (kind === 'node') return name
  return kind === 'pod' ? context.podNode(name) : null
}

interface Baseline {
  least: number
  most: number
  /** Distance of packets that only the node itself sends: tunnel carriers. */
  host: number | null
}

/** Tunnel and WireGuard packets between nodes, sent by the node itself. */
export function isCarrier(flow: Flow, tunnelPort: number): boolean {
  if (flow.protocol !== IpProtocol.Udp) return flow.protocol === IpProtocol.Esp
  const port = flow.destination.port
  return port === tunnelPort || port === WIREGUARD_PORT || port === VXLAN_PORT || port === GENEVE_PORT
}

// cilium/cilium@v1.17 pkg/wireguard/types/types.go ListenPort; pkg/defaults TunnelPortVXLAN, TunnelPortGeneve.
const WIREGUARD_PORT = 51871
const VXLAN_PORT = 8472
const GENEVE_PORT = 6081

function says(side: Vote['says'], detail: string, confidence: 'high' | 'medium'): Vote {
  return { says: side, evidence: { kind: 'ttl', detail, confidence } }
}
