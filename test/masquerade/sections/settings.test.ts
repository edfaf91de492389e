import { describe } from 'vitest'
import { BPF, BPF_TUNNEL, IPTABLES, IPTABLES_TUNNEL, POD6, sectionRows } from '../../support/masquerade-sections.ts'

// Written from the reference alone: what the code misreads is not misread here too.
describe('settings by section of the masquerade reference', () => {
  // biome-ignore format: a table reads by its rows
  sectionRows([
    ['8', 'native routing CIDR old key 1.12', { config: { ...BPF, 'ipv4-native-routing-cidr': undefined, 'native-routing-cidr': '10.244.0.0/16' }, version: '1.12', dst: '10.244.2.15' }, 'preserve exclusion-cidr'],
    ['8', 'tunnel native routing CIDR old key 1.17 ignored', { config: { ...BPF_TUNNEL, 'native-routing-cidr': '192.168.0.0/16' }, dst: '192.168.9.9' }, 'masquerade local-endpoint 172.18.0.3'],
    ['8', 'tunnel misspelled native key', { config: { ...BPF_TUNNEL, 'ipv4-native-routing-cidrs': '192.168.0.0/16' }, dst: '192.168.9.9' }, 'masquerade local-endpoint 172.18.0.3'],
    ['8', 'tunnel disabled 1.14', { config: { ...BPF, 'routing-mode': undefined, tunnel: 'disabled' }, version: '1.14', dst: '172.18.0.4' }, 'preserve remote-node'],
    ['8', 'tunnel geneve 1.13', { config: { ...BPF, 'ipv4-native-routing-cidr': undefined, 'routing-mode': undefined, tunnel: 'geneve' }, version: '1.13', dst: '172.18.0.4' }, 'masquerade local-endpoint 172.18.0.3'],
    ['8', 'tunnel disabled ignored 1.17', { config: { ...BPF, 'routing-mode': undefined, tunnel: 'disabled' }, dst: '172.18.0.4' }, 'masquerade local-endpoint 172.18.0.3'],
    ['8', 'routing default tunnel', { config: { ...BPF, 'ipv4-native-routing-cidr': undefined, 'routing-mode': undefined }, dst: '172.18.0.4' }, 'masquerade local-endpoint 172.18.0.3'],
    ['8', 'bool yes', { config: { ...BPF, 'enable-ipv4-masquerade': '1' } }, 'masquerade local-endpoint 172.18.0.3'],
    ['8', 'bool no', { config: { ...BPF, 'enable-ipv4-masquerade': '0' } }, 'preserve off'],
    ['1.6', 'v6 off v4 on (v6)', { config: { ...BPF, 'enable-ipv6-masquerade': 'false' }, src: POD6, dst: '2001:4860:4860::8888' }, 'preserve off'],
    ['1.6', 'v6 off v4 on (v4)', { config: { ...BPF, 'enable-ipv6-masquerade': 'false' } }, 'masquerade local-endpoint 172.18.0.3'],
    ['1.6', 'v4 off v6 on (v6)', { config: { ...BPF, 'enable-ipv4-masquerade': 'false' }, src: POD6, dst: '2001:4860:4860::8888' }, 'masquerade local-endpoint fc00:f853:ccd:e793::3'],
    ['1.6', 'bpf no loopback snat', { config: BPF, src: '127.0.0.1', dst: '10.244.1.45', out: 'cilium_host' }, 'preserve intra-node'],
    ['1.6', 'bpf no hairpin', { config: BPF, dst: '10.244.1.46', out: 'cilium_host', mark: '0xf00', ctDNAT: true }, 'preserve intra-node'],
    ['B', 'bpf v6 1.13 v4 still', { config: BPF, version: '1.13' }, 'masquerade local-endpoint 172.18.0.3'],
    ['B', 'v6 1.12', { config: IPTABLES, version: '1.12', src: POD6, dst: '2001:4860:4860::8888' }, 'masquerade non-cluster fc00:f853:ccd:e793::3'],
    ['B', 'fallback no kpr 1.13', { config: { ...BPF, 'kube-proxy-replacement': 'disabled' }, version: '1.13' }, 'masquerade non-cluster 172.18.0.3'],
    ['B', 'fallback no kpr 1.14', { config: { ...BPF, 'kube-proxy-replacement': 'false' }, version: '1.14', dst: '172.18.0.4' }, 'preserve node-set'],
    ['B', 'fallback egress if 1.14', { config: { ...BPF, 'egress-masquerade-interfaces': 'eth0' }, version: '1.14' }, 'masquerade non-cluster 172.18.0.3'],
    ['B', 'fallback tunnel no socklb 1.13', { config: { ...BPF_TUNNEL, 'bpf-lb-sock': 'false', 'enable-node-port': 'true', 'kube-proxy-replacement': 'partial' }, version: '1.13' }, 'masquerade non-cluster 172.18.0.3'],
    ['B', 'partial nodeport native 1.13', { config: { ...BPF, 'enable-node-port': 'true', 'kube-proxy-replacement': 'partial' }, version: '1.13' }, 'masquerade local-endpoint 172.18.0.3'],
    ['B', 'both families off 1.14', { config: { ...BPF, 'enable-ipv4-masquerade': 'false', 'enable-ipv6-masquerade': 'false' }, version: '1.14' }, 'preserve off'],
    ['1.6', 'off host to cluster', { config: { ...IPTABLES_TUNNEL, 'enable-ipv4-masquerade': 'false' }, src: '172.18.0.3', dst: '10.244.2.15', out: 'cilium_host' }, 'preserve off'],
    ['1.6', 'off v6 only', { config: { ...IPTABLES, 'enable-ipv6-masquerade': 'false' }, src: POD6, dst: '2001:4860:4860::8888' }, 'preserve off'],
  ])
})
