/**
 * Whether an interface name matches a pattern as iptables and Cilium's `devices` write it: a trailing `+` stands for any
 * rest (iptables(8), `-o`).
 */
export function deviceMatches(pattern: string, name: string): boolean {
  return pattern.endsWith('+') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}

/** Devices of the tunnels that Cilium builds. */
export function isTunnelDevice(name: string): boolean {
  return /^cilium_(?:vxlan|geneve|tunl|ipip|ip6tnl)/.test(name)
}

/** Devices over which a packet is delivered inside the node. */
export function isLocalDevice(name: string): boolean {
  return name === 'lo' || name === 'cilium_host' || name === 'cilium_net' || name.startsWith('lxc')
}

// Left out of Cilium's device detection: its own devices, pod veths, and bridges of other runtimes.
const NEVER_DETECTED = /^(?:lo$|cilium_|lxc|cni|docker|veth|cbr|kube-ipvs|nodelocaldns|dummy)/

/** Whether Cilium's device detection can pick this device (docs/masquerade.md, "Devices"). */
export function mayBeDetected(name: string): boolean {
  return !NEVER_DETECTED.test(name)
}
