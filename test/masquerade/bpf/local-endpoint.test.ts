import { describe, expect, test } from 'vitest'
import { decide } from '../../../src/masquerade/decide.ts'
import { ask, askRows, N1, N2, OTHER_POD } from '../../support/masquerade-ask.ts'
import { buildCluster } from '../../support/masquerade-cluster.ts'

describe('local-endpoint and not-local-endpoint', () => {
  askRows([
    ['a pod', {}, 'masquerade local-endpoint 172.18.0.2'],
    ['the health endpoint', { source: '10.244.1.251' }, 'masquerade local-endpoint 172.18.0.2'],
    ['the ingress address', { source: '10.244.1.252' }, 'masquerade local-endpoint 172.18.0.2'],
    [
      'a pod outside every pod CIDR, which a list names',
      { source: '10.9.9.9', cluster: { pods: [{ name: 'a/b', ip: '10.9.9.9', node: 'n1' }] } },
      'masquerade local-endpoint',
    ],
    ['a guest of another runtime', { source: '172.17.0.5' }, 'preserve not-local-endpoint'],
    ['a pod of another node', { source: OTHER_POD }, 'preserve not-local-endpoint'],
    ['UDP', { protocol: 17 }, 'masquerade local-endpoint'],
    ['the node is told from the source', { node: null }, 'masquerade local-endpoint 172.18.0.2'],
  ])

  test('without ip addr any listed address of the node is right', () => {
    const { interfaces: _, ...bare } = N1
    const decision = ask({ cluster: { nodes: [{ ...bare, externalIP: '35.190.10.11' }, N2] } })
    expect(decision).toMatchObject({ action: 'masquerade', address: null, addresses: ['172.18.0.2', '35.190.10.11'] })
    expect(decision.assumptions[0]).toMatch(/ip addr/)
  })

  test('a pod of a node that is not known is masqueraded to an address that is not known', () => {
    const cluster = buildCluster({
      version: '1.17',
      config: {
        'enable-bpf-masquerade': 'true',
        'routing-mode': 'native',
        'ipv4-native-routing-cidr': '10.244.0.0/16',
      },
      nodes: [N2],
      pods: [{ name: 'a/b', ip: '10.244.7.7', node: null }],
    })
    const decision = decide({ source: '10.244.7.7', destination: '1.1.1.1', protocol: 6 }, cluster)
    expect(decision).toMatchObject({ action: 'masquerade', address: null, addresses: [], node: null })
    expect(decision.assumptions).toContain('sending node not known: any node address is accepted')
  })
})
