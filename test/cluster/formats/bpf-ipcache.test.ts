import { describe, expect, test } from 'vitest'
import { clusterOf, TWO_NODES } from '../../support/cluster-pieces.ts'

const row = (block: string, identity: number, tunnel = '0.0.0.0') =>
  `${block.padEnd(20)}identity=${identity} encryptkey=0 tunnelendpoint=${tunnel} flags=<none>`
const cache = (...rows: string[]) =>
  clusterOf({
    'nodes.json': TWO_NODES,
    'ipcache.txt': ['IP PREFIX/ADDRESS   IDENTITY', row('192.0.2.1/32', 1), ...rows].join('\n'),
  })

describe('bpf ipcache list', () => {
  // Reserved identities of cilium/cilium pkg/identity/numericidentity.go.
  test.each([
    ['identity 1 inside a pod CIDR', row('10.0.1.99/32', 1), '10.0.1.99', { kind: 'cilium_host', name: 'n1' }],
    [
      'identity 6 inside a pod CIDR',
      row('10.0.2.99/32', 6, '192.0.2.2'),
      '10.0.2.99',
      { kind: 'cilium_host', name: 'n2' },
    ],
    [
      'identity 6 outside',
      row('198.51.100.7/32', 6),
      '198.51.100.7',
      { kind: 'node', addressType: 'other', node: null },
    ],
    ['identity 7 outside', row('198.51.100.8/32', 7), '198.51.100.8', { kind: 'node' }],
    ['identity 4', row('10.0.1.4/32', 4), '10.0.1.4', { kind: 'health', node: 'n1' }],
    ['identity 8', row('10.0.2.8/32', 8, '192.0.2.2'), '10.0.2.8', { kind: 'ingress', node: 'n2' }],
    [
      'a pod of this node',
      row('10.0.1.5/32', 4711),
      '10.0.1.5',
      { kind: 'pod', name: null, node: 'n1', basis: 'ipcache identity=4711' },
    ],
    ['a pod of another', row('10.0.2.5/32', 4711, '192.0.2.2'), '10.0.2.5', { kind: 'pod', node: 'n2' }],
    ['an identity local to the node', row('203.0.113.5/32', 16777217), '203.0.113.5', { kind: 'external' }],
    ['the world', row('0.0.0.0/0', 2), '203.0.113.6', { kind: 'external' }],
    ['a block', row('10.77.0.0/16', 4711), '10.77.1.1', { kind: 'external' }],
  ])('%s', (_what, line, ip, identity) => {
    expect(cache(line).addressBook.lookup(ip)).toMatchObject(identity)
  })

  test('an address CiliumNode lists stays what it says', () => {
    expect(cache(row('192.0.2.2/32', 6)).addressBook.lookup('192.0.2.2')).toMatchObject({
      kind: 'node',
      name: 'n2',
      basis: 'CiliumNode InternalIP',
    })
  })
})
