import type { ClusterNode, ClusterSnapshot } from '../../src/cluster/snapshot.ts'
import { buildCluster, type ClusterSpec, type NodeSpec } from './masquerade-cluster.ts'

/** Two nodes of a native-routing cluster; devices, routes and labels as a healthy cluster has them. */
export const N1: NodeSpec = {
  name: 'n1',
  internalIP: '172.18.0.2',
  ciliumHostIP: '10.244.1.250',
  podCIDRs: ['10.244.1.0/24'],
  interfaces: {
    lo: ['127.0.0.1/8'],
    eth0: ['172.18.0.2/16'],
    cilium_host: ['10.244.1.250/32'],
    lxc1: ['fe80::1/64'],
  },
  routes: [
    { dst: 'default', dev: 'eth0', via: '172.18.0.1' },
    { dst: '172.18.0.0/16', dev: 'eth0', src: '172.18.0.2' },
  ],
  labels: { 'kubernetes.io/hostname': 'n1' },
}
export const N2: NodeSpec = {
  ...N1,
  name: 'n2',
  internalIP: '172.18.0.3',
  ciliumHostIP: '10.244.2.250',
  podCIDRs: ['10.244.2.0/24'],
  interfaces: { eth0: ['172.18.0.3/16'], cilium_host: ['10.244.2.250/32'] },
  labels: { 'kubernetes.io/hostname': 'n2' },
}

const COMMON = {
  'enable-ipv4': 'true',
  'enable-ipv6': 'false',
  'enable-ipv4-masquerade': 'true',
  'routing-mode': 'native',
  'ipv4-native-routing-cidr': '10.244.0.0/16',
}

/** Settings that raise no finding. */
export const BPF: Readonly<Record<string, string>> = {
  ...COMMON,
  'enable-bpf-masquerade': 'true',
  'kube-proxy-replacement': 'true',
}
export const IPTABLES: Readonly<Record<string, string>> = {
  ...COMMON,
  'enable-bpf-masquerade': 'false',
  'kube-proxy-replacement': 'false',
}

/** A cluster of {@link N1} and {@link N2} under some settings; `undefined` takes a key away. */
export function clusterWith(
  base: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string | undefined>> = {},
  rest: Omit<ClusterSpec, 'config'> = {},
): ClusterSnapshot {
  const merged = Object.entries({ ...base, ...changes }).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value]],
  )
  return buildCluster({ version: '1.17', nodes: [N1, N2], ...rest, config: Object.fromEntries(merged) })
}

/** The status lines of an agent that bear on masquerading. */
export function status(
  masquerading: Partial<NonNullable<NonNullable<ClusterNode['status']>['masquerading']>>,
  rest: Partial<NonNullable<ClusterNode['status']>> = {},
): NonNullable<ClusterNode['status']> {
  const mode = masquerading.mode ?? 'bpf'
  return {
    masquerading: {
      mode,
      ipMasqAgent: false,
      devices: [],
      exclusionCidr: null,
      ipv4: true,
      ipv6: false,
      text: `Masquerading: ${mode}`,
      ...masquerading,
    },
    hostRouting: null,
    routing: null,
    version: null,
    devices: [],
    source: { file: 'cilium-status.txt' },
    ...rest,
  }
}

/** A cluster that raises a finding, and the nearest one that does not. */
export interface LintRow {
  readonly code: string
  readonly raises: ClusterSnapshot
  readonly quiet: ClusterSnapshot
  /** What the message must tell of this cluster. */
  readonly says: RegExp
  /** Where it differs from the check's own. */
  readonly severity?: 'error' | 'warning' | 'info'
}
