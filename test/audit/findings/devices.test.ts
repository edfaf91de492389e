import { describe, expect, test } from 'vitest'
import { wrongDoors } from '../../../src/audit/findings/devices.ts'
import { judged } from '../../support/audit-causes.ts'
import { clusterOf, FIXTURE } from '../../support/audit-cluster.ts'
import type { FlowFacts } from '../../support/audit-flows.ts'

const device = (ifindex: number, ifname: string, local: string) => ({
  ifindex,
  ifname,
  mtu: 1500,
  operstate: 'UP',
  addr_info: [{ family: 'inet', local, prefixlen: 24, scope: 'global' }],
})
const CLUSTER = clusterOf(FIXTURE, {
  'n1/ip-addr.json': JSON.stringify([device(2, 'eth0', '172.18.0.2'), device(3, 'eth1', '172.19.0.2')]),
})
const on = (...names: readonly string[]) => ({ interfaces: names.map((name) => ({ name, host: 'n1' })) })
const found = (flow: FlowFacts, capture: ReturnType<typeof on>) => wrongDoors(judged(CLUSTER, [flow], capture))

describe('wrongDoors() tells an address from the device it leaves by', () => {
  const own: FlowFacts = { tuple: '172.18.0.2:40000 > 1.1.1.1:443', ttl: 63 }

  test('leaving by another', () => {
    expect(found(own, on('eth1'))).toMatchObject([
      { code: 'wrong-interface', severity: 'error', subject: 'eth1 of n1' },
    ])
    expect(found(own, on('eth1'))[0]?.message).toContain('172.18.0.2 belongs to eth0 of n1')
  })

  test.each([
    ['by its own', own, 'eth0'],
    ['by a device the node does not list', own, 'eth7'],
    ["another node's address", { ...own, tuple: '172.18.0.3:40000 > 1.1.1.1:443' }, 'eth1'],
  ])('nothing where it leaves %s', (_, flow, name) => {
    expect(found(flow, on(name))).toEqual([])
  })
})

describe('wrongDoors() tells requests to pods from their answers', () => {
  const way = (interfaceIndex: number, forwardPackets: number, reversePackets: number) => ({
    interfaceIndex,
    forwardPackets,
    reversePackets,
  })
  const request = (...vantages: ReturnType<typeof way>[]): FlowFacts => ({
    tuple: '8.8.8.8:40000 > 10.244.1.10:80',
    ttl: 60,
    vantages,
  })

  test('in by one device, out by the other', () => {
    const [finding] = found(request(way(0, 4, 0), way(1, 0, 4)), on('eth0', 'eth1'))
    expect(finding?.message).toContain('come in by eth0 of n1, and their answers leave by eth1')
  })

  test.each([
    ['both by one', [way(0, 4, 4)]],
    ['a bond and its slave, which both show both', [way(0, 4, 4), way(1, 0, 4)]],
    ['no answer seen', [way(0, 4, 0)]],
  ])('nothing where %s', (_, vantages) => {
    expect(found(request(...vantages), on('eth0', 'eth1'))).toEqual([])
  })
})
