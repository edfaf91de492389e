import { describe, expect, test } from 'vitest'
import { ask, askRows, IPTABLES, N1, N2, N2_ADDRESS, OTHER_POD, TUNNEL } from '../../support/masquerade-ask.ts'

const MESH = [N1, N2, { name: 'far', internalIP: '172.30.0.9', remoteCluster: true }]
const N2_EXTERNAL = '35.190.10.12'
const WIDE = { ...IPTABLES, 'ipv4-native-routing-cidr': '10.99.0.0/16' }
const BY_IF = { ...IPTABLES, 'egress-masquerade-interfaces': 'eth0' }
const at = (version: string) => ({ cluster: { version } })

describe('node-set', () => {
  askRows([
    ['InternalIP', { config: IPTABLES, destination: N2_ADDRESS }, 'preserve node-set'],
    ['ExternalIP', { config: IPTABLES, destination: N2_EXTERNAL }, 'masquerade non-cluster'],
    ['cilium_host of another node', { config: WIDE, destination: '10.244.2.250' }, 'masquerade non-cluster'],
    [
      'a node of another cluster of the mesh',
      { config: IPTABLES, destination: '172.30.0.9', cluster: { nodes: MESH } },
      'preserve node-set',
    ],
    ['a neighbour', { config: IPTABLES, destination: '172.18.0.9' }, 'masquerade non-cluster'],
    ['tunnel routing', { config: { ...IPTABLES, ...TUNNEL }, destination: N2_ADDRESS }, 'masquerade non-cluster'],
    ['1.10', { config: IPTABLES, destination: N2_ADDRESS, ...at('1.10') }, 'masquerade non-cluster'],
    ['1.11', { config: IPTABLES, destination: N2_ADDRESS, ...at('1.11') }, 'preserve node-set'],
    ['ExternalIP, 1.11.1', { config: IPTABLES, destination: N2_EXTERNAL, ...at('1.11.1') }, 'preserve node-set'],
    ['ExternalIP, 1.11.2', { config: IPTABLES, destination: N2_EXTERNAL, ...at('1.11.2') }, 'masquerade non-cluster'],
    ['cilium_host, 1.11.1', { config: WIDE, destination: '10.244.2.250', ...at('1.11.1') }, 'masquerade non-cluster'],
    [
      'a source of the pod CIDR is wanted',
      { config: IPTABLES, source: '172.17.0.5', destination: N2_ADDRESS },
      'preserve no-rule',
    ],
    ['by interface any source', { config: BY_IF, source: OTHER_POD, destination: N2_ADDRESS }, 'preserve node-set'],
    ['by interface, another one', { config: BY_IF, destination: N2_ADDRESS, outInterface: 'eth1' }, 'preserve no-rule'],
    [
      'by interface up to 1.12 still by source',
      { config: BY_IF, source: OTHER_POD, destination: N2_ADDRESS, ...at('1.12') },
      'masquerade non-cluster',
    ],
    [
      'the node list is not known',
      { config: IPTABLES, destination: '172.18.0.9', cluster: { nodes: [N1], nodesKnown: false } },
      'unknown node-set',
    ],
    [
      'IPv6',
      {
        config: { ...IPTABLES, 'ipv6-native-routing-cidr': 'fd00::/56' },
        source: 'fd00:10:244:1::10',
        destination: 'fc00:f853:ccd:e793::3',
      },
      'preserve node-set',
    ],
  ])
  test('of 1.11 alone nothing says whether ExternalIPs are in the set', () => {
    const decision = ask({ config: IPTABLES, destination: N2_EXTERNAL, ...at('1.11') })
    expect(decision.action).toBe('masquerade')
    expect(decision.alternatives).toMatchObject([{ action: 'preserve', when: 'the release is 1.11.0 or 1.11.1' }])
    expect(ask({ config: IPTABLES, ...at('1.11') }).alternatives).toEqual([])
  })
})
