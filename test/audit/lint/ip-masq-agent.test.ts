import { describe } from 'vitest'
import { type ClusterSpec, cidr } from '../../support/masquerade-cluster.ts'
import { BPF, clusterWith, IPTABLES, N1, N2 } from '../../support/masquerade-lint.ts'
import { checkRows } from './check-rows.ts'

const ON = { 'enable-ip-masq-agent': 'true', 'ipv4-native-routing-cidr': undefined }
const FILE = { file: 'ip-masq-agent.yaml', line: 6 }

/** A file with entries; link-local is masqueraded so that it raises nothing by itself. */
const listed = (...cidrs: string[]): NonNullable<ClusterSpec['agent']> => ({
  state: 'content',
  cidrs,
  masqLinkLocal: true,
})
const ALL = listed('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10')

const DUAL = { ...ON, 'enable-ipv6': 'true', 'enable-ipv6-masquerade': 'true' }
const DUAL_NODES: NonNullable<ClusterSpec['nodes']> = [
  { ...N1, podCIDRs: ['10.244.1.0/24', 'fd00:10:244:1::/64'] },
  { ...N2, podCIDRs: ['10.244.2.0/24', 'fd00:10:244:2::/64'] },
]

const withMap = (...cidrs: string[]): NonNullable<ClusterSpec['nodes']> => [
  { ...N1, installed: { ipMasqCidrs: { cidrs: cidrs.map(cidr), source: { file: 'ipmasq-list.txt' } } } },
  N2,
]

describe('ip-masq-agent', () => {
  checkRows([
    {
      code: 'ip-masq-agent-without-bpf',
      raises: clusterWith(IPTABLES, { 'enable-ip-masq-agent': 'true' }, { agent: ALL }),
      quiet: clusterWith(BPF, ON, { agent: ALL }),
      says: /enable-bpf-masquerade is false/,
    },
    {
      code: 'ip-masq-agent-without-bpf',
      raises: clusterWith(BPF, { ...ON, 'enable-ipv4-masquerade': 'false' }, { agent: ALL }),
      quiet: clusterWith(BPF, ON, { agent: ALL }),
      says: /no family is masqueraded/,
    },
    {
      code: 'ip-masq-agent-not-enabled',
      raises: clusterWith(BPF, {}, { agent: ALL }),
      quiet: clusterWith(BPF, ON, { agent: ALL }),
      says: /enable-ip-masq-agent is false/,
    },
    {
      code: 'ip-masq-agent-wrong-key',
      raises: clusterWith(BPF, ON, { agent: { ...ALL, key: 'ip-masq-agent' } }),
      quiet: clusterWith(BPF, ON, { agent: { ...ALL, key: 'config' } }),
      says: /under the key "ip-masq-agent"/,
    },
    {
      code: 'ip-masq-agent-wrong-key',
      raises: clusterWith(BPF, ON, { agent: { ...ALL, key: 'list' } }),
      quiet: clusterWith(
        BPF,
        { ...ON, 'ip-masq-agent-config-path': '/etc/config/list' },
        { agent: { ...ALL, key: 'list' } },
      ),
      says: /"list"/,
    },
    {
      code: 'ip-masq-agent-unparsable',
      raises: clusterWith(BPF, ON, { agent: { state: 'unparsable' } }),
      quiet: clusterWith(BPF, ON, { agent: ALL }),
      says: /not what the agent can read/,
    },
    {
      code: 'ip-masq-agent-no-entries',
      raises: clusterWith(BPF, ON, { agent: { state: 'content', cidrs: [] } }),
      quiet: clusterWith(BPF, ON, { agent: { state: 'empty', cidrs: ['10.0.0.0/8'] } }),
      says: /has no entry/,
    },
    {
      code: 'ip-masq-agent-replaces-defaults',
      raises: clusterWith(BPF, ON, { agent: listed('10.0.0.0/8', '172.16.0.0/12') }),
      quiet: clusterWith(BPF, ON, { agent: ALL }),
      says: /nothing of 192\.168\.0\.0\/16, 100\.64\.0\.0\/10/,
    },
    {
      code: 'ip-masq-agent-lacks-pods',
      raises: clusterWith(BPF, ON, { agent: listed('192.168.0.0/16') }),
      quiet: clusterWith(BPF, ON, { agent: listed('192.168.0.0/16', '10.244.0.0/16') }),
      says: /10\.244\.1\.0\/24 of n1, 10\.244\.2\.0\/24 of n2/,
    },
    {
      code: 'ip-masq-agent-lacks-pods',
      raises: clusterWith(BPF, ON, { agent: listed('192.168.0.0/16') }),
      quiet: clusterWith(BPF, { 'enable-ip-masq-agent': 'true' }, { agent: listed('192.168.0.0/16') }),
      says: /pod CIDR/,
    },
    {
      code: 'ip-masq-agent-lacks-pods',
      raises: clusterWith(BPF, DUAL, { agent: listed('10.0.0.0/8'), nodes: DUAL_NODES }),
      quiet: clusterWith(BPF, DUAL, { agent: listed('10.0.0.0/8', 'fd00:10:244::/56'), nodes: DUAL_NODES }),
      says: /pod CIDR fd00:10:244:1::\/64 of n1/,
    },
    {
      // The fallback of 1.13 exempts the pods of the own node, which never leave it.
      code: 'ip-masq-agent-lacks-pods',
      raises: clusterWith(BPF, ON, { agent: listed('192.168.0.0/16'), version: '1.13' }),
      quiet: clusterWith(BPF, ON, { agent: listed('10.0.0.0/8'), version: '1.13' }),
      says: /10\.244\.2\.0\/24 of n2/,
    },
    {
      code: 'ip-masq-agent-holds-nodes',
      raises: clusterWith(BPF, { ...ON, 'routing-mode': 'tunnel' }, { agent: ALL }),
      quiet: clusterWith(BPF, { ...ON, 'routing-mode': 'tunnel' }, { agent: listed('10.0.0.0/8') }),
      says: /172\.16\.0\.0\/12 of nonMasqueradeCIDRs holds node address 172\.18\.0\.2/,
    },
    {
      code: 'ip-masq-agent-link-local',
      raises: clusterWith(BPF, ON, {
        agent: { state: 'content', cidrs: ['10.0.0.0/8'], masqLinkLocal: false, source: FILE },
      }),
      quiet: clusterWith(BPF, ON, { agent: ALL }),
      says: /masqLinkLocal is not true/,
    },
    {
      code: 'ip-masq-list-differs',
      raises: clusterWith(BPF, ON, {
        agent: listed('10.0.0.0/8', '172.16.0.0/12'),
        nodes: withMap('10.0.0.0/8', '192.168.0.0/16'),
      }),
      quiet: clusterWith(BPF, ON, {
        agent: listed('10.0.0.0/8', '172.16.0.0/12'),
        nodes: withMap('172.16.0.0/12', '10.0.0.0/8'),
      }),
      says: /map of n1 lacks 172\.16\.0\.0\/12 and has 192\.168\.0\.0\/16 too much/,
    },
  ])
})
