import type { Settings } from '../cluster/settings.ts'
import type { ClusterNode, NodeDevice } from '../cluster/snapshot.ts'
import { type IpFamily, ipFamily } from '../core/ip.ts'
import { deviceMatches, mayBeDetected } from './device-pattern.ts'

export type DeviceAddress = NodeDevice['addresses'][number]

/** Addresses of one family that can be somebody's source: neither loopback nor link-local. */
export function usableAddresses(device: NodeDevice, family: IpFamily): DeviceAddress[] {
  return device.addresses.filter(
    (address) =>
      ipFamily(address.ip) === family &&
      address.scope !== 'host' &&
      address.scope !== 'link' &&
      !isLinkLocal(address.ip),
  )
}

function isLinkLocal(ip: string): boolean {
  return ip.startsWith('169.254.') || ip.startsWith('127.') || /^fe[89ab]/.test(ip)
}

/**
 * Devices of a node as `ip addr` shows them, else as the status line `KubeProxyReplacement` lists them; `null` where
 * neither was given.
 */
export function knownDevices(node: ClusterNode): ReadonlyMap<string, NodeDevice> | null {
  if (node.devices !== null && node.devices.size > 0) return node.devices
  const status = node.status
  if (status === null || status.devices.length === 0) return null
  return new Map(
    status.devices.map((device) => [
      device.name,
      {
        name: device.name,
        ifindex: null,
        mtu: null,
        addresses: device.addresses.map((ip) => ({ ip, prefix: 0, scope: 'unknown' as const, secondary: false })),
        source: status.source,
      },
    ]),
  )
}

/** Devices that lead out of the node and carry an address of the family. */
export function nativeDevices(node: ClusterNode, family: IpFamily): NodeDevice[] {
  const devices = knownDevices(node)
  if (devices === null) return []
  return [...devices.values()].filter(
    (device) => mayBeDetected(device.name) && usableAddresses(device, family).length > 0,
  )
}

/** The devices on which the masquerade program runs. */
export interface CoveredDevices {
  /** Names and `prefix+` patterns; empty where Cilium detects them and nothing says which it found. */
  readonly patterns: readonly string[]
  readonly basis: string
  covers(name: string): boolean
}

/**
 * Which devices BPF masquerading runs on: the `devices` setting, else what `cilium status` of the node lists, else
 * whatever detection can pick.
 */
export function coveredDevices(settings: Settings, node: ClusterNode | null): CoveredDevices {
  const configured = settings.devices.value
  if (configured.length > 0) return matching(configured, `devices ${configured.join(' ')}`)
  const reported = node?.status?.masquerading?.devices ?? []
  if (reported.length > 0) return matching(reported, `cilium status: ${reported.join(', ')}`)
  return { patterns: [], basis: 'devices detected by Cilium', covers: mayBeDetected }
}

function matching(patterns: readonly string[], basis: string): CoveredDevices {
  return { patterns, basis, covers: (name) => patterns.some((pattern) => deviceMatches(pattern, name)) }
}
