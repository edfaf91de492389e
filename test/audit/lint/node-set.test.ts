import { describe } from 'vitest'
import type { ClusterSnapshot } from '../../../src/cluster/snapshot.ts'
import { ipset } from '../../support/masquerade-dumps.ts'
import { clusterWith, IPTABLES, N1, N2 } from '../../support/masquerade-lint.ts'
import { checkRows } from './check-rows.ts'

const holding = (...members: string[]): ClusterSnapshot => holdingIn('1.17', ...members)

const holdingIn = (version: string, ...members: string[]): ClusterSnapshot => {
  const installed = { ipsets: new Map([ipset('cilium_node_set_v4', members)]) }
  return clusterWith(
    IPTABLES,
    {},
    {
      version,
      nodes: [
        { ...N1, installed },
        { ...N2, externalIP: '35.190.10.12' },
      ],
    },
  )
}

const BOTH = ['172.18.0.2', '172.18.0.3']

describe('node set', () => {
  checkRows([
    {
      code: 'node-set-missing',
      raises: holding('172.18.0.2'),
      quiet: holding(...BOTH),
      says: /cilium_node_set_v4 of n1 lacks 172\.18\.0\.3 \(n2\)/,
    },
    {
      code: 'node-set-surplus',
      raises: holding(...BOTH, '172.18.0.7'),
      quiet: holding(...BOTH),
      says: /holds 172\.18\.0\.7, which no node has as InternalIP/,
    },
    {
      // 1.11.0 and 1.11.1 listed ExternalIPs too.
      code: 'node-set-surplus',
      raises: holdingIn('1.11.2', ...BOTH, '35.190.10.12'),
      quiet: holdingIn('1.11.1', ...BOTH, '35.190.10.12'),
      says: /35\.190\.10\.12/,
    },
    {
      code: 'node-set-surplus',
      raises: holding(...BOTH, '172.18.0.7'),
      quiet: withClusterId(holding(...BOTH, '172.18.0.7')),
      says: /172\.18\.0\.7/,
    },
  ])
})

/** The cluster as part of a mesh whose other nodes were not given. */
function withClusterId(cluster: ClusterSnapshot): ClusterSnapshot {
  const id = { value: '3', origin: 'cilium-config' as const, source: null, others: [] }
  return { ...cluster, settings: { ...cluster.settings, raw: new Map([...cluster.settings.raw, ['cluster-id', id]]) } }
}
