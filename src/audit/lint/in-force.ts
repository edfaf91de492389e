import type { Setting, Settings } from '../../cluster/settings.ts'
import type { ClusterNode, ClusterSnapshot } from '../../cluster/snapshot.ts'
import type { IpFamily } from '../../core/ip.ts'
import { atLeast, parseCiliumVersion } from '../../masquerade/cilium-version.ts'

/** Whether BPF masquerading is asked for. */
export const wantsBpf = (settings: Settings): boolean => settings.known && settings.enableBpfMasquerade.value

/** Whether the settings masquerade a family that is in use. */
export function masquerades(settings: Settings, family: IpFamily): boolean {
  if (!settings.known) return false
  if (family === 4) return settings.enableIpv4.value && settings.enableIpv4Masquerade.value
  return settings.enableIpv6.value && settings.enableIpv6Masquerade.value
}

export function masqueradesAny(settings: Settings): boolean {
  return masquerades(settings, 4) || masquerades(settings, 6)
}

/** Whether the settings masquerade by iptables. */
export function wantsIptables(settings: Settings): boolean {
  return masqueradesAny(settings) && !settings.enableBpfMasquerade.value
}

export const FAMILIES: readonly IpFamily[] = [4, 6]

/** Whether the release is `minor` of major 1, or later. */
export function since(settings: Settings, minor: number): boolean {
  return atLeast(parseCiliumVersion(settings.ciliumVersion.value), 1, minor)
}

/** Release in words; says so where it is assumed. */
export function releaseText(settings: Settings): string {
  const { value, origin } = settings.ciliumVersion
  return origin === 'default' ? `Cilium ${value} (assumed)` : `Cilium ${value}`
}

/** Whether some input, rather than a default, gives the value. */
export function isGiven(setting: Setting<unknown>): boolean {
  return setting.origin !== 'default'
}

/** Whether the kube-proxy replacement, and with it BPF NodePort, is on; `null` where the old modes leave it open. */
export function hasBpfNodePort(settings: Settings): boolean | null {
  if (settings.raw.get('enable-node-port')?.value === 'true') return true
  const value = settings.kubeProxyReplacement.value
  if (value === 'true' || value === 'strict') return true
  return value === 'false' || value === 'disabled' ? false : null
}

/** Nodes of this cluster, those of a mesh's other clusters left out. */
export function ownNodes(cluster: ClusterSnapshot): readonly ClusterNode[] {
  return cluster.nodes.filter((node) => !node.remoteCluster)
}

/** What the configuration says of a setting, where the agent's status has the last word over it. */
export function configured<T>(
  setting: Setting<T>,
): { readonly value: T; readonly source: Setting<T>['source'] } | undefined {
  const isConfig = (origin: string): boolean =>
    ['node-config', 'agent-config', 'cilium-config', 'option'].includes(origin)
  if (isConfig(setting.origin)) return setting
  return setting.others.find(({ origin }) => isConfig(origin))
}
