import { describe, expect, test } from 'vitest'
import { makeCluster } from '../../src/cluster/make-cluster.ts'

const NODE = {
  name: 'n1',
  internalIps: ['192.0.2.1', '2001:DB8::1'],
  externalIps: ['203.0.113.1'],
  ciliumHost: ['10.0.1.1'],
  podCidrs: ['10.0.1.0/24'],
  health: ['10.0.1.2'],
  ingress: ['10.0.1.3'],
} as const

describe('makeCluster()', () => {
  test('gives every address of a node the identity that CiliumNode would', () => {
    const { addressBook } = makeCluster({ nodes: [NODE] })
    const kinds = [
      '192.0.2.1',
      '2001:db8::1',
      '203.0.113.1',
      '10.0.1.1',
      '10.0.1.2',
      '10.0.1.3',
      '10.0.1.77',
      '8.8.8.8',
    ]
    expect(kinds.map((ip) => addressBook.lookup(ip).kind)).toEqual([
      'node',
      'node',
      'node',
      'cilium_host',
      'health',
      'ingress',
      'pod',
      'external',
    ])
  })

  test('tells what is not said from what is said to be nothing', () => {
    expect(makeCluster({})).toMatchObject({ nodesKnown: false, podsKnown: false, settings: { known: false } })
    expect(makeCluster({ nodes: [], pods: [], config: {} })).toMatchObject({
      nodesKnown: true,
      podsKnown: true,
      settings: { known: true },
    })
    const on = { config: { 'enable-bpf-masquerade': 'true', 'enable-ip-masq-agent': 'true' } }
    expect(makeCluster(on).ipMasqAgent.state).toBe('unknown')
    expect(makeCluster({ ...on, ipMasqAgent: null }).ipMasqAgent.state).toBe('absent')
    expect(makeCluster({ ...on, ipMasqAgent: '' }).ipMasqAgent.state).toBe('empty')
    expect(makeCluster({ ...on, ipMasqAgent: 'masqLinkLocal: true' }).ipMasqAgent.state).toBe('content')
  })

  test('takes pods and services, in namespace default where none is named', () => {
    const { addressBook, services } = makeCluster({
      nodes: [NODE],
      pods: [{ name: 'web', node: 'n1', ips: ['10.0.1.5'] }],
      services: [
        { name: 'api', clusterIps: ['10.96.0.7'], backends: ['10.0.1.5'], ports: [{ port: 80, nodePort: 30080 }] },
      ],
    })
    expect(addressBook.lookup('10.0.1.5')).toMatchObject({ kind: 'pod', name: 'default/web', node: 'n1' })
    expect(addressBook.lookup('10.96.0.7')).toMatchObject({ kind: 'service', name: 'default/api' })
    expect(services).toMatchObject([
      { backends: ['10.0.1.5'], ports: [{ port: 80, nodePort: 30080, protocol: 'TCP' }] },
    ])
  })

  test('puts devices and routes on their node', () => {
    const { nodesByName } = makeCluster({
      nodes: [
        {
          ...NODE,
          devices: { eth0: ['192.0.2.1/24', 'fe80::1/64'], lo: ['127.0.0.1/8'], cilium_host: ['10.0.1.1'] },
          routes: [{ destination: 'default', device: 'eth0', via: '192.0.2.254', src: '192.0.2.1' }],
        },
      ],
    })
    const n1 = nodesByName.get('n1')
    expect(n1?.devices?.get('eth0')).toMatchObject({
      ifindex: 1,
      addresses: [
        { ip: '192.0.2.1', prefix: 24, scope: 'global' },
        { ip: 'fe80::1', prefix: 64, scope: 'link' },
      ],
    })
    expect(n1?.devices?.get('lo')?.addresses).toMatchObject([{ scope: 'host' }])
    expect(n1?.devices?.get('cilium_host')?.addresses).toMatchObject([{ prefix: 32 }])
    expect(n1?.routes).toMatchObject([{ destination: null, device: 'eth0', via: '192.0.2.254', src: '192.0.2.1' }])
  })

  test('reads further metadata as text, and what is given by hand wins over the description', () => {
    const { settings, nodesByName } = makeCluster({
      nodes: [NODE],
      config: { 'routing-mode': 'native' },
      given: { routing: 'tunnel' },
      ciliumVersion: '1.16.4',
      pieces: [{ file: 'ipset', text: 'add cilium_node_set_v4 192.0.2.1\n' }],
    })
    expect(settings.routingMode).toMatchObject({ value: 'tunnel', origin: 'option', others: [{ value: 'native' }] })
    expect(settings.ciliumVersion).toMatchObject({ value: '1.16', origin: 'option' })
    expect(nodesByName.get('n1')?.installed.ipsets?.get('cilium_node_set_v4')?.members).toHaveLength(1)
  })

  test.each([
    [{ nodes: [{ name: 'n1', internalIps: ['192.0.2.256'] }] }, 'Not an IP address: "192.0.2.256"'],
    [{ nodes: [{ name: 'n1', podCidrs: ['10.0.0.0/33'] }] }, 'Not a CIDR: "10.0.0.0/33"'],
    [{ pods: [{ name: 'p', ips: ['p'] }] }, 'Not an IP address: "p"'],
    [{ nodes: [{ name: 'n1', devices: { eth0: ['x/24'] } }] }, 'Not an IP address: "x"'],
  ])('refuses what is no address: %j', (description, message) => {
    expect(() => makeCluster(description)).toThrow(new TypeError(message))
  })
})
