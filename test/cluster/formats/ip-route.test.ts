import { describe, expect, test } from 'vitest'
import { makeCluster } from '../../../src/cluster/make-cluster.ts'
import { clusterOf, TWO_NODES } from '../../support/cluster-pieces.ts'

const routes = (text: string) =>
  clusterOf({ 'nodes.json': TWO_NODES, 'n1.txt': text })
    .nodesByName.get('n1')
    ?.routes?.map(({ destination, device, via, src }) => [destination?.text ?? 'default', device, via, src])

describe('ip route', () => {
  test.each([
    ['default via 192.0.2.254 dev eth0 proto dhcp metric 100 onlink', ['default', 'eth0', '192.0.2.254', null]],
    ['10.0.2.0/24 via 192.0.2.2 dev eth0 proto kernel', ['10.0.2.0/24', 'eth0', '192.0.2.2', null]],
    ['10.0.1.53 dev lxc12ab proto kernel scope link', ['10.0.1.53/32', 'lxc12ab', null, null]],
    [
      '192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.1 linkdown',
      ['192.0.2.0/24', 'eth0', null, '192.0.2.1'],
    ],
    ['default via fe80::1 dev eth0 proto ra metric 1024 pref medium', ['default', 'eth0', 'fe80::1', null]],
    ['fd00:1::/64 dev eth0 proto kernel metric 256', ['fd00:1::/64', 'eth0', null, null]],
  ])('%s', (line, route) => {
    expect(routes(`${line}\n`)).toEqual([route])
  })

  test('local, broadcast and blackhole routes say nothing about a way out', () => {
    const text =
      'default via 192.0.2.254 dev eth0\nlocal 192.0.2.1 dev eth0 table local\nbroadcast 192.0.2.255 dev eth0\nblackhole 10.0.1.0/24\n'
    expect(routes(text)).toHaveLength(1)
  })

  test('JSON says the same', () => {
    const json = [
      { dst: 'default', gateway: '192.0.2.254', dev: 'eth0', flags: [] },
      { dst: '192.0.2.0/24', dev: 'eth0', prefsrc: '192.0.2.1' },
      { type: 'local', dst: '192.0.2.1', dev: 'eth0' },
    ]
    expect(routes(JSON.stringify(json))).toEqual(
      routes('default via 192.0.2.254 dev eth0\n192.0.2.0/24 dev eth0 src 192.0.2.1\n'),
    )
  })

  test('the tables of both families of a node are put together', () => {
    const cluster = clusterOf({
      'nodes.json': TWO_NODES,
      'n1-4.txt': 'default via 192.0.2.254 dev eth0\n',
      'n1-6.txt': 'default via fe80::1 dev eth0\n',
      'n1-again.txt': 'default via 192.0.2.254 dev eth0\n',
    })
    expect(cluster.nodesByName.get('n1')?.routes).toHaveLength(2)
  })
})

test('makeCluster() takes devices and routes in plain words', () => {
  const { nodesByName } = makeCluster({
    nodes: [
      {
        name: 'n1',
        devices: { eth0: ['192.0.2.1/24', 'fe80::1/64'] },
        routes: [{ destination: 'default', device: 'eth0', src: '192.0.2.1' }],
      },
    ],
  })
  expect(nodesByName.get('n1')?.devices?.get('eth0')?.addresses).toEqual([
    { ip: '192.0.2.1', prefix: 24, scope: 'global', secondary: false },
    { ip: 'fe80::1', prefix: 64, scope: 'link', secondary: false },
  ])
  expect(nodesByName.get('n1')?.routes).toMatchObject([{ destination: null, device: 'eth0', src: '192.0.2.1' }])
  expect(() => makeCluster({ nodes: [{ name: 'n1', internalIps: ['nonsense'] }] })).toThrow(TypeError)
})
