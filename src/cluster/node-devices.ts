import type { ClusterNode, NodeDevice } from './snapshot.ts'

/** Devices whose addresses are not the host's own: service addresses of kube-proxy in IPVS mode, and pods' peers. */
const NOT_THE_HOSTS = /^(?:kube-ipvs\d+$|lxc|veth|cali|nodelocaldns$)/

/** Devices with the addresses that are the host's and unique to it: no loopback, no link-local, no service addresses. */
export function hostDevices(node: Pick<ClusterNode, 'devices'>): NodeDevice[] {
  return [...(node.devices?.values() ?? [])]
    .filter(({ name }) => !NOT_THE_HOSTS.test(name))
    .map((device) => ({
      ...device,
      addresses: device.addresses.filter(({ scope }) => scope === 'global' || scope === 'site' || scope === 'unknown'),
    }))
    .map((device) => ({ ...device, addresses: device.addresses.filter(({ ip }) => !isLocal(ip)) }))
}

function isLocal(ip: string): boolean {
  return ip.startsWith('127.') || ip === '::1' || ip.startsWith('169.254.') || /^fe[89ab]/.test(ip)
}
