// Section D of the incidents: translated to the wrong address.
import { describe, expect, test } from 'vitest'
import { aCluster, aService, ciliumConfig, clusterOf, FIXTURE } from '../../support/audit-cluster.ts'
import { ANY, codes, ETH0_OUT, IN_POD, LXC_IN, NODE_ETH0, OUTSIDE, play, words } from '../../support/audit-incident.ts'
import { aCiliumNode, aNode, anEgressPolicy, aPod, list } from '../../support/audit-objects.ts'

const WRONG = 'contradiction MASQUERADE_WRONG_ADDRESS'
const LEAKED = 'contradiction CILIUM_HOST_LEAKED'
const BPF = {
  'enable-ipv4-masquerade': 'true',
  'enable-bpf-masquerade': 'true',
  'kube-proxy-replacement': 'true',
  'routing-mode': 'native',
  'ipv4-native-routing-cidr': '10.244.0.0/16',
}

const ipAddr = (...devices: readonly string[]): string =>
  devices
    .map((device, i) => {
      const [name, ...addresses] = device.split(' ')
      const lines = addresses.map(
        (address, n) =>
          `    inet ${address} scope global ${n > 0 ? 'secondary ' : ''}${name}\n       valid_lft forever preferred_lft forever\n`,
      )
      return `${i + 2}: ${name}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000\n    link/ether 02:42:ac:12:00:0${i} brd ff:ff:ff:ff:ff:ff\n${lines.join('')}`
    })
    .join('')

describe('S46 a cilium_host address outside the cluster', () => {
  const flow = { tuple: '10.244.1.250:40000 > 8.8.8.8:443', ttl: 62 }
  test('seen outside', () => {
    const analysis = play(aCluster(FIXTURE), [OUTSIDE], [flow])
    expect(words(analysis)).toEqual([LEAKED])
    expect(analysis.verdicts[0]?.because[0]).toContain('172.18.0.2')
    expect(codes(analysis)).toEqual(['cilium-host-as-masquerade-address'])
  })

  test('proven by the pair', () => {
    const analysis = play(
      aCluster(FIXTURE),
      [ANY('n1')],
      [
        { tuple: '10.244.1.10:40000 > 8.8.8.8:443', isn: 1, tsVal: 1, ...LXC_IN },
        { tuple: '10.244.1.250:40000 > 8.8.8.8:443', isn: 1, tsVal: 1, ...ETH0_OUT },
      ],
    )
    expect(words(analysis)).toEqual(['consistent', LEAKED])
  })

  test('inside the cluster the host speaks so', () => {
    const flows = [
      { tuple: '10.244.1.250:40000 > 10.244.1.10:8080', ttl: 64 },
      { tuple: '10.244.1.250:40001 > 10.244.2.20:8080', ttl: 63 },
    ]
    expect(words(play(aCluster({ ...FIXTURE, routing: 'tunnel' }), [ANY('n1')], flows))).toEqual([
      'consistent',
      'consistent',
    ])
  })
})

describe('S47 which of the addresses of one bond', () => {
  const nodes = list(aNode('n1', ['10.70.231.131'], ['192.168.1.0/24']), aPod('p', 'n1', '192.168.1.83'))
  const config = ciliumConfig({ ...BPF, 'ipv4-native-routing-cidr': '192.168.0.0/16' })
  const flows = [
    { tuple: '192.168.1.83:56972 > 1.1.1.1:80', isn: 1, tsVal: 1, ...LXC_IN },
    { tuple: '10.70.231.131:56972 > 1.1.1.1:80', isn: 1, tsVal: 1, ...ETH0_OUT, answered: false, syns: 4 },
  ]
  test('with ip addr: public comes before private', () => {
    const files = {
      'config.json': config,
      'nodes.json': nodes,
      'ip-addr-n1.txt': ipAddr('bond0 100.10.100.10/24 10.70.231.131/16'),
    }
    const analysis = play(clusterOf({}, files, '1.15'), [ANY('n1')], flows)
    expect(words(analysis)[1]).toBe(WRONG)
    expect(analysis.verdicts[1]).toMatchObject({ impact: '4 SYN unanswered', observed: { address: '10.70.231.131' } })
  })

  test('1.16 may prefer the Node address, so that either is a question of the patch release', () => {
    const files = {
      'config.json': config,
      'nodes.json': nodes,
      'ip-addr-n1.txt': ipAddr('bond0 100.10.100.10/24 10.70.231.131/16'),
    }
    const analysis = play(clusterOf({}, files, '1.16'), [ANY('n1')], flows)
    expect(words(analysis)[1]).toBe('inconclusive')
    expect(analysis.verdicts[1]?.because[0]).toContain('10.70.231.131 instead of 100.10.100.10; right if')
  })

  test('the public address is right, and a finding says that it is not the InternalIP', () => {
    const files = {
      'config.json': config,
      'nodes.json': nodes,
      'ip-addr-n1.txt': ipAddr('bond0 100.10.100.10/24 10.70.231.131/16'),
    }
    const [before, after] = flows
    const analysis = play(
      clusterOf({}, files, '1.15'),
      [ANY('n1')],
      [
        { ...before, tuple: before?.tuple ?? '' },
        { ...after, tuple: '100.10.100.10:56972 > 1.1.1.1:80', answered: true },
      ],
    )
    expect(words(analysis)).toEqual(['consistent', 'consistent'])
    expect(analysis.findings).toMatchObject([{ code: 'not-the-node-address', severity: 'info', flows: [2] }])
  })

  test('without it any address of the node is acceptable', () => {
    const analysis = play(clusterOf({}, { 'config.json': config, 'nodes.json': nodes }, '1.15'), [ANY('n1')], flows)
    expect(words(analysis)).toEqual(['consistent', 'consistent'])
  })
})

