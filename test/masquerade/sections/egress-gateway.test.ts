import { describe } from 'vitest'
import {
  AGENT_TUNNEL,
  BPF_TUNNEL,
  GATEWAY,
  GATEWAY_TUNNEL,
  IPTABLES,
  POD6,
  sectionRows,
} from '../../support/masquerade-sections.ts'

// Written from the reference alone: what the code misreads is not misread here too.
describe('egress-gateway by section of the masquerade reference', () => {
  // biome-ignore format: a table reads by its rows
  sectionRows([
    ['2.7', 'native source node eth0', { config: GATEWAY, dst: '93.184.216.34', policy: {} }, 'preserve egress-gateway-redirect'],
    ['2.7', 'native source node vxlan', { config: GATEWAY, dst: '93.184.216.34', out: 'cilium_vxlan', policy: {} }, 'preserve egress-gateway-redirect'],
    ['2.7', 'gateway remote pod native', { config: GATEWAY, node: 'w2', dst: '93.184.216.34', policy: {} }, 'egress-gateway egress-gateway 172.18.0.240'],
    ['2.7', 'edge in', { config: GATEWAY_TUNNEL, dst: '93.184.216.255', out: 'cilium_vxlan', policy: {} }, 'preserve egress-gateway-redirect'],
    ['2.7', 'edge out', { config: GATEWAY_TUNNEL, dst: '93.184.217.0', policy: {} }, 'masquerade local-endpoint 172.18.0.3'],
    ['2.7', 'other pod', { config: GATEWAY_TUNNEL, src: '10.244.1.46', srcKind: 'pod', dst: '93.184.216.34', policy: {} }, 'masquerade local-endpoint 172.18.0.3'],
    ['2.7', 'local gateway', { config: GATEWAY_TUNNEL, dst: '93.184.216.34', policy: { gatewayNode: 'w1' } }, 'egress-gateway egress-gateway 172.18.0.240'],
    ['2.7', 'local gateway reply', { config: GATEWAY_TUNNEL, dst: '93.184.216.34', isReply: true, policy: { gatewayNode: 'w1' } }, 'preserve reply'],
    ['2.7', 'disabled', { config: { ...BPF_TUNNEL, 'enable-ipv4-egress-gateway': 'false' }, dst: '93.184.216.34', policy: { gatewayNode: 'w1' } }, 'masquerade local-endpoint 172.18.0.3'],
    ['2.7', 'flag absent', { config: BPF_TUNNEL, dst: '93.184.216.34', policy: { gatewayNode: 'w1' } }, 'masquerade local-endpoint 172.18.0.3'],
    ['2.7', 'new flag 1.18', { config: { ...BPF_TUNNEL, 'enable-egress-gateway': 'true' }, version: '1.18', dst: '93.184.216.34', policy: { gatewayNode: 'w1' } }, 'egress-gateway egress-gateway 172.18.0.240'],
    ['2.7', 'new flag 1.19', { config: { ...BPF_TUNNEL, 'enable-egress-gateway': 'true' }, version: '1.19', dst: '93.184.216.34', policy: { gatewayNode: 'w1' } }, 'egress-gateway egress-gateway 172.18.0.240'],
    ['2.7', 'new flag 1.17 unknown', { config: { ...BPF_TUNNEL, 'enable-egress-gateway': 'true' }, dst: '93.184.216.34', policy: { gatewayNode: 'w1' } }, 'masquerade local-endpoint 172.18.0.3'],
    ['2.7', 'old flag 1.18', { config: GATEWAY_TUNNEL, version: '1.18', dst: '93.184.216.34', policy: { gatewayNode: 'w1' } }, 'egress-gateway egress-gateway 172.18.0.240'],
    ['2.7', 'old flag 1.19 removed', { config: GATEWAY_TUNNEL, version: '1.19', dst: '93.184.216.34', policy: { gatewayNode: 'w1' } }, 'masquerade local-endpoint 172.18.0.3'],
    ['2.7', 'before agent', { config: { ...AGENT_TUNNEL, 'enable-ipv4-egress-gateway': 'true' }, dst: '10.9.9.9', agent: '', policy: { destinationCIDRs: ['0.0.0.0/0'], gatewayNode: 'w1' } }, 'egress-gateway egress-gateway 172.18.0.240'],
    ['2.7', 'cluster pod', { config: GATEWAY, dst: '10.244.2.15', policy: { destinationCIDRs: ['0.0.0.0/0'], gatewayNode: 'w1' } }, 'preserve exclusion-cidr'],
    ['2.7', 'cluster cilium_host', { config: { ...GATEWAY, 'ipv4-native-routing-cidr': '10.99.0.0/16' }, dst: '10.244.2.122', policy: { destinationCIDRs: ['0.0.0.0/0'], gatewayNode: 'w1' } }, 'preserve remote-node'],
    ['2.7', 'cluster node source node', { config: GATEWAY_TUNNEL, dst: '172.18.0.4', policy: { destinationCIDRs: ['0.0.0.0/0'] } }, 'masquerade local-endpoint 172.18.0.3'],
    ['2.7', 'cluster pod source node', { config: GATEWAY_TUNNEL, dst: '10.244.2.15', out: 'cilium_vxlan', policy: { destinationCIDRs: ['0.0.0.0/0'] } }, 'preserve encapsulated'],
    ['2.7', 'excluded on gateway foreign', { config: GATEWAY_TUNNEL, node: 'w2', dst: '93.184.216.99', policy: { excludedCIDRs: ['93.184.216.99/32'] } }, 'preserve not-local-endpoint'],
    ['2.7', 'excluded native', { config: GATEWAY, dst: '93.184.216.99', policy: { excludedCIDRs: ['93.184.216.96/30'] } }, 'masquerade local-endpoint 172.18.0.3'],
    ['2.7', 'excluded neighbour', { config: GATEWAY, dst: '93.184.216.100', policy: { excludedCIDRs: ['93.184.216.96/30'] } }, 'preserve egress-gateway-redirect'],
    ['2.7', 'exclusion before none', { config: GATEWAY, src: '10.244.1.46', srcKind: 'pod', dst: '10.244.9.1', policy: { destinationCIDRs: ['0.0.0.0/0'], gatewayNode: 'w1' } }, 'preserve exclusion-cidr'],
    ['2.7', 'local pod on other node', { config: GATEWAY_TUNNEL, src: '10.244.1.46', srcKind: 'pod', dst: '93.184.216.34', out: 'cilium_vxlan', policy: { sourceIPs: ['10.244.1.45', '10.244.1.46'] } }, 'preserve egress-gateway-redirect'],
    ['2.7', 'host source no match', { config: GATEWAY_TUNNEL, src: '172.18.0.3', dst: '93.184.216.34', policy: {} }, 'preserve host-masq-address'],
    ['2.7', 'own node dest', { config: GATEWAY_TUNNEL, dst: '172.18.0.3', out: 'lo', policy: { destinationCIDRs: ['0.0.0.0/0'] } }, 'preserve intra-node'],
    ['2.7', 'local pod dest', { config: GATEWAY_TUNNEL, dst: '10.244.1.46', out: 'lxc1', policy: { destinationCIDRs: ['0.0.0.0/0'] } }, 'preserve intra-node'],
    ['2.7', 'v6 1.17', { config: GATEWAY_TUNNEL, src: POD6, dst: '2001:4860:4860::8888', policy: { sourceIPs: ['fd00:10:244:1::45'], destinationCIDRs: ['::/0'], gatewayNode: 'w1', egressIP: 'fc00:f853:ccd:e793::240' } }, 'masquerade local-endpoint fc00:f853:ccd:e793::3'],
    ['2.7', 'v6 1.18', { config: { ...BPF_TUNNEL, 'enable-egress-gateway': 'true' }, version: '1.18', src: POD6, dst: '2001:4860:4860::8888', policy: { sourceIPs: ['fd00:10:244:1::45'], destinationCIDRs: ['::/0'], gatewayNode: 'w1', egressIP: 'fc00:f853:ccd:e793::240' } }, 'egress-gateway egress-gateway fc00:f853:ccd:e793::240'],
    ['2.7', 'reply source node', { config: GATEWAY_TUNNEL, dst: '93.184.216.34', isReply: true, policy: { destinationCIDRs: ['0.0.0.0/0'] } }, 'preserve reply'],
    ['4', 'egw ignored', { config: { ...IPTABLES, 'enable-ipv4-egress-gateway': 'true' }, dst: '93.184.216.34', policy: { destinationCIDRs: ['0.0.0.0/0'], gatewayNode: 'w1' } }, 'masquerade non-cluster 172.18.0.3'],
  ])
})
