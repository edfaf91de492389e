import { describe, expect, test } from 'vitest'
import { FACETS, type Facet, facetsOf, facetText } from '../../../src/audit/root-cause/facets.ts'
import { each, judged } from '../../support/audit-causes.ts'
import { aCluster, FIXTURE } from '../../support/audit-cluster.ts'
import { ANY, ETH0_OUT, LXC_IN, NODE_ETH0 } from '../../support/audit-incident.ts'

function facets(given: typeof FIXTURE, run: Parameters<typeof judged>[1], at = 0, capture = NODE_ETH0('n1')) {
  const { verdicts, context } = judged(aCluster(given), run, capture)
  const verdict = verdicts[at]
  if (verdict === undefined) throw new Error('no such flow')
  const values = facetsOf(verdict, context)
  return Object.fromEntries(FACETS.map((facet, i) => [facet, values[i]])) as Record<Facet, string>
}

describe('facetsOf()', () => {
  test('reads a flow that left untranslated', () => {
    expect(facets(FIXTURE, each('10.244.1.10:40000 > 1.1.1.1:443'))).toEqual({
      node: 'n1',
      all: 'all',
      family: 'IPv4',
      protocol: 'tcp',
      destination: '1.1.1.1',
      device: 'eth0',
      address: '10.244.1.10',
      'pod-cidr': '',
      pod: 'default/client',
      'node-destination': 'n1 → 1.1.1.1',
      'node-protocol': 'n1 → tcp',
      'pod-destination': 'default/client → 1.1.1.1',
    })
  })

  test('of a translated flow whose pod nothing shows leaves the pod empty, and what it is part of', () => {
    const values = facets(FIXTURE, each('172.18.0.2:40000 > 1.1.1.1:443'))
    expect(values).toMatchObject({ node: 'n1', address: '172.18.0.2', pod: '', 'pod-destination': '' })
  })

  test('of a translated flow with its pair has the pod before translation', () => {
    const pair = [
      { tuple: '10.244.1.10:40000 > 1.1.1.1:443', isn: 1, tsVal: 1, ...LXC_IN },
      { tuple: '172.18.0.2:40000 > 1.1.1.1:443', isn: 1, tsVal: 1, ...ETH0_OUT },
    ]
    expect(facets(FIXTURE, pair, 1, ANY('n1'))).toMatchObject({ address: '172.18.0.2', pod: 'default/client' })
  })

  test('names the pod CIDR only where the node has several', () => {
    const given = { ...FIXTURE, podCidrs: ['n1=10.244.1.0/25', 'n1=10.244.1.128/25', 'n2=10.244.2.0/24'] }
    expect(facets(given, each('10.244.1.10:40000 > 1.1.1.1:443'))['pod-cidr']).toBe('10.244.1.0/25')
  })

  test('names no device where the capture was taken elsewhere than on a node', () => {
    const outside = { name: 'out.pcap', interfaces: [{ name: 'eth0', host: 'outside' }] }
    expect(facets(FIXTURE, each('10.244.1.10:40000 > 1.1.1.1:443'), 0, outside).device).toBe('')
  })
})

test.each<[Facet, string, string]>([
  ['all', 'all', 'of this kind'],
  ['node', 'n1', 'of node n1'],
  ['family', 'IPv6', 'over IPv6'],
  ['protocol', 'udp', 'over UDP'],
  ['destination', '1.1.1.1', 'to 1.1.1.1'],
  ['device', 'eth1', 'leaving by eth1'],
  ['address', '10.244.1.250', 'seen as 10.244.1.250'],
  ['pod-cidr', '10.244.9.0/24', 'from 10.244.9.0/24'],
  ['pod', 'default/client', 'of pod default/client'],
  ['node-destination', 'n1 → 1.1.1.1', 'of node n1 to 1.1.1.1'],
  ['node-protocol', 'n1 → udp', 'of node n1 over UDP'],
  ['pod-destination', 'default/client → 1.1.1.1', 'of pod default/client to 1.1.1.1'],
])('facetText() says %s in a sentence', (facet, value, text) => {
  expect(facetText(facet, value)).toBe(text)
})