test("S49 a load balancer's address as source", () => {
  const cluster = clusterOf(FIXTURE, {
    'svc.json': aService({ name: 'lb', type: 'LoadBalancer', port: 443, loadBalancerIp: '20.1.1.1' }),
  })
  const analysis = play(
    cluster,
    [OUTSIDE],
    [{ tuple: '20.1.1.1:40000 > 8.8.8.8:443', ttl: 62, answered: false, syns: 3 }],
  )
  expect(words(analysis)).toEqual([WRONG])
  expect(analysis.verdicts[0]?.because[0]).toContain('default/lb')
})

describe('S50 the egress IP is ignored', () => {
  const cluster = clusterOf(
    {},
    {
      'config.json': ciliumConfig({ ...BPF, 'enable-ipv4-egress-gateway': 'true' }),
      'objects.json': list(
        aNode('n1', ['172.18.0.2'], ['10.244.1.0/24']),
        aNode('gw', ['172.18.0.3'], ['10.244.2.0/24'], { labels: { gateway: 'true' } }),
        aPod('client', 'n1', '10.244.1.10'),
        anEgressPolicy(['0.0.0.0/0'], '33.44.55.25'),
      ),
    },
  )
  const tunnel = { kind: 'vxlan', vni: 7, outerSource: '172.18.0.2', outerDestination: '172.18.0.3' } as const
  const inner = { tuple: '10.244.1.10:40000 > 8.8.8.8:443', isn: 1, tsVal: 1, tunnel, vantages: [{ depth: 1 }] }
  test('the node address in its place', () => {
    const analysis = play(
      cluster,
      [NODE_ETH0('gw')],
      [inner, { tuple: '172.18.0.3:40000 > 8.8.8.8:443', isn: 1, tsVal: 1, ttl: 62 }],
    )
    expect(words(analysis)).toEqual(['consistent', WRONG])
    expect(analysis.verdicts[1]?.because[0]).toContain('33.44.55.25')
  })

  test('the egress IP itself is right', () => {
    const analysis = play(
      cluster,
      [NODE_ETH0('gw')],
      [inner, { tuple: '33.44.55.25:40000 > 8.8.8.8:443', isn: 1, tsVal: 1, ttl: 62 }],
    )
    expect(words(analysis)).toEqual(['consistent', 'consistent'])
  })
})

describe("S52 sometimes the Service's address", () => {
  const nodes = list(aNode('n1', ['172.18.0.2'], ['10.244.1.0/24']), aPod('sip', 'n1', '10.244.1.10'))
  const config = { ...BPF, 'enable-bpf-masquerade': 'false', 'kube-proxy-replacement': 'false' }
  const save = [
    '*nat',
    ...['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'].map((name) => `:${name} ACCEPT [0:0]`),
    '-A POSTROUTING -s 10.244.1.10/32 ! -d 10.244.0.0/16 -j SNAT --to-source 199.27.151.13',
    'COMMIT',
    '',
  ].join('\n')
  const files = {
    'config.json': ciliumConfig(config),
    'nodes.json': nodes,
    'svc.json': aService({
      name: 'sip',
      type: 'LoadBalancer',
      loadBalancerIp: '199.27.151.90',
      port: 7160,
      protocol: 'UDP',
      backends: ['10.244.1.10'],
    }),
  }
  const invite = (ip: string, i: number) => ({
    tuple: `${ip}:7160 > 8.8.8.${i}:5060`,
    protocol: 'udp' as const,
    payload: 700 + i,
    ttl: 62,
    at: 100 + i,
  })
  const flows = [invite('199.27.151.13', 1), invite('199.27.151.13', 2), invite('199.27.151.90', 1)]

  test('the settings say nothing of a rule of somebody else', () => {
    const analysis = play(clusterOf({}, files), [OUTSIDE], flows)
    expect(words(analysis).slice(0, 2)).toEqual(['not_applicable', 'not_applicable'])
    expect(words(analysis)[2]).toBe('not_applicable')
  })

  test('the dump and the other connections of the pod to the same peer tell', () => {
    const analysis = play(clusterOf({}, { ...files, 'iptables-save-n1.txt': save }), [OUTSIDE], flows)
    expect(words(analysis)).toEqual(['not_applicable', 'not_applicable', WRONG])
    expect(analysis.verdicts[2]).toMatchObject({ expected: { engine: 'installed', address: '199.27.151.13' } })
    expect(analysis.verdicts[2]?.because[0]).toContain('service default/sip')
    expect(analysis.verdicts[2]?.evidence).toMatchObject([{ kind: 'sibling-flows' }])
  })

  test('without such a connection it may be an answer to a client of the Service', () => {
    const analysis = play(clusterOf({}, { ...files, 'iptables-save-n1.txt': save }), [OUTSIDE], flows.slice(1))
    expect(words(analysis)).toEqual(['not_applicable', 'not_applicable'])
  })
})

