import { expect, test } from 'vitest'
import { clusterOf, TWO_NODES } from '../../support/cluster-pieces.ts'

const read = (text: string) => clusterOf({ 'endpoints.txt': text, 'nodes.json': TWO_NODES })
const HEAD = 'IP ADDRESS       LOCAL ENDPOINT INFO\n'
const POD = 'id=2263  sec_id=10553 flags=0x0000 ifindex=6   mac=52:D5:00:00:00:01 nodemac=82:83:00:00:00:01 '

test.each([
  ['text', `${HEAD}192.0.2.1:0      (localhost)\n10.0.1.1:0       (localhost)\n10.0.1.5:0       ${POD}\n`],
  ['JSON', JSON.stringify({ '192.0.2.1:0': ['(localhost)'], '10.0.1.1:0': ['(localhost)'], '10.0.1.5:0': [POD] })],
])('%s: pods of the node, and the host whose addresses tell which node it is', (_form, text) => {
  const { addressBook, inputs } = read(text)
  expect(inputs.find(({ file }) => file === 'endpoints.txt')).toMatchObject({
    kind: 'bpf-endpoint-list',
    node: 'n1',
    note: '3 addresses',
  })
  expect(addressBook.lookup('10.0.1.5')).toMatchObject({ kind: 'pod', node: 'n1' })
  expect(addressBook.lookup('192.0.2.1')).toMatchObject({ kind: 'node', name: 'n1' })
  expect(addressBook.lookup('10.0.1.1')).toMatchObject({ kind: 'cilium_host', name: 'n1' })
})

test('an address of the host inside a pod CIDR is cilium_host, outside it is the node’s', () => {
  const { addressBook } = read(
    `${HEAD}10.0.1.9:0   (localhost)\n192.0.2.1:0   (localhost)\n198.51.100.7:0   (localhost)\n`,
  )
  expect(addressBook.lookup('10.0.1.9')).toMatchObject({ kind: 'cilium_host', name: 'n1' })
  expect(addressBook.lookup('198.51.100.7')).toMatchObject({ kind: 'node', node: 'n1' })
})

test.each([
  ['fd00::1:0', 'fd00::1'],
  ['[fd00::1]:0', 'fd00::1'],
  ['[fd00::1]', 'fd00::1'],
  ['fd00:1:2:3:4:5:6:0', 'fd00:1:2:3:4:5:6:0'],
  ['10.0.1.5', '10.0.1.5'],
])('the suffix :0 is no part of the address: %s', (written, ip) => {
  expect(read(`${HEAD}${written}   ${POD}\n`).addressBook.lookup(ip)).toMatchObject({ basis: 'bpf endpoint list' })
})
