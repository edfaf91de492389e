// Section C of the incidents: translated although the settings say keep.
import { describe, expect, test } from 'vitest'
import { TcpFlag } from '../../../src/core/tcp-flags.ts'
import { aCluster, aService, ciliumConfig, clusterOf, FIXTURE } from '../../support/audit-cluster.ts'
import { aSample } from '../../support/audit-flows.ts'
import { ANY, ETH0_OUT, IN_POD, LXC_IN, NODE_ETH0, OUTSIDE, play, words } from '../../support/audit-incident.ts'
import { aNode, anEgressPolicy, aPod, list } from '../../support/audit-objects.ts'

const UNEXPECTED = 'contradiction MASQUERADE_UNEXPECTED'
const IPTABLES = { ...FIXTURE, masquerade: 'iptables' } as const

describe('S36 a node is missing from the ipset', () => {
  const flows = [
    ...Array.from({ length: 5 }, (_, i) => ({ tuple: `172.18.0.2:${41000 + i} > 172.18.0.3:10250`, ttl: 63, isn: i })),
    { tuple: '10.244.1.10:42000 > 172.18.0.4:10250', ttl: 63 },
  ]
  const given = { ...IPTABLES, nodes: [...(FIXTURE.nodes ?? []), 'n3=172.18.0.4'] }
  test('counts what the cause explains and what it does not', () => {
    const analysis = play(aCluster(given), [NODE_ETH0('n1')], flows)
    expect(words(analysis)).toEqual([...Array.from({ length: 5 }, () => UNEXPECTED), 'consistent'])
    expect(analysis.findings).toMatchObject([
      { code: 'node-set-incomplete', flows: [1, 2, 3, 4, 5], confirm: 'ipset test cilium_node_set_v4 172.18.0.3' },
    ])
    expect(analysis.findings[0]?.message).toContain(
      '5 of 5 connections to 172.18.0.3 lost their pod address, 0 of 1 others',
    )
    expect(analysis.findings[0]?.message).toContain('probably lacks')
  })

  test('a dump of the set proves it', () => {
    const ipset =
      'Name: cilium_node_set_v4\nType: hash:ip\nHeader: family inet hashsize 1024 maxelem 65536\nMembers:\n172.18.0.2\n172.18.0.4\n'
    const analysis = play(clusterOf(given, { 'ipset.txt': ipset }), [NODE_ETH0('n1')], flows)
    expect(analysis.findings[0]?.message).toContain('lacks 172.18.0.3')
    expect(analysis.findings[0]?.message).not.toContain('probably')
    expect(analysis.findings[0]?.sources).toMatchObject([{ file: 'ipset.txt' }])
  })

  test("the host's own traffic to the node is none", () => {
    expect(
      words(play(aCluster(given), [NODE_ETH0('n1')], [{ tuple: '172.18.0.2:41000 > 172.18.0.3:10250', ttl: 64 }])),
    ).toEqual(['consistent'])
  })

  test('without any TTL it stays open, and names what would decide', () => {
    const [verdict] = play(
      aCluster(given),
      [NODE_ETH0('n1')],
      [{ tuple: '172.18.0.2:41000 > 172.18.0.3:10250' }],
    ).verdicts
    expect(verdict).toMatchObject({ verdict: 'inconclusive', expected: { rule: 'node-set' } })
    expect(verdict?.because.join(' ')).toMatch(/bpf nat list|conntrack/)
  })
})

describe("S37 the set holds the other interface's addresses", () => {
  const ipset =
    'Name: cilium_node_set_v4\nType: hash:ip\nHeader: family inet hashsize 1024 maxelem 65536\nMembers:\n192.168.137.11\n192.168.137.12\n'
  const given = { ...IPTABLES, nodes: ['n1=10.20.0.11', 'n2=10.20.0.12'] }
  const flows = [
    { capture: 0, tuple: '10.244.1.10:40000 > 10.20.0.12:10250', isn: 1, tsVal: 1, ttl: 64 },
    { capture: 1, tuple: '10.20.0.11:40000 > 10.20.0.12:10250', isn: 1, tsVal: 1, ttl: 63 },
  ]
  test("a pod's connection to a node is translated, and the finding lists both sides", () => {
    const analysis = play(clusterOf(given, { 'ipset.txt': ipset }), [IN_POD('client'), NODE_ETH0('n1')], flows)
    expect(words(analysis)).toEqual(['consistent', UNEXPECTED])
    expect(analysis.verdicts[1]).toMatchObject({ expected: { rule: 'node-set' }, observed: { address: '10.20.0.11' } })
    expect(analysis.findings[0]).toMatchObject({ code: 'node-set-incomplete', sources: [{ file: 'ipset.txt' }] })
    expect(analysis.findings[0]?.message).toContain(
      'lacks 10.20.0.12, and holds 192.168.137.11, 192.168.137.12, which no Node or CiliumNode has',
    )
  })
})

