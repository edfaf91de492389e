import type { ClusterNode, NodeDevice } from '../../cluster/snapshot.ts'
import { compareIp, type IpFamily, type IpText } from '../../core/ip.ts'
import { atLeast, type CiliumVersion } from '../cilium-version.ts'
import { deviceMatches } from '../device-pattern.ts'
import type { PacketFacts } from '../facts.ts'
import { anyListedAddress, type ChosenAddress, chosen, listedAddresses } from '../node-address.ts'
import { coveredDevices, type DeviceAddress, knownDevices, usableAddresses } from '../node-devices.ts'
import { isPublicAddress } from '../public-address.ts'

const SCOPE_ORDER = { global: 0, unknown: 0, site: 200, link: 253, host: 254 } as const

/**
 * The masquerade address of BPF mode: the primary address of the output device (docs/masquerade.md, "Masquerade address").
 *
 * Where the device is not known, or the node's `ip addr` was not given, every address that may be meant.
 */
export function bpfMasqueradeAddress(facts: PacketFacts): ChosenAddress {
  const node = facts.node
  const devices = node === null ? null : knownDevices(node)
  if (node === null || devices === null) return anyListedAddress(node, facts.family)
  const fixed = facts.settings.deriveMasqueradeIpAddrFromDevice.value
  const name = fixed ?? facts.device.name
  const device = name === null ? undefined : devices.get(name)
  if (device !== undefined) return onDevice(node, device, facts, fixed !== null)
  if (name !== null) return anyListedAddress(node, facts.family)
  return onAnyDevice(node, devices, facts)
}

function onDevice(node: ClusterNode, device: NodeDevice, facts: PacketFacts, fixed: boolean): ChosenAddress {
  const best = primaryAddress(node, device, facts.family, facts.version)
  const why = fixed ? ' (derive-masquerade-ip-addr-from-device)' : ''
  if (best === undefined) return fallbackAddress(node, device, facts)
  return chosen(best, `primary address of ${device.name} on ${node.name}${why}`, {
    otherwise: preferredByOtherReleases(node, device, facts, best),
  })
}

function onAnyDevice(node: ClusterNode, devices: ReadonlyMap<string, NodeDevice>, facts: PacketFacts): ChosenAddress {
  const covered = coveredDevices(facts.settings, node)
  const primaries = [...devices.values()]
    .filter((device) => covered.covers(device.name))
    .flatMap((device) => primaryAddress(node, device, facts.family, facts.version) ?? [])
  const addresses = [...new Set(primaries)]
  if (addresses.length === 0) return anyListedAddress(node, facts.family)
  return {
    address: addresses.length === 1 ? (addresses[0] ?? null) : null,
    addresses,
    basis: `primary address of the device it leaves by on ${node.name}`,
    assumptions: addresses.length === 1 ? [] : ['output device not known: the primary address of each is accepted'],
    otherwise: [],
  }
}

/**
 * The primary address of a device: not secondary, lowest scope, public before private, the node's own address first
 * within its class since 1.16, then the numerically lowest. `undefined` where it has none of the family.
 *
 * @see cilium/cilium pkg/datapath/tables/node_address.go, as described in docs/masquerade.md, "Masquerade address"
 */
export function primaryAddress(
  node: ClusterNode,
  device: NodeDevice,
  family: IpFamily,
  version: CiliumVersion,
): IpText | undefined {
  const nodeFirst = atLeast(version, 1, 16)
  const known = primaries.get(device) ?? new Map<string, IpText | undefined>()
  primaries.set(device, known)
  const key = `${family}/${nodeFirst}`
  if (!known.has(key)) known.set(key, choosePrimary(node, device, family, nodeFirst))
  return known.get(key)
}

// A device belongs to one node of one snapshot, and every packet by it asks the same.
const primaries = new WeakMap<NodeDevice, Map<string, IpText | undefined>>()

function choosePrimary(
  node: ClusterNode,
  device: NodeDevice,
  family: IpFamily,
  nodeFirst: boolean,
): IpText | undefined {
  const listed = new Set(listedAddresses(node, family).slice(0, 1))
  const rank = (address: DeviceAddress): number[] => [
    address.secondary ? 1 : 0,
    SCOPE_ORDER[address.scope],
    isPublicAddress(address.ip) ? 0 : 1,
    nodeFirst && listed.has(address.ip) ? 0 : 1,
  ]
  const sorted = usableAddresses(device, family).sort((a, b) => compareRanks(rank(a), rank(b)) || compareIp(a.ip, b.ip))
  return (sorted.find((address) => isPublicAddress(address.ip)) ?? sorted[0])?.ip
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** Between 1.16 and the fix of issue 41866 the node's address was preferred even over a public one. */
function preferredByOtherReleases(
  node: ClusterNode,
  device: NodeDevice,
  facts: PacketFacts,
  best: IpText,
): ChosenAddress['otherwise'] {
  if (!atLeast(facts.version, 1, 16)) return []
  const own = listedAddresses(node, facts.family)[0]
  if (own === undefined || own === best || !device.addresses.some((address) => address.ip === own)) return []
  return [{ address: own, when: 'a release between 1.16 and the fix of cilium issue 41866, which prefers the node IP' }]
}

/** A device without an address of the family: the best one of all selected devices, public ones first. */
function fallbackAddress(node: ClusterNode, device: NodeDevice, facts: PacketFacts): ChosenAddress {
  const covered = coveredDevices(facts.settings, node)
  const pool = [...(knownDevices(node)?.values() ?? [])]
    .filter((other) => covered.covers(other.name) || deviceMatches(device.name, other.name))
    .flatMap((other) =>
      usableAddresses(other, facts.family).map((address) => ({ address, ifindex: other.ifindex ?? 0 })),
    )
    .sort(
      (a, b) =>
        compareRanks(
          [isPublicAddress(a.address.ip) ? 0 : 1, SCOPE_ORDER[a.address.scope], a.ifindex],
          [isPublicAddress(b.address.ip) ? 0 : 1, SCOPE_ORDER[b.address.scope], b.ifindex],
        ) || compareIp(a.address.ip, b.address.ip),
    )
  const best = pool[0]
  if (best === undefined) return anyListedAddress(node, facts.family)
  return chosen(best.address.ip, `${device.name} has no usable address, so the best of all devices of ${node.name}`)
}
