import { describe, expect, test } from 'vitest'
import { decide } from '../../../src/masquerade/decide.ts'
import { ask, askRows, BPF, N2_ADDRESS, NATIVE, OTHER_POD, TUNNEL } from '../../support/masquerade-ask.ts'
import { buildCluster } from '../../support/masquerade-cluster.ts'

const tunnel = (more: Record<string, string> = {}) => ({ ...BPF, ...TUNNEL, ...more })

describe('encapsulated', () => {
  askRows([
    ['pod of another node, tunnel', { config: tunnel(), destination: OTHER_POD }, 'preserve encapsulated'],
    ['pod of another node, native', { destination: OTHER_POD }, 'preserve exclusion-cidr'],
    ['cilium_host of another node, tunnel', { config: tunnel(), destination: '10.244.2.250' }, 'preserve encapsulated'],
    ['another node, tunnel', { config: tunnel(), destination: N2_ADDRESS }, 'masquerade local-endpoint'],
    [
      'another node, host firewall',
      { config: tunnel({ 'enable-host-firewall': 'true' }), destination: N2_ADDRESS },
      'preserve encapsulated',
    ],
    [
      'another node, node encryption',
      { config: tunnel({ 'encrypt-node': 'true' }), destination: N2_ADDRESS },
      'preserve encapsulated',
    ],
    [
      'another node, IPsec without node encryption',
      { config: tunnel({ 'enable-ipsec': 'true' }), destination: N2_ADDRESS },
      'unknown encapsulated',
    ],
    [
      'another node, host firewall, native',
      { config: { ...BPF, 'enable-host-firewall': 'true' }, destination: N2_ADDRESS },
      'preserve remote-node',
    ],
    [
      'pod of another node, WireGuard, native',
      { config: { ...BPF, 'enable-wireguard': 'true' }, destination: OTHER_POD },
      'preserve encapsulated',
    ],
    [
      'another node, WireGuard, native',
      { config: { ...BPF, 'enable-wireguard': 'true' }, destination: N2_ADDRESS },
      'preserve remote-node',
    ],
    [
      'another node, WireGuard and encrypt-node',
      { config: { ...BPF, 'enable-wireguard': 'true', 'encrypt-node': 'true' }, destination: N2_ADDRESS },
      'preserve encapsulated',
    ],
    ['seen on the tunnel device', { config: tunnel(), outInterface: 'cilium_vxlan' }, 'preserve encapsulated'],
    [
      'hybrid routing, pod of another node outside the exclusion CIDR',
      {
        config: { ...BPF, 'routing-mode': 'hybrid', 'ipv4-native-routing-cidr': '10.99.0.0/16' },
        destination: OTHER_POD,
      },
      'unknown encapsulated',
    ],
  ])

  test('where the routing mode is not known it matters only if it makes a difference', () => {
    const options = { 'enable-bpf-masquerade': 'true', 'ipv4-native-routing-cidr': '10.244.0.0/16' }
    const nodes = [
      { name: 'n1', internalIP: '172.18.0.2', podCIDRs: ['10.244.1.0/24'] },
      { name: 'n2', internalIP: N2_ADDRESS, podCIDRs: ['10.244.2.0/24'] },
    ]
    const cluster = buildCluster({ options, nodes })
    const to = (destination: string) => decide({ source: '10.244.1.10', destination, protocol: 6 }, cluster)
    expect(to(OTHER_POD)).toMatchObject({ action: 'preserve', rule: 'exclusion-cidr' })
    expect(to('1.1.1.1')).toMatchObject({ action: 'masquerade', address: '172.18.0.2' })
    const node = to(N2_ADDRESS)
    expect(node).toMatchObject({ action: 'unknown', rule: 'remote-node' })
    expect(node.assumptions[0]).toMatch(/routing-mode/)
    expect(node.alternatives.map(({ action }) => action)).toEqual(['preserve', 'masquerade'])
  })

  test('a stated default counts: a configuration without routing-mode is tunnel routing', () => {
    const { 'routing-mode': _, ...rest } = { ...BPF, ...NATIVE }
    expect(ask({ config: rest, destination: N2_ADDRESS })).toMatchObject({ action: 'masquerade' })
  })
})
