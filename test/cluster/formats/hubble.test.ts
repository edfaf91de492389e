import { describe, expect, test } from 'vitest'
import { clusterFrom, clusterOf, list, TWO_NODES } from '../../support/cluster-pieces.ts'

const FLOW = {
  time: '2025-07-31T11:56:28Z',
  verdict: 'FORWARDED',
  IP: { source: '10.0.1.5', source_xlated: '192.0.2.1', destination: '198.51.100.9' },
  l4: { TCP: { source_port: 1234, destination_port: 80 } },
  source: { identity: 4711, namespace: 'web', pod_name: 'shop-0', labels: ['k8s:app=shop'] },
  destination: { identity: 2, labels: ['reserved:world'] },
  node_name: 'east/n1',
}
const lines = (...records: unknown[]): string => records.map((record) => JSON.stringify(record)).join('\n')

describe('Hubble flows', () => {
  test('both sides of a translation, from the flow under its key or bare', () => {
    for (const text of [lines({ flow: FLOW, node_name: 'east/n1' }), lines(FLOW)]) {
      expect(clusterFrom(text).translations).toMatchObject([
        {
          kind: 'hubble',
          node: 'n1',
          protocol: 6,
          originalSource: '10.0.1.5',
          originalSourcePort: 1234,
          destination: '198.51.100.9',
          destinationPort: 80,
          translatedSource: '192.0.2.1',
          translatedSourcePort: null,
          source: { file: 'input' },
        },
      ])
    }
  })

  test('the reverse translation of a service is none of these', () => {
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { clusterIP: '10.96.0.7' } }
    const reply = { ...FLOW, IP: { ...FLOW.IP, source_xlated: '10.96.0.7' } }
    expect(clusterOf({ 'flows.json': lines({ flow: reply }), 'services.json': list(service) }).translations).toEqual([])
  })

  test('pods are named, below what lists say; hosts by their reserved labels', () => {
    const back = {
      ...FLOW,
      IP: { source: '10.0.1.1', destination: '10.0.1.5' },
      source: { labels: ['reserved:remote-node'] },
      destination: FLOW.source,
    }
    const { addressBook } = clusterOf({ 'nodes.json': TWO_NODES, 'flows.json': lines({ flow: FLOW }, { flow: back }) })
    expect(addressBook.lookup('10.0.1.5')).toMatchObject({
      kind: 'pod',
      name: 'web/shop-0',
      node: 'n1',
      basis: 'Hubble flow',
    })
    expect(addressBook.lookup('10.0.1.1').kind).toBe('cilium_host')
  })

  test('other records and unreadable flows are counted, all in one line', () => {
    const { inputs, warnings } = clusterFrom(
      lines(
        { flow: FLOW },
        { lost_events: { num_events_lost: '3' } },
        { node_status: { state: 'x' } },
        { flow: { ...FLOW, IP: { source: 7 } } },
        { flow: FLOW },
      ),
    )
    expect(inputs.map(({ kind, note }) => [kind, note])).toEqual([
      ['hubble-flows', '2 flows, 2 translations, 2 other records, 1 unreadable flow'],
    ])
    expect(warnings).toMatchObject([{ code: 'metadata-bad-item', line: 4 }])
  })
})
