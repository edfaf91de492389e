import { describe } from 'vitest'
import type { ClusterSnapshot } from '../../../src/cluster/snapshot.ts'
import { egressPolicy } from '../../support/masquerade-cluster.ts'
import { BPF, clusterWith, IPTABLES } from '../../support/masquerade-lint.ts'
import { checkRows } from './check-rows.ts'

const POLICY = egressPolicy({
  name: 'egress',
  destinations: ['0.0.0.0/0'],
  gatewayLabels: { 'kubernetes.io/hostname': 'n1' },
})

/** The cluster with another setting on n2 by CiliumNodeConfig. */
function withOverride(cluster: ClusterSnapshot, value: boolean): ClusterSnapshot {
  const setting = { value, origin: 'node-config' as const, source: { file: 'node-config.yaml', line: 9 }, others: [] }
  return {
    ...cluster,
    settingsFor: (node) => (node === 'n2' ? { ...cluster.settings, enableBpfMasquerade: setting } : cluster.settings),
  }
}

describe('modes', () => {
  checkRows([
    {
      code: 'remote-node-masquerade-ignored',
      raises: clusterWith(BPF, { 'enable-remote-node-masquerade': 'true' }, { version: '1.18' }),
      quiet: clusterWith(BPF, { 'enable-remote-node-masquerade': 'true' }, { version: '1.19' }),
      says: /Cilium 1\.18/,
    },
    {
      code: 'remote-node-masquerade-ignored',
      raises: clusterWith(IPTABLES, { 'enable-remote-node-masquerade': 'true' }, { version: '1.19' }),
      quiet: clusterWith(IPTABLES, {}, { version: '1.19' }),
      says: /masquerading not by BPF/,
    },
    {
      code: 'masquerade-off',
      raises: clusterWith(BPF, { 'enable-ipv4-masquerade': 'false' }),
      quiet: clusterWith(BPF),
      says: /enable-ipv4-masquerade is false/,
    },
    {
      code: 'masquerade-off',
      raises: clusterWith(BPF, { 'enable-ipv4-masquerade': 'false' }, { policies: [POLICY] }),
      quiet: clusterWith(BPF, {}, { policies: [POLICY] }),
      says: /egress gateway is in use/,
      severity: 'warning',
    },
    {
      code: 'tunnel-rp-filter',
      raises: clusterWith(BPF, { 'routing-mode': 'tunnel' }),
      quiet: clusterWith(BPF),
      says: /routing-mode is tunnel/,
    },
    {
      code: 'release-not-known',
      raises: unversioned({ 'enable-bpf-masquerade': undefined }),
      quiet: unversioned({}),
      says: /1\.17 is assumed/,
    },
    {
      code: 'node-overrides',
      raises: withOverride(clusterWith(BPF), false),
      quiet: clusterWith(BPF),
      says: /enableBpfMasquerade is false on n2 by CiliumNodeConfig/,
    },
  ])
})

function unversioned(changes: Record<string, undefined>): ClusterSnapshot {
  const cluster = clusterWith(IPTABLES, changes)
  const version = { value: '1.17', origin: 'default' as const, source: null, others: [] }
  return { ...cluster, settings: { ...cluster.settings, ciliumVersion: version } }
}
