import { describe, expect, test } from 'vitest'
import { clusterOf, TWO_NODES } from '../../support/cluster-pieces.ts'

const devicesOf = (text: string) =>
  clusterOf({ 'addresses.txt': text, 'nodes.json': TWO_NODES }).nodesByName.get('n1')?.devices

const TEXT = `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
7: cilium_host@cilium_net: <BROADCAST,MULTICAST,NOARP,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default
    inet 10.0.1.1/32 scope global cilium_host
48: eth0@if49: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP group default
    inet 192.0.2.1/24 brd 192.0.2.255 scope global eth0
    inet 192.0.2.99/24 brd 192.0.2.255 scope global secondary eth0
    inet6 fe80::42:acff:fe11:4/64 scope link
50: tun0: <POINTOPOINT,UP,LOWER_UP> mtu 1400 qdisc noqueue state UP
    inet 198.51.100.1 peer 198.51.100.2/32 scope global tun0
`
const info = (local: string, prefixlen: number, scope: string) => ({ family: 'inet', local, prefixlen, scope })
const JSON_FORM = JSON.stringify([
  {},
  { ifindex: 1, ifname: 'lo', mtu: 65536, addr_info: [info('127.0.0.1', 8, 'host')] },
  { ifindex: 7, ifname: 'cilium_host', link: 'cilium_net', mtu: 1500, addr_info: [info('10.0.1.1', 32, 'global')] },
  {
    ifindex: 48,
    ifname: 'eth0',
    link_index: 49,
    mtu: 1450,
    addr_info: [
      info('192.0.2.1', 24, 'global'),
      { ...info('192.0.2.99', 24, 'global'), secondary: true },
      info('fe80::42:acff:fe11:4', 64, 'link'),
    ],
  },
  {
    ifindex: 50,
    ifname: 'tun0',
    mtu: 1400,
    addr_info: [{ ...info('198.51.100.1', 32, 'global'), address: '198.51.100.2' }],
  },
])

describe.each([
  ['ip addr', TEXT],
  ['ip -j addr', JSON_FORM],
])('%s', (_form, text) => {
  test('shows devices without their peers, with addresses, scopes and what is secondary', () => {
    const devices = devicesOf(text)
    expect([...(devices?.keys() ?? [])]).toEqual(['lo', 'cilium_host', 'eth0', 'tun0'])
    expect(devices?.get('eth0')).toMatchObject({
      ifindex: 48,
      mtu: 1450,
      addresses: [
        { ip: '192.0.2.1', prefix: 24, scope: 'global', secondary: false },
        { ip: '192.0.2.99', prefix: 24, scope: 'global', secondary: true },
        { ip: 'fe80::42:acff:fe11:4', prefix: 64, scope: 'link', secondary: false },
      ],
    })
    expect(devices?.get('tun0')?.addresses.map(({ ip, prefix }) => `${ip}/${prefix}`)).toEqual(['198.51.100.1/32'])
  })
})

test('ip -br addr shows devices and addresses, of a point-to-point device its own', () => {
  const devices = devicesOf(`lo               UNKNOWN        127.0.0.1/8 ::1/128
eth0@if49        UP             192.0.2.1/24 fe80::42:acff:fe11:4/64
cilium_host@cilium_net UP       10.0.1.1/32
tun0             UNKNOWN        198.51.100.1 peer 198.51.100.2/32
docker0          DOWN
`)
  const shown = [...(devices ?? [])].map(([name, { addresses }]) => [
    name,
    ...addresses.map(({ ip, scope }) => `${ip} ${scope}`),
  ])
  expect(shown).toEqual([
    ['lo', '127.0.0.1 host', '::1 host'],
    ['eth0', '192.0.2.1 unknown', 'fe80::42:acff:fe11:4 link'],
    ['cilium_host', '10.0.1.1 unknown'],
    ['tun0', '198.51.100.1 unknown'],
    ['docker0'],
  ])
})

test('the address of cilium_host tells the node, and is learnt where nothing else shows it', () => {
  const bare = {
    'nodes.txt':
      'NAME   STATUS   ROLES    AGE   VERSION   INTERNAL-IP   EXTERNAL-IP\nn1     Ready    <none>   1d    v1.33     192.0.2.1     <none>\n',
  }
  const { addressBook } = clusterOf({ ...bare, 'addresses.txt': TEXT })
  expect(addressBook.lookup('10.0.1.1')).toMatchObject({ kind: 'cilium_host', name: 'n1' })
})
