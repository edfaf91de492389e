import { describe, expect, test } from 'vitest'
import { gatherFacts } from '../../src/masquerade/facts.ts'
import { describeDevice, leavesBy, localDeliveryDevice, type OutDevice } from '../../src/masquerade/out-device.ts'
import { IPTABLES, N1, N2, OTHER_POD, POD, TUNNEL } from '../support/masquerade-ask.ts'
import { buildCluster, buildSettings, type NodeSpec } from '../support/masquerade-cluster.ts'

const ROUTES = [
  { dst: 'default', dev: 'eth0', via: '172.18.0.1' },
  { dst: '9.0.0.0/8', dev: 'eth1', via: '192.168.77.1' },
  { dst: '9.9.0.0/16', dev: 'eth2', via: '192.168.77.9' },
]

function device(
  destination: string,
  node: NodeSpec = { ...N1, routes: ROUTES },
  config = IPTABLES,
  outInterface: string | null = null,
): OutDevice {
  const cluster = buildCluster({ config, nodes: [node, N2] })
  return gatherFacts({ source: POD, destination, protocol: 6, outInterface }, cluster).device
}

describe('the device a packet leaves by', () => {
  test('as given, with the next hop of its routes', () => {
    expect(device('9.9.9.9', undefined, IPTABLES, 'eth1')).toMatchObject({
      name: 'eth1',
      basis: 'given',
      nextHop: '192.168.77.1',
    })
  })

  test('by the longest route', () => {
    expect(device('9.9.9.9')).toMatchObject({ name: 'eth2', nextHop: '192.168.77.9' })
    expect(device('9.1.1.1')).toMatchObject({ name: 'eth1', basis: 'route 9.0.0.0/8 of n1' })
    expect(device('1.1.1.1')).toMatchObject({ name: 'eth0', basis: 'route default of n1' })
  })

  test('inside the cluster by how Cilium delivers', () => {
    expect(device('10.244.1.11').name).toBe('cilium_host')
    expect(device('10.244.1.11', N1, { ...IPTABLES, 'enable-endpoint-routes': 'true' }).name).toBe('lxc+')
    expect(device('172.18.0.2').name).toBe('lo')
    expect(device(OTHER_POD, N1, { ...IPTABLES, ...TUNNEL }).name).toBe('cilium_host')
    expect(device(OTHER_POD).name).toBe('eth0')
  })

  test('an IPv4 default route leads no IPv6 packet', () => {
    expect(device('2606:4700::1111').basis).toBe('only device of n1 that leads out')
  })

  test('the only device that leads out, or the candidates', () => {
    const { interfaces: _, ...bare } = N1
    expect(device('1.1.1.1', { ...bare, interfaces: { wan0: ['172.18.0.2/16'], lxc1: ['fe80::1/64'] } }).name).toBe(
      'wan0',
    )
    const several = device('1.1.1.1', N1)
    expect(several).toMatchObject({ name: null, candidates: ['eth0', 'eth1'] })
    expect(describeDevice(several)).toBe('one of eth0, eth1')
    expect(describeDevice(device('1.1.1.1', bare))).toBe('a device that is not known')
  })
})

describe('leavesBy()', () => {
  const known: OutDevice = { name: 'eth0', basis: 'given', candidates: [], nextHop: null }
  const open: OutDevice = { name: null, basis: 'not known', candidates: [], nextHop: null }

  test.each<[string, OutDevice, string, boolean | null]>([
    ['known', known, 'eth+', true],
    ['known, another', known, 'wlan0', false],
    ['not known', open, 'eth0', null],
    ['not known, and leading out', open, 'cilium_+', false],
    ['all candidates match', { ...open, candidates: ['eth0', 'eth1'] }, 'eth+', true],
    ['one candidate matches', { ...open, candidates: ['eth0', 'eth1'] }, 'eth0', null],
    ['no candidate matches', { ...open, candidates: ['eth0', 'eth1'] }, 'wlan0', false],
  ])('%s', (_name, given, pattern, wanted) => {
    expect(leavesBy(given, pattern)).toBe(wanted)
  })
})

test('localDeliveryDevice() follows endpoint routes and cloud IPAM', () => {
  const of = (config: Record<string, string>): string => localDeliveryDevice(buildSettings({ config }))
  expect([of({}), of({ 'enable-endpoint-routes': 'true' }), of({ ipam: 'eni' })]).toEqual([
    'cilium_host',
    'lxc+',
    'lxc+',
  ])
})
