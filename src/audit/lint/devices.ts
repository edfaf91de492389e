import type { ClusterNode, ClusterSnapshot, NodeRoute } from '../../cluster/snapshot.ts'
import { primaryAddress } from '../../masquerade/bpf/masquerade-address.ts'
import { parseCiliumVersion } from '../../masquerade/cilium-version.ts'
import { deviceMatches, isTunnelDevice } from '../../masquerade/device-pattern.ts'
import { coveredDevices, nativeDevices, usableAddresses } from '../../masquerade/node-devices.ts'
import { isPublicAddress } from '../../masquerade/public-address.ts'
import { type Hit, type LintCheck, listing } from './check.ts'
import { FAMILIES, masquerades, masqueradesAny, ownNodes, wantsBpf, wantsIptables } from './in-force.ts'

/** Devices and addresses that masquerading depends on. */
export const DEVICES: readonly LintCheck[] = [
  {
    code: 'default-route-not-covered',
    severity: 'error',
    title: 'the device of the default route is not among the devices that masquerade',
    consequence: 'What pods send to the internet leaves with pod addresses, and no iptables rule steps in.',
    remedy: 'Add the device to "devices".',
    find(cluster) {
      if (!wantsBpf(cluster.settings) || !masqueradesAny(cluster.settings)) return []
      return ownNodes(cluster).flatMap((node) => uncovered(cluster, node, isDefault))
    },
  },
  {
    code: 'device-not-covered',
    severity: 'warning',
    title: 'a device with routes is not among the devices that masquerade',
    consequence: 'What pods send over it leaves with pod addresses.',
    remedy: 'Add the device to "devices" if pods use it.',
    find(cluster) {
      if (!wantsBpf(cluster.settings) || !masqueradesAny(cluster.settings)) return []
      return ownNodes(cluster).flatMap((node) => uncovered(cluster, node, (route) => !isDefault(route)))
    },
  },
  {
    code: 'interface-on-no-node',
    severity: 'warning',
    title: 'an interface is named that no node has',
    consequence: 'Nothing is masqueraded by that name.',
    remedy: 'Correct the name; "ip addr" of the nodes has theirs.',
    find(cluster) {
      const { settings } = cluster
      const nodes = ownNodes(cluster).filter(({ devices }) => devices !== null)
      if (nodes.length === 0 || !masqueradesAny(settings)) return []
      const setting = wantsIptables(settings) ? settings.egressMasqueradeInterfaces : settings.devices
      const key = wantsIptables(settings) ? 'egress-masquerade-interfaces' : 'devices'
      const names = nodes.flatMap(({ devices }) => [...(devices?.keys() ?? [])])
      return setting.value
        .filter((pattern) => !names.some((name) => deviceMatches(pattern, name)))
        .map((pattern): Hit => {
          const have = listing([...new Set(names.filter((name) => !/^(?:lo|lxc|cilium_)/.test(name)))])
          const found = `${key} names ${pattern}, and the nodes have ${have}`
          return {
            found,
            subject: pattern,
            sources: [setting.source, [...(nodes[0]?.devices?.values() ?? [])][0]?.source],
          }
        })
    },
  },
  {
    code: 'interface-not-on-node',
    severity: 'warning',
    title: 'some nodes have none of the interfaces that masquerade',
    consequence: 'Pods on those nodes reach the network with their addresses.',
    remedy: 'Name the interfaces of every node, or use a prefix such as "eth+".',
    find(cluster) {
      const { settings } = cluster
      const setting = wantsIptables(settings) ? settings.egressMasqueradeInterfaces : settings.devices
      const key = wantsIptables(settings) ? 'egress-masquerade-interfaces' : 'devices'
      const names = setting.value
      if (!masqueradesAny(settings) || names.length === 0) return []
      const known = ownNodes(cluster).filter((node) => nativeDevices(node, 4).length > 0)
      const without = known.filter(
        (node) =>
          ![...(node.devices?.keys() ?? [])].some((name) => names.some((pattern) => deviceMatches(pattern, name))),
      )
      // On no node at all is a finding of its own.
      if (without.length === 0 || without.length === known.length) return []
      const found = `${key} is ${names.join(' ')}, and ${listing(without.map(({ name }) => name))} has none of them`
      return [
        {
          found,
          subject: without[0]?.name ?? '',
          sources: [setting.source, [...(without[0]?.devices?.values() ?? [])][0]?.source],
        },
      ]
    },
  },
  {
    code: 'masquerade-address-ambiguous',
    severity: 'info',
    title: 'which address of a device pods get changed between releases',
    consequence:
      'Releases up to 1.15, and again since the fix of cilium issue 41866, take the public address; those between prefer the node address.',
    remedy: 'Set derive-masquerade-ip-addr-from-device, or leave one address on the device.',
    find(cluster) {
      const { settings } = cluster
      if (!wantsBpf(settings) || settings.deriveMasqueradeIpAddrFromDevice.value !== null) return []
      return ownNodes(cluster).flatMap((node) => ambiguous(cluster, node))
    },
  },
  {
    code: 'no-ipv6-address',
    severity: 'warning',
    title: 'IPv6 is masqueraded and no device has a global IPv6 address',
    consequence: 'Pods could only be given a link-local address, which nothing beyond the link answers.',
    remedy: 'Give the devices global IPv6 addresses, or set enable-ipv6-masquerade: "false".',
    find(cluster) {
      if (!masquerades(cluster.settings, 6)) return []
      const without = ownNodes(cluster).filter((node) => node.devices !== null && nativeDevices(node, 6).length === 0)
      const [first] = without
      if (first === undefined) return []
      const found = `enable-ipv6-masquerade is true and ${listing(without.map(({ name }) => name))} has no global IPv6 address on a device`
      const device = [...(first.devices?.values() ?? [])][0]
      return [
        {
          found,
          subject: first.name,
          sources: [cluster.settings.enableIpv6Masquerade.source, device?.source],
          confirm: 'ip -6 addr',
        },
      ]
    },
  },
]

