import { expect, test } from 'vitest'
import { isFromPodCidr, isInCluster, isPodLike, isSameNode } from '../../src/audit/identity.ts'
import { clusterOf, FIXTURE } from '../support/audit-cluster.ts'
import { aPod, list } from '../support/audit-objects.ts'

// With a list of pods an address of a pod CIDR that is not in it is nobody's; pods named by hand are no list of all.
const { addressBook } = clusterOf(FIXTURE, { 'pods.json': list(aPod('client', 'n1', '10.244.1.10')) })

test.each([
  ['a pod', '10.244.1.10', [true, true, false]],
  ['a pod that nobody lists', '10.244.1.99', [false, false, true]],
  ['a node', '172.18.0.2', [false, true, false]],
  ['a cilium_host address', '10.244.1.250', [false, true, false]],
  ['a service address', '10.96.0.1', [false, true, false]],
  ['the outside', '1.1.1.1', [false, false, false]],
])('%s', (_, ip, expected) => {
  const who = addressBook.lookup(ip)
  expect([isPodLike(who), isInCluster(who), isFromPodCidr(who)]).toEqual(expected)
})

test.each([
  ['10.244.1.10', '172.18.0.2', true],
  ['10.244.1.10', '172.18.0.3', false],
  // Of neither is a node known: that makes them no neighbours.
  ['1.1.1.1', '8.8.8.8', false],
])('isSameNode() of %s and %s is %s', (a, b, expected) => {
  expect(isSameNode(addressBook.lookup(a), addressBook.lookup(b))).toBe(expected)
})