describe('S38 the DNS answer comes from a node', () => {
  const query = { protocol: 'udp', answered: false, tag: 4711 } as const
  const half = (from: string, to: string) => ({
    tuple: `${to} > ${from}`,
    protocol: 'udp' as const,
    at: 0.001,
    samples: [aSample({ forward: false, tag: 4711, payloadLength: 120 })],
    forwardPackets: 0,
  })
  const cluster = aCluster({ ...IPTABLES, pods: ['default/client@n1=10.244.1.10', 'kube-system/dns@n2=10.244.2.53'] })
  test('the answer is joined to the query by its DNS id', () => {
    const analysis = play(
      cluster,
      [NODE_ETH0('n1')],
      [{ ...query, tuple: '10.244.1.10:40000 > 10.244.2.53:53' }, half('172.18.0.3:53', '10.244.1.10:40000')],
    )
    expect(words(analysis)).toEqual([UNEXPECTED, 'not_applicable'])
    expect(analysis.verdicts[0]).toMatchObject({ expected: { rule: 'reply' }, observed: { address: '172.18.0.3' } })
    expect(analysis.verdicts[0]?.evidence[0]?.detail).toContain('DNS id 4711')
  })

  test("an answer with another DNS id is nobody's", () => {
    const other = { ...half('172.18.0.3:53', '10.244.1.10:40000'), samples: [aSample({ forward: false, tag: 99 })] }
    const analysis = play(
      cluster,
      [NODE_ETH0('n1')],
      [{ ...query, tuple: '10.244.1.10:40000 > 10.244.2.53:53' }, other],
    )
    expect(words(analysis)).not.toContain(UNEXPECTED)
  })
})

test('S39 the source changes in mid-connection', () => {
  const analysis = play(
    aCluster(IPTABLES),
    [NODE_ETH0('n1')],
    [
      { tuple: '172.18.0.2:40298 > 10.244.2.20:4240', isn: 1000, reverseIsn: 5000, payload: 80, ttl: 64 },
      {
        tuple: '172.18.0.3:4240 > 172.18.0.2:40298',
        originKnown: false,
        answered: false,
        at: 0.01,
        samples: [aSample({ forward: true, flags: TcpFlag.Ack, seq: 5081, ack: 1081 })],
      },
    ],
  )
  expect(words(analysis)).toEqual([UNEXPECTED, 'not_applicable'])
  expect(analysis.verdicts[0]?.because[0]).toContain('172.18.0.3:4240')
})

test('S40 replies to the outside translated', () => {
  const analysis = play(
    aCluster(FIXTURE),
    [OUTSIDE],
    [
      { tuple: '172.18.0.9:50000 > 10.244.1.10:80', isn: 7, answered: false },
      {
        tuple: '172.18.0.9:50000 > 172.18.0.2:80',
        isn: null,
        reverseIsn: 99,
        at: 0.001,
        syns: 0,
        forwardPackets: 0,
        samples: [aSample({ forward: false, flags: TcpFlag.Syn | TcpFlag.Ack, seq: 99, ack: 8 })],
      },
    ],
  )
  expect(words(analysis)).toEqual([UNEXPECTED, 'not_applicable'])
  expect(analysis.verdicts.map(({ connection }) => connection)).toEqual(['c1', 'c1'])
})

test('S40 look-alike: DSR answers from the address of the Service', () => {
  const cluster = clusterOf(
    { ...FIXTURE, settings: ['bpf-lb-mode=dsr', 'kube-proxy-replacement=true'] },
    {
      'svc.json': aService({
        name: 'lb',
        type: 'LoadBalancer',
        port: 80,
        loadBalancerIp: '20.1.1.1',
        policy: 'Cluster',
        backends: ['10.244.1.10'],
      }),
    },
  )
  const analysis = play(
    cluster,
    [NODE_ETH0('n1')],
    [
      { tuple: '4.4.4.4:50000 > 10.244.1.10:80', isn: 7, answered: false },
      {
        tuple: '4.4.4.4:50000 > 20.1.1.1:80',
        isn: null,
        reverseIsn: 99,
        at: 0.001,
        syns: 0,
        forwardPackets: 0,
        samples: [aSample({ forward: false, flags: TcpFlag.Syn | TcpFlag.Ack, seq: 99, ack: 8 })],
      },
    ],
  )
  expect(words(analysis).filter((word) => word.startsWith('contradiction'))).toEqual([])
})