const isDefault = (route: NodeRoute): boolean => route.destination === null || route.destination.prefix === 0

/** Routes of the wanted kind over devices on which the program does not run; one hit a device. */
function uncovered(cluster: ClusterSnapshot, node: ClusterNode, wanted: (route: NodeRoute) => boolean): Hit[] {
  const settings = cluster.settingsFor(node.name)
  const covered = coveredDevices(settings, node)
  // With detection, a device with routes is one that Cilium would have found.
  if (covered.patterns.length === 0) return []
  const routes = node.routes ?? []
  const defaults = new Set(routes.filter(isDefault).map(({ device }) => device))
  const seen = new Set<string>()
  return routes.flatMap((route): Hit[] => {
    const { device } = route
    if (device === null || seen.has(device) || !wanted(route) || covered.covers(device) || isInside(device)) return []
    if (!isDefault(route) && defaults.has(device)) return []
    seen.add(device)
    const where = isDefault(route) ? 'default route' : `route ${route.destination?.text}`
    const found = `the ${where} of ${node.name} leaves by ${device}, and ${covered.basis}`
    return [{ found, subject: device, sources: [route.source, settings.devices.source ?? node.status?.source] }]
  })
}

// Devices of the cluster itself and of other runtimes: pods do not leave the node by them.
const isInside = (name: string): boolean =>
  /^(?:lo$|lxc|cilium_|docker|cni|veth|br-|virbr|kube-|nodelocaldns|flannel|cali|vxlan)/.test(name) ||
  isTunnelDevice(name)

function ambiguous(cluster: ClusterSnapshot, node: ClusterNode): Hit[] {
  const settings = cluster.settingsFor(node.name)
  const covered = coveredDevices(settings, node)
  return [...(node.devices?.values() ?? [])].flatMap((device) =>
    FAMILIES.flatMap((family): Hit[] => {
      if (!covered.covers(device.name) || !masquerades(settings, family)) return []
      const usable = usableAddresses(device, family)
      const internal = node.addresses.find(
        ({ ip, type }) => type === 'InternalIP' && usable.some((one) => one.ip === ip),
      )
      const best = primaryAddress(node, device, family, parseCiliumVersion(settings.ciliumVersion.value))
      if (internal === undefined || best === undefined || best === internal.ip || !isPublicAddress(best)) return []
      const found = `${device.name} of ${node.name} has the node address ${internal.ip} and the public address ${best}`
      return [
        {
          found,
          subject: device.name,
          sources: [device.source, internal.source],
          confirm: 'cilium-dbg status --verbose',
        },
      ]
    }),
  )
}
