import { expect, test } from 'vitest'
import { clusterOf, TWO_NODES } from '../../support/cluster-pieces.ts'

const TEXT = `Source IP     Destination CIDR   Egress IP       Gateway IP
10.0.1.5      0.0.0.0/0          192.0.2.200     192.0.2.2
10.0.1.5      10.0.0.0/8         0.0.0.0         Excluded CIDR
10.0.1.6      0.0.0.0/0          0.0.0.0         Not Found
`
const JSON_FORM = JSON.stringify([
  { SourceIP: '10.0.1.5', DestCIDR: '0.0.0.0/0', EgressIP: '192.0.2.200', GatewayIP: '192.0.2.2' },
  { SourceIP: '10.0.1.5', DestCIDR: '10.0.0.0/8', EgressIP: '0.0.0.0', GatewayIP: 'Excluded CIDR' },
  { SourceIP: '10.0.1.6', DestCIDR: '0.0.0.0/0', EgressIP: '0.0.0.0', GatewayIP: 'Not Found' },
])

test.each([
  ['text', TEXT],
  ['JSON', JSON_FORM],
])('%s: gateway, excluded block, and no gateway found', (_form, text) => {
  const { nodesByName, inputs } = clusterOf({ 'n1/egress.txt': text, 'nodes.json': TWO_NODES })
  expect(inputs.map(({ kind, note }) => `${kind}: ${note}`)).toContain('bpf-egress-list: 3 entries')
  const placed = nodesByName.get('n1')
  expect(placed?.installed.egressEntries).toMatchObject([
    { source: '10.0.1.5', destination: { text: '0.0.0.0/0' }, egressIp: '192.0.2.200', gatewayIp: '192.0.2.2' },
    { source: '10.0.1.5', destination: { text: '10.0.0.0/8' }, egressIp: null, gatewayIp: null, excluded: true },
    { source: '10.0.1.6', destination: { text: '0.0.0.0/0' }, egressIp: null, gatewayIp: null },
  ])
  expect(placed?.installed.egressEntries?.[2]?.excluded).toBeUndefined()
})

test('a list that nothing gives a node is said not to be used', () => {
  const { nodes, warnings } = clusterOf({ 'egress.txt': TEXT, 'nodes.json': TWO_NODES })
  expect(nodes.map(({ installed }) => installed.egressEntries)).toEqual([null, null])
  expect(warnings).toMatchObject([{ code: 'dump-without-node', file: 'egress.txt' }])
})
