import { describe } from 'vitest'
import type { ClusterSnapshot } from '../../../src/cluster/snapshot.ts'
import { cidr } from '../../support/masquerade-cluster.ts'
import { BPF, clusterWith, N1, N2, status } from '../../support/masquerade-lint.ts'
import { checkRows } from './check-rows.ts'

const reporting = (one: Parameters<typeof status>[0], other = one, rest = {}): ClusterSnapshot =>
  clusterWith(
    BPF,
    {},
    {
      nodes: [
        { ...N1, status: status(one, rest) },
        { ...N2, status: status(other, rest) },
      ],
    },
  )

describe('status', () => {
  checkRows([
    {
      code: 'mode-differs',
      raises: reporting({ mode: 'iptables', text: 'Masquerading:  IPTables [IPv4: Enabled]' }),
      quiet: reporting({ mode: 'bpf' }),
      says: /n1 reports "Masquerading: IPTables \[IPv4: Enabled\]" and the configuration says bpf/,
    },
    {
      code: 'exclusion-differs',
      raises: reporting({ exclusionCidr: cidr('172.0.0.0/8') }),
      quiet: reporting({ exclusionCidr: cidr('10.244.0.0/16') }),
      says: /n1 reports 172\.0\.0\.0\/8 and ipv4-native-routing-cidr is 10\.244\.0\.0\/16/,
    },
    {
      code: 'routing-differs',
      raises: reporting({}, {}, { routing: 'tunnel' }),
      quiet: reporting({}, {}, { routing: 'native' }),
      says: /n1 reports tunnel routing and routing-mode is native/,
    },
    {
      code: 'nodes-differ',
      raises: reporting({ mode: 'iptables' }, { mode: 'bpf' }),
      quiet: reporting({ mode: 'iptables' }),
      says: /iptables on n1, bpf on n2/,
    },
  ])
})
