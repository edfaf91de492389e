import { describe, expect, test } from 'vitest'
import { ask, askRows, BPF, N1, N2, OTHER_POD } from '../../support/masquerade-ask.ts'

const HOST = '172.18.0.2'
const PUBLIC = { ...N1, interfaces: { eth0: ['172.18.0.2/16', '35.190.20.11/24'] } }

describe('host-masq-address and host-endpoint', () => {
  askRows([
    ['the masquerade address', { source: HOST }, 'preserve host-masq-address'],
    ['towards a pod of another node', { source: HOST, destination: OTHER_POD }, 'preserve host-masq-address'],
    ['the address of another device', { source: '192.168.77.2' }, 'preserve host-endpoint'],
    ['the same on its own device', { source: '192.168.77.2', outInterface: 'eth1' }, 'preserve host-masq-address'],
    ['cilium_host', { source: '10.244.1.250' }, 'preserve host-endpoint'],
    ['a pod', {}, 'masquerade local-endpoint'],
    [
      'the node address beside a public one, TCP: direct-routing address',
      { source: HOST, cluster: { nodes: [PUBLIC, N2] } },
      'preserve host-masq-address',
    ],
    [
      'the same for ICMP, which NodePort does not touch',
      { source: HOST, protocol: 1, icmpType: 8, cluster: { nodes: [PUBLIC, N2] } },
      'preserve host-endpoint',
    ],
    [
      'the same with another direct-routing device',
      { source: HOST, config: { ...BPF, 'direct-routing-device': 'eth1' }, cluster: { nodes: [PUBLIC, N2] } },
      'preserve host-endpoint',
    ],
    ['another node, routed through', { source: '172.18.0.3' }, 'preserve not-local-endpoint'],
    [
      'a source that may be anything',
      { source: '10.9.9.9', cluster: { nodes: [N1], nodesKnown: false } },
      'unknown local-endpoint',
    ],
  ])

  test('the trace compares the addresses', () => {
    const step = ask({ source: '192.168.77.2' }).trace.find(({ rule }) => rule === 'host-masq-address')
    expect(step?.detail).toBe('192.168.77.2 is not the masquerade address 172.18.0.2')
  })
})
