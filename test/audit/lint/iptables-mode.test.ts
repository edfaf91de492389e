import { describe } from 'vitest'
import { BPF, clusterWith, IPTABLES, N1, N2 } from '../../support/masquerade-lint.ts'
import { checkRows } from './check-rows.ts'

const TWO = { 'egress-masquerade-interfaces': 'eth0 ens5' }
const SECOND_BLOCK = { ...N1, podCIDRs: ['10.205.204.0/27', '10.205.204.64/27'] }
const WITH_DOCKER = { ...N1, interfaces: { ...N1.interfaces, docker0: ['172.17.0.1/16'] } }

const ROUTE_SOURCE_PREFIX = { 'enable-masquerade-to-route-source': 'true', devices: 'eth+' }

describe('iptables mode', () => {
  checkRows([
    {
      code: 'iptables-no-conntrack',
      raises: clusterWith(IPTABLES, { 'install-no-conntrack-iptables-rules': 'true' }),
      quiet: clusterWith(BPF, { 'install-no-conntrack-iptables-rules': 'true' }),
      says: /install-no-conntrack-iptables-rules is true/,
    },
    {
      code: 'egress-interfaces-joined',
      raises: clusterWith(IPTABLES, TWO, { version: '1.16' }),
      quiet: clusterWith(IPTABLES, TWO, { version: '1.17' }),
      says: /2 names \(eth0 ens5\) with Cilium 1\.16/,
    },
    {
      code: 'egress-interfaces-joined',
      raises: clusterWith(IPTABLES, TWO, { version: '1.15' }),
      quiet: clusterWith(IPTABLES, { ...TWO, 'enable-masquerade-to-route-source': 'true' }, { version: '1.15' }),
      says: /1\.15/,
    },
    {
      code: 'route-source-wildcard',
      raises: clusterWith(IPTABLES, {
        'enable-masquerade-to-route-source': 'true',
        'egress-masquerade-interfaces': 'eth+',
      }),
      quiet: clusterWith(IPTABLES, {
        'enable-masquerade-to-route-source': 'true',
        'egress-masquerade-interfaces': 'eth0',
      }),
      says: /egress-masquerade-interfaces has eth\+/,
    },
    {
      code: 'route-source-wildcard',
      raises: clusterWith(IPTABLES, { 'enable-masquerade-to-route-source': 'true', devices: 'eth+' }),
      quiet: clusterWith(IPTABLES, { 'enable-masquerade-to-route-source': 'false', devices: 'eth+' }),
      says: /devices has eth\+/,
    },
    {
      code: 'route-source-wildcard',
      raises: clusterWith(IPTABLES, ROUTE_SOURCE_PREFIX, { version: '1.18' }),
      quiet: clusterWith(IPTABLES, ROUTE_SOURCE_PREFIX, { version: '1.14' }),
      says: /Cilium 1\.18/,
      severity: 'warning',
    },
    {
      code: 'egress-interfaces-forwarding',
      raises: clusterWith(IPTABLES, { 'egress-masquerade-interfaces': 'eth0' }, { nodes: [WITH_DOCKER] }),
      quiet: clusterWith(IPTABLES, { 'egress-masquerade-interfaces': 'eth0' }),
      says: /n1 has docker0/,
    },
    {
      code: 'cloud-ipam-without-interfaces',
      raises: clusterWith(IPTABLES, { ipam: 'multi-pool' }),
      quiet: clusterWith(IPTABLES, { ipam: 'multi-pool', 'egress-masquerade-interfaces': 'eth0' }),
      says: /ipam is multi-pool/,
    },
    {
      code: 'secondary-pod-cidr',
      raises: clusterWith(IPTABLES, {}, { nodes: [SECOND_BLOCK, N2] }),
      quiet: clusterWith(BPF, {}, { nodes: [SECOND_BLOCK, N2] }),
      says: /n1: 10\.205\.204\.0\/27 10\.205\.204\.64\/27/,
    },
    {
      code: 'iptables-with-bpf-nodeport',
      raises: clusterWith(IPTABLES, { 'kube-proxy-replacement': 'true' }),
      quiet: clusterWith(IPTABLES),
      says: /kube-proxy-replacement is true/,
    },
    {
      code: 'hairpin-rule-absent',
      raises: clusterWith(IPTABLES, { 'enable-endpoint-routes': 'true' }),
      quiet: clusterWith(IPTABLES, { 'enable-endpoint-routes': 'true', 'kube-proxy-replacement': 'true' }),
      says: /enable-endpoint-routes is true/,
    },
  ])
})
