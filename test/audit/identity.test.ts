import { expect, test } from 'vitest'
import { isFromPodCidr, isInCluster, isPodLike, isSameNode } from '../../src/audit/identity.ts'
import type { Identity } from '../../src/cluster/address-book.ts'
import { aCluster, FIXTURE } from '../support/audit-cluster.ts'

const { addressBook } = aCluster(FIXTURE)

test.each([
  ['a pod', '10.244.1.10', [true, true]],
  ['an address of a pod CIDR without a name', '10.244.1.99', [true, true]],
  ['a node', '172.18.0.2', [false, true]],
  ['a cilium_host address', '10.244.1.250', [false, true]],
  ['a service address', '10.96.0.1', [false, true]],
  ['the outside', '1.1.1.1', [false, false]],
])('%s', (_, ip, expected) => {
  const who = addressBook.lookup(ip)
  expect([isPodLike(who), isInCluster(who)]).toEqual(expected)
})

const unknown: Identity = { ip: '10.0.0.9', kind: 'unknown', name: null, node: null, basis: 'no match', source: null }
test.each<[string, Partial<Identity>, boolean]>([
  ['on a node', { node: 'n1' }, true],
  ['by the CIDR', { basis: 'in pod CIDR 10.0.0.0/24, no pod listed' }, true],
  ['by nothing', {}, false],
  ['a node in a pod CIDR', { kind: 'node', node: 'n1' }, false],
])('isFromPodCidr() of an address without an owner: %s', (_, facts, expected) => {
  expect(isFromPodCidr({ ...unknown, ...facts })).toBe(expected)
})

test.each([
  ['10.244.1.10', '172.18.0.2', true],
  ['10.244.1.10', '172.18.0.3', false],
  // Of neither is a node known: that makes them no neighbours.
  ['1.1.1.1', '8.8.8.8', false],
])('isSameNode() of %s and %s is %s', (a, b, expected) => {
  expect(isSameNode(addressBook.lookup(a), addressBook.lookup(b))).toBe(expected)
})
