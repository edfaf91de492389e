import { expect, test } from 'vitest'
import type { Identity } from '../../src/cluster/address-book.ts'
import { describeIdentity, destinationPlace, sourceRole } from '../../src/masquerade/endpoints.ts'
import { N1, N2 } from '../support/masquerade-ask.ts'
import { buildCluster } from '../support/masquerade-cluster.ts'

const cluster = buildCluster({ config: {}, nodes: [N1, N2] })
const n1 = cluster.nodesByName.get('n1') ?? null
const identity = (
  kind: Identity['kind'],
  node: string | null,
  ip = '10.9.9.9',
  more: Partial<Identity> = {},
): Identity => ({
  ...{ ip, kind, name: null, node, basis: 'test', source: null },
  ...more,
})

test.each<[string, Identity, string]>([
  ['a pod of the node', identity('pod', 'n1'), 'endpoint'],
  ['a pod of another node', identity('pod', 'n2'), 'foreign'],
  ['a pod of no node that is known', identity('pod', null), 'endpoint'],
  ['in the pod CIDR of the node, in no list', identity('unknown', 'n1'), 'endpoint'],
  ['health', identity('health', 'n1'), 'endpoint'],
  ['an address of the node', identity('node', 'n1', '172.18.0.2'), 'host'],
  ['cilium_host', identity('cilium_host', 'n1', '10.244.1.250'), 'host'],
  ['an egress IP of the node', identity('egress_gateway', 'n1'), 'host'],
  ['loopback', identity('loopback', null, '127.0.0.1'), 'loopback'],
  ['the outside', identity('external', null), 'foreign'],
  ['nothing known', identity('unknown', null), 'unknown'],
])('sourceRole(): %s', (_name, given, role) => {
  expect(sourceRole(given, n1)).toBe(role)
})

test.each<[string, Identity, string]>([
  ['a pod of the node', identity('pod', 'n1'), 'local-endpoint'],
  ['a pod of another node', identity('pod', 'n2'), 'remote-endpoint'],
  ['the node', identity('node', 'n1', '172.18.0.2'), 'own-node'],
  ['another node', identity('node', 'n2', '172.18.0.3', { addressType: 'InternalIP' }), 'remote-node'],
  [
    'a card of another node that no list names',
    identity('node', 'n2', '10.70.0.3', { addressType: 'other' }),
    'outside',
  ],
  ['an address that several nodes carry', identity('node', null, '172.17.0.1', { addressType: 'other' }), 'outside'],
  ['cilium_host of another node', identity('cilium_host', 'n2', '10.244.2.250'), 'remote-cilium-host'],
  ['the outside', identity('external', null), 'outside'],
  ['a service', identity('service', null), 'outside'],
  ['nothing known', identity('unknown', null), 'unknown'],
])('destinationPlace(): %s', (_name, given, place) => {
  expect(destinationPlace(given, n1, cluster)).toBe(place)
})

test('describeIdentity() names kind, name and address', () => {
  expect(describeIdentity(identity('pod', 'n1', '10.244.1.10', { name: 'shop/web' }))).toBe(
    'pod shop/web (10.244.1.10)',
  )
  expect(describeIdentity(identity('external', null, '1.1.1.1'))).toBe('1.1.1.1')
  expect(describeIdentity(identity('health', 'n1', '10.244.1.251'))).toBe('health address (10.244.1.251)')
})
