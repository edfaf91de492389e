import { describe } from 'vitest'
import { BPF, clusterWith, IPTABLES, N1, N2 } from '../../support/masquerade-lint.ts'
import { checkRows } from './check-rows.ts'

const NARROW = { 'ipv4-native-routing-cidr': '10.244.1.0/24' }
const AGENT = { 'enable-ip-masq-agent': 'true' }

describe('native-routing CIDR', () => {
  checkRows([
    {
      code: 'native-cidr-missing',
      raises: clusterWith(BPF, { 'ipv4-native-routing-cidr': undefined }),
      quiet: clusterWith(BPF, { 'ipv4-native-routing-cidr': undefined, 'routing-mode': 'tunnel' }),
      says: /routing-mode is native and ipv4-native-routing-cidr is not set/,
    },
    {
      code: 'native-cidr-missing',
      raises: clusterWith(IPTABLES, { 'ipv4-native-routing-cidr': undefined }),
      quiet: clusterWith(IPTABLES, { 'ipv4-native-routing-cidr': undefined, ipam: 'eni' }),
      says: /ipv4/,
    },
    {
      code: 'native-cidr-missing',
      raises: clusterWith(BPF, { 'enable-ipv6': 'true' }),
      quiet: clusterWith(BPF, { 'enable-ipv6': 'true', 'ipv6-native-routing-cidr': 'fd00::/56' }),
      says: /ipv6-native-routing-cidr is not set/,
    },
    {
      code: 'native-cidr-missing',
      raises: clusterWith(IPTABLES, { 'ipv4-native-routing-cidr': undefined, ipam: 'azure' }),
      quiet: clusterWith(IPTABLES, { 'ipv4-native-routing-cidr': undefined, ipam: 'alibabacloud' }),
      says: /ipv4/,
    },
    {
      code: 'native-cidr-lacks-pods',
      raises: clusterWith(BPF, NARROW),
      quiet: clusterWith(BPF),
      says: /10\.244\.1\.0\/24 does not hold pod CIDR 10\.244\.2\.0\/24 of n2/,
    },
    {
      code: 'native-cidr-lacks-pods',
      raises: clusterWith(BPF, { ...NARROW, ...AGENT }, { agent: { state: 'content', cidrs: ['192.168.0.0/16'] } }),
      quiet: clusterWith(BPF, { ...NARROW, ...AGENT }, { agent: { state: 'content', cidrs: ['10.0.0.0/8'] } }),
      says: /of n2/,
    },
    {
      code: 'native-cidr-holds-nodes',
      raises: clusterWith(BPF, { 'routing-mode': 'tunnel', 'ipv4-native-routing-cidr': '172.16.0.0/12' }),
      quiet: clusterWith(BPF, { 'routing-mode': 'tunnel' }),
      says: /172\.16\.0\.0\/12 holds node address 172\.18\.0\.2, 172\.18\.0\.3/,
    },
    {
      code: 'native-cidr-holds-nodes',
      raises: clusterWith(BPF, { 'ipv4-native-routing-cidr': '0.0.0.0/0' }),
      quiet: clusterWith(BPF),
      says: /0\.0\.0\.0\/0/,
      severity: 'info',
    },
    {
      code: 'node-in-pod-cidr',
      raises: clusterWith(BPF, {}, { nodes: [N1, { ...N2, internalIP: '10.244.1.77' }] }),
      quiet: clusterWith(BPF),
      says: /InternalIP 10\.244\.1\.77 of n2 lies in pod CIDR 10\.244\.1\.0\/24 of n1/,
    },
  ])
})