describe('S53 a node address inside the tunnel', () => {
  const nodes = list(
    aNode('n1', ['172.18.0.2'], ['10.244.1.0/24']),
    aNode('n2', ['172.18.0.3'], ['10.244.2.0/24']),
    aPod('dns', 'n2', '10.244.2.53'),
    aCiliumNode('n1', { '172.18.0.2': 'InternalIP', '10.244.1.250': 'CiliumInternalIP' }),
  )
  const cluster = clusterOf(
    {},
    {
      'config.json': ciliumConfig({
        ...BPF,
        'enable-bpf-masquerade': 'false',
        'kube-proxy-replacement': 'false',
        'routing-mode': 'tunnel',
        'tunnel-protocol': 'vxlan',
      }),
      'nodes.json': nodes,
    },
  )
  const tunnel = { kind: 'vxlan', vni: 1, outerSource: '172.18.0.2', outerDestination: '172.18.0.3' } as const
  test('must be the cilium_host address', () => {
    const analysis = play(
      cluster,
      [NODE_ETH0('n1')],
      [{ tuple: '172.18.0.2:40000 > 10.244.2.53:53', protocol: 'udp', tunnel, vantages: [{ depth: 1 }] }],
    )
    expect(words(analysis)).toEqual([WRONG])
    expect(analysis.verdicts[0]?.because[0]).toContain('10.244.1.250')
  })

  test('and is right as that', () => {
    const analysis = play(
      cluster,
      [NODE_ETH0('n1')],
      [{ tuple: '10.244.1.250:40000 > 10.244.2.53:53', protocol: 'udp', tunnel, vantages: [{ depth: 1 }] }],
    )
    expect(words(analysis)).toEqual(['consistent'])
  })
})

test('S54 a link-local masquerade address', () => {
  const nodes = list(
    aNode('n1', ['172.18.0.2', 'fd00::2'], ['10.244.1.0/24', 'fd00:10:244:1::/64']),
    aPod('client', 'n1', '10.244.1.10', 'fd00:10:244:1::a'),
  )
  const config = ciliumConfig({
    ...BPF,
    'enable-ipv6': 'true',
    'enable-ipv6-masquerade': 'true',
    'ipv6-native-routing-cidr': 'fd00:10:244::/48',
  })
  const analysis = play(
    clusterOf({}, { 'config.json': config, 'nodes.json': nodes }, '1.18'),
    [ANY('n1')],
    [
      { tuple: '[fd00:10:244:1::a]:40000 > [2606:4700::1]:443', isn: 1, tsVal: 1, ...LXC_IN },
      { tuple: '[fe80::1]:40000 > [2606:4700::1]:443', isn: 1, tsVal: 1, ...ETH0_OUT },
    ],
  )
  expect(words(analysis)[1]).toBe(WRONG)
})

test('S55 169.254.254.1 through the overlay: a cilium_host address need not lie in a pod CIDR', () => {
  const nodes = list(
    aNode('n1', ['172.18.0.2'], ['10.244.1.0/24']),
    aNode('n2', ['172.18.0.3'], ['10.244.2.0/24']),
    aPod('server', 'n2', '10.244.2.20'),
    aCiliumNode('n1', { '172.18.0.2': 'InternalIP', '169.254.254.1': 'CiliumInternalIP' }),
  )
  const cluster = clusterOf(
    {},
    {
      'config.json': ciliumConfig({ ...BPF, 'enable-bpf-masquerade': 'false', 'routing-mode': 'tunnel' }),
      'nodes.json': nodes,
    },
  )
  expect(words(play(cluster, [IN_POD('server')], [{ tuple: '169.254.254.1:40000 > 10.244.2.20:80' }]))).toEqual([
    LEAKED,
  ])
})
