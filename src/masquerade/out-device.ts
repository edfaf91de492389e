import type { Settings } from '../cluster/settings.ts'
import type { ClusterNode, NodeRoute } from '../cluster/snapshot.ts'
import { cidrContains } from '../core/cidr.ts'
import { type IpFamily, type IpText, ipFamily } from '../core/ip.ts'
import type { PacketQuery } from './decision.ts'
import { deviceMatches } from './device-pattern.ts'
import type { Place } from './endpoints.ts'
import { nativeDevices } from './node-devices.ts'

/** How the cluster routes; `null` where nothing says. */
export type Routing = 'native' | 'tunnel' | 'hybrid' | null

/** The device a packet leaves by, as far as it is known. */
export interface OutDevice {
  /** `null` where it leads out of the node and nothing says which it is. */
  readonly name: string | null
  /** How that is known: `given`, `route 10.0.0.0/8`, `only device`, … */
  readonly basis: string
  /** Devices it may be, where `name` is `null` and `ip addr` of the node was given. */
  readonly candidates: readonly string[]
  /** Address of the next hop, where a route says so; `null` when the destination is on the link or nothing is known. */
  readonly nextHop: IpText | null
}

/**
 * Tells the device a packet leaves by: as asked, else by how Cilium delivers inside the cluster, else by the node's main
 * routing table, else the only device that leads out.
 */
export function resolveOutDevice(
  query: PacketQuery,
  node: ClusterNode | null,
  place: Place,
  settings: Settings,
  routing: Routing,
): OutDevice {
  const family = ipFamily(query.destination)
  const route = node === null ? undefined : bestRoute(node.routes ?? [], query.destination, query.outInterface ?? null)
  const nextHop = route?.via ?? null
  if (query.outInterface) return { name: query.outInterface, basis: 'given', candidates: [], nextHop }
  const inside = clusterDevice(place, settings, routing)
  if (inside !== null) return { name: inside, basis: 'delivery inside the cluster', candidates: [], nextHop: null }
  if (route?.device) {
    const prefix = route.destination?.text ?? 'default'
    return { name: route.device, basis: `route ${prefix} of ${node?.name}`, candidates: [], nextHop }
  }
  return singleDevice(node, family)
}

function singleDevice(node: ClusterNode | null, family: IpFamily): OutDevice {
  const candidates = node === null ? [] : nativeDevices(node, family).map((device) => device.name)
  const only = candidates.length === 1 ? (candidates[0] ?? null) : null
  const basis = only === null ? 'not known' : `only device of ${node?.name} that leads out`
  return { name: only, basis, candidates: only === null ? candidates : [], nextHop: null }
}

/** Where the node's stack delivers packets that stay in the cluster (docs/masquerade.md, "Rules of CILIUM_POST_nat"). */
function clusterDevice(place: Place, settings: Settings, routing: Routing): string | null {
  if (place === 'own-node') return 'lo'
  if (place === 'local-endpoint') return localDeliveryDevice(settings)
  return routing === 'tunnel' && (place === 'remote-endpoint' || place === 'remote-cilium-host') ? 'cilium_host' : null
}

/** The interface pattern of the loopback and hairpin rules: `lxc+` with endpoint routes, else `cilium_host`. */
export function localDeliveryDevice(settings: Settings): 'lxc+' | 'cilium_host' {
  const routed = settings.enableEndpointRoutes.value || ['eni', 'alibabacloud'].includes(settings.ipam.value)
  return routed ? 'lxc+' : 'cilium_host'
}

/** Longest-prefix match in the main table; with a device given only among its routes. */
function bestRoute(routes: readonly NodeRoute[], destination: IpText, device: string | null): NodeRoute | undefined {
  const family = ipFamily(destination)
  let best: NodeRoute | undefined
  for (const route of routes) {
    if (device !== null && route.device !== device) continue
    if (!routeHolds(route, destination, family)) continue
    if (best === undefined || (route.destination?.prefix ?? 0) > (best.destination?.prefix ?? 0)) best = route
  }
  return best
}

function routeHolds(route: NodeRoute, destination: IpText, family: IpFamily): boolean {
  if (route.destination !== null) return cidrContains(route.destination, destination)
  const gateway = route.via ?? route.src
  return gateway === null ? family === 4 : ipFamily(gateway) === family
}

/** Whether the packet leaves by a device of that pattern; `null` where the device is not known. */
export function leavesBy(device: OutDevice, pattern: string): boolean | null {
  if (device.name !== null) return deviceMatches(pattern, device.name)
  if (pattern.startsWith('cilium_') || pattern.startsWith('lxc')) return false
  if (device.candidates.length === 0) return null
  const hits = device.candidates.filter((name) => deviceMatches(pattern, name)).length
  if (hits === 0) return false
  return hits === device.candidates.length ? true : null
}

/** The device in words. */
export function describeDevice(device: OutDevice): string {
  if (device.name !== null) return device.basis === 'given' ? device.name : `${device.name} (${device.basis})`
  return device.candidates.length > 0 ? `one of ${device.candidates.join(', ')}` : 'a device that is not known'
}
