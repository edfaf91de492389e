import type { CapturePoint } from './verdict.ts'

export type Side = CapturePoint['side']

// cilium/cilium@v1.17 pkg/defaults/defaults.go HostDevice, SecondHostDevice; lxc* are the host ends of pod links.
const BEFORE = /^(?:lxc|cilium_(?:host|net)$|lo\d*$|cali|veth|nodelocaldns|tap)/
// Inner packets: the tunnel devices and WireGuard carry what eth0 shows encapsulated.
const OVERLAY = /^(?:cilium_(?:vxlan|geneve|wg\d|ipip|tunl)|flannel|vxlan|geneve|wg\d|tunl\d)/
const NODE_ONLY = /^(?:lxc|cilium_|kube-ipvs\d|nodelocaldns|cali)/

/** Which side of the SNAT point a device of a node shows, by its name. Native devices show the far side. */
export function sideOfDevice(name: string): Side {
  if (name === 'any') return 'both'
  if (BEFORE.test(name)) return 'before'
  return OVERLAY.test(name) ? 'overlay' : 'after'
}

/** Whether a device of that name exists on cluster nodes only, so that it tells what kind of machine captured. */
export function isNodeDevice(name: string): boolean {
  return NODE_ONLY.test(name)
}

// LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2 (tcpdump.org/linktypes.html): what `-i any` writes.
const COOKED_LINK_TYPES: ReadonlySet<number> = new Set([113, 276])

/** Whether packets of all devices are in one interface of the capture. */
export function seesAllDevices(name: string | null, linkType: number): boolean {
  return name === 'any' || (name === null && COOKED_LINK_TYPES.has(linkType))
}
