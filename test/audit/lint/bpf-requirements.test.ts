import { describe } from 'vitest'
import { BPF, clusterWith, IPTABLES, N1, status } from '../../support/masquerade-lint.ts'
import { checkRows } from './check-rows.ts'

const V6 = { 'enable-ipv6': 'true', 'enable-ipv6-masquerade': 'true', 'ipv6-native-routing-cidr': 'fd00:10:244::/56' }

describe('BPF requirements', () => {
  checkRows([
    {
      code: 'bpf-without-kube-proxy-replacement',
      raises: clusterWith(BPF, { 'kube-proxy-replacement': 'false' }),
      quiet: clusterWith(BPF, { 'kube-proxy-replacement': 'false' }, { version: '1.19' }),
      says: /kube-proxy-replacement is false \(Cilium 1\.17\)/,
    },
    {
      code: 'bpf-without-kube-proxy-replacement',
      raises: clusterWith(BPF, { 'kube-proxy-replacement': 'disabled' }, { version: '1.13' }),
      quiet: clusterWith(
        BPF,
        { 'kube-proxy-replacement': 'disabled', 'enable-node-port': 'true' },
        { version: '1.13' },
      ),
      says: /disabled/,
    },
    {
      code: 'bpf-without-socket-lb',
      raises: clusterWith(BPF, { 'routing-mode': 'tunnel', 'bpf-lb-sock': 'false' }),
      quiet: clusterWith(BPF, { 'routing-mode': 'native', 'bpf-lb-sock': 'false' }),
      says: /routing-mode is tunnel and bpf-lb-sock is false/,
    },
    {
      code: 'bpf-egress-interfaces',
      raises: clusterWith(BPF, { 'egress-masquerade-interfaces': 'eth0' }),
      quiet: clusterWith(IPTABLES, { 'egress-masquerade-interfaces': 'eth0' }),
      says: /egress-masquerade-interfaces is eth0/,
    },
    {
      code: 'bpf-route-source',
      raises: clusterWith(BPF, { 'enable-masquerade-to-route-source': 'true' }),
      quiet: clusterWith(IPTABLES, { 'enable-masquerade-to-route-source': 'true' }),
      says: /both true/,
    },
    {
      code: 'bpf-route-source',
      raises: clusterWith(BPF, { 'enable-masquerade-to-route-source': 'true' }, { version: '1.15' }),
      quiet: clusterWith(BPF, { 'enable-masquerade-to-route-source': 'true' }, { version: '1.14' }),
      says: /both true/,
    },
    {
      code: 'bpf-without-family',
      raises: clusterWith(BPF, { 'enable-ipv4-masquerade': 'false' }),
      quiet: clusterWith(BPF, { 'enable-ipv4-masquerade': 'false', ...V6 }),
      says: /no family is masqueraded/,
    },
    {
      code: 'bpf-without-family',
      raises: clusterWith(BPF, { 'enable-ipv4-masquerade': 'false' }, { version: '1.14' }),
      quiet: clusterWith(BPF, {}, { version: '1.14' }),
      says: /no family/,
      severity: 'info',
    },
    {
      code: 'bpf-ipv6-unsupported',
      raises: clusterWith(BPF, V6, { version: '1.13' }),
      quiet: clusterWith(BPF, V6, { version: '1.14' }),
      says: /Cilium 1\.13/,
    },
    {
      code: 'bpf-ipv6-host-firewall',
      raises: clusterWith(BPF, { ...V6, 'enable-host-firewall': 'true' }),
      quiet: clusterWith(BPF, { 'enable-host-firewall': 'true' }),
      says: /enable-host-firewall/,
    },
    {
      code: 'host-routing-legacy',
      raises: clusterWith(IPTABLES, { 'enable-host-legacy-routing': 'false' }),
      quiet: clusterWith(IPTABLES),
      says: /masquerading is by iptables/,
    },
    {
      code: 'host-routing-legacy',
      raises: clusterWith(BPF, {}, { nodes: [{ ...N1, status: status({}, { hostRouting: 'legacy' }) }] }),
      quiet: clusterWith(BPF, {}, { nodes: [{ ...N1, status: status({}, { hostRouting: 'bpf' }) }] }),
      says: /n1 reports legacy host routing/,
    },
  ])
})