test('S41 an egress gateway swallows cluster traffic', () => {
  const cluster = clusterOf(
    {},
    {
      'config.json': ciliumConfig({
        'enable-ipv4-masquerade': 'true',
        'enable-bpf-masquerade': 'true',
        'kube-proxy-replacement': 'true',
        'routing-mode': 'native',
        'ipv4-native-routing-cidr': '10.244.0.0/16',
        'enable-ipv4-egress-gateway': 'true',
      }),
      'objects.json': list(
        aNode('n1', ['172.18.0.2'], ['10.244.1.0/24']),
        aNode('gw', ['172.18.0.3'], ['10.244.2.0/24'], { labels: { gateway: 'true' } }),
        aPod('client', 'n1', '10.244.1.10'),
        aPod('dns', 'gw', '10.244.2.53'),
        anEgressPolicy(['0.0.0.0/0'], '172.18.0.200'),
      ),
    },
  )
  const tunnel = { kind: 'vxlan', vni: 7, outerSource: '172.18.0.2', outerDestination: '172.18.0.3' } as const
  const analysis = play(
    cluster,
    [NODE_ETH0('gw')],
    [
      { tuple: '10.244.1.10:40000 > 10.244.2.53:53', isn: 4, tsVal: 4, tunnel, vantages: [{ depth: 1 }] },
      { tuple: '172.18.0.200:40000 > 10.244.2.53:53', isn: 4, tsVal: 4, ttl: 62 },
    ],
  )
  expect(words(analysis)).toEqual(['consistent', UNEXPECTED])
})

describe('S42, S43 a client appears under an address of its node', () => {
  const pair = [
    { capture: 0, tuple: '10.244.1.10:40000 > 10.244.2.20:8080', isn: 3, tsVal: 3, ttl: 64 },
    { capture: 1, tuple: '172.18.0.2:40000 > 10.244.2.20:8080', isn: 3, tsVal: 3, ttl: 62 },
  ]
  test('seen inside the server and at the client: one contradiction', () => {
    const analysis = play(aCluster(FIXTURE), [IN_POD('client'), IN_POD('server')], pair)
    expect(words(analysis)).toEqual(['consistent', 'contradiction NODE_SNAT_UNEXPECTED'])
  })

  test("seen on the client's node", () => {
    const analysis = play(aCluster(FIXTURE), [ANY('n1')], [
      { ...pair[0], capture: 0, ...LXC_IN },
      { ...pair[1], capture: 0, ...ETH0_OUT },
    ] as never)
    expect(words(analysis)).toEqual(['consistent', UNEXPECTED])
  })

  test('inside the server alone a load balancer may be behind it: nobody knows without the Services', () => {
    const [verdict] = play(aCluster(FIXTURE), [IN_POD('server')], [{ ...pair[1], capture: 0 }] as never).verdicts
    expect(verdict).toMatchObject({ verdict: 'inconclusive', code: null })
    expect(verdict?.because.join(' ')).toContain('Services')
  })

  test('with Services of which none explains it, and a TTL that says "forwarded"', () => {
    const cluster = clusterOf(
      { ...FIXTURE, settings: ['auto-direct-node-routes=true'] },
      { 'svc.json': aService({ name: 'web', port: 80, backends: ['10.244.1.10'] }) },
    )
    const analysis = play(cluster, [NODE_ETH0('n1')], [{ tuple: '172.18.0.2:40000 > 10.244.2.20:8080', ttl: 63 }])
    expect(words(analysis)).toEqual([UNEXPECTED])
  })
})

test('S44 an empty list hits connections into pods: the client called the pod and is gone', () => {
  const analysis = play(
    aCluster({ ...IPTABLES, settings: ['kube-proxy-replacement=true'] }),
    [ANY('n1')],
    [
      { tuple: '4.4.4.4:50000 > 10.244.1.10:443', isn: 3, tsVal: 3, ttl: 50 },
      { tuple: '10.244.1.250:50000 > 10.244.1.10:443', isn: 3, tsVal: 3, ttl: 49 },
    ],
  )
  expect(words(analysis)[1]).toBe('contradiction NODE_SNAT_UNEXPECTED')
})
