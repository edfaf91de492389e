// Section A of the incidents: what users took for faults and is none. Each test is named for what they saw.
import { describe, expect, test } from 'vitest'
import { aCluster, aService, ciliumConfig, clusterOf, FIXTURE, masqAgentConfig } from '../../support/audit-cluster.ts'
import { ANY, codes, ETH0_OUT, IN_POD, LXC_IN, NODE_ETH0, OUTSIDE, play, words } from '../../support/audit-incident.ts'

describe('S01 two source addresses for one request on any', () => {
  const pair = [
    { tuple: '10.244.1.10:40000 > 1.1.1.1:80', isn: 77, tsVal: 9, at: 1, ...LXC_IN },
    { tuple: '172.18.0.2:40000 > 1.1.1.1:80', isn: 77, tsVal: 9, at: 1.00004, ...ETH0_OUT },
  ]
  test('is one connection, and the pair is the proof', () => {
    const analysis = play(aCluster(FIXTURE), [ANY('n1')], pair)
    expect(words(analysis)).toEqual(['consistent', 'consistent'])
    expect(analysis.verdicts.map(({ connection }) => connection)).toEqual(['c1', 'c1'])
    expect(analysis.verdicts[1]?.evidence[0]?.kind).toBe('paired-sighting')
  })

  test('also without any direction or device', () => {
    const bare = pair.map(({ vantages: _, ...flow }) => flow)
    expect(words(play(aCluster(FIXTURE), [ANY('n1')], bare))).toEqual(['consistent', 'consistent'])
  })

  test('also where nothing tells where the capture was taken', () => {
    const bare = pair.map(({ vantages: _, ttl: __, ...flow }) => flow)
    expect(words(play(aCluster(FIXTURE), [{ interfaces: [{ linkType: 113 }] }], bare))).toEqual([
      'consistent',
      'consistent',
    ])
  })
})

test('S02 three copies on a bonded node are one flow at three devices', () => {
  const given = {
    ...FIXTURE,
    nodes: ['n1=100.10.100.10'],
    podCidrs: ['n1=192.168.1.0/24'],
    pods: ['default/p@n1=192.168.1.83'],
    ciliumHosts: [],
    nativeRoutingCidrs: ['192.168.0.0/16'],
  }
  const analysis = play(
    aCluster(given),
    [ANY('n1')],
    [
      { tuple: '192.168.1.83:56972 > 1.1.1.1:80', isn: 1950840356, ...LXC_IN },
      {
        tuple: '100.10.100.10:56972 > 1.1.1.1:80',
        isn: 1950840356,
        ttl: 63,
        vantages: [
          { sllPacketType: 4, ifindex: 7 },
          { sllPacketType: 4, ifindex: 2 },
        ],
      },
    ],
  )
  expect(words(analysis)).toEqual(['consistent', 'consistent'])
})

describe('S03 a pod keeps its address towards a node', () => {
  const flow = { tuple: '10.244.1.10:40000 > 172.18.0.3:10250', ttl: 63 }
  for (const masquerade of ['bpf', 'iptables'] as const) {
    test(masquerade, () => {
      const [verdict] = play(aCluster({ ...FIXTURE, masquerade }), [NODE_ETH0('n1')], [flow]).verdicts
      expect(verdict).toMatchObject({ verdict: 'consistent', observed: { action: 'preserve' } })
      expect(verdict?.expected?.rule).toBe(masquerade === 'bpf' ? 'remote-node' : 'node-set')
    })
  }
})

describe('S04 in tunnel mode the same flow is translated', () => {
  const flow = { tuple: '172.18.0.2:40000 > 172.18.0.3:10250', ttl: 63 }
  test('consistent with tunnel routing', () => {
    const [verdict] = play(aCluster({ ...FIXTURE, routing: 'tunnel' }), [NODE_ETH0('n2')], [flow]).verdicts
    expect(verdict).toMatchObject({
      verdict: 'consistent',
      expected: { action: 'masquerade' },
      observed: { action: 'masquerade' },
    })
  })

  test('inconclusive without the routing mode, which it names', () => {
    const { routing: _, ...given } = FIXTURE
    const [verdict] = play(aCluster(given), [NODE_ETH0('n1')], [flow]).verdicts
    expect(verdict?.verdict).toBe('inconclusive')
    expect(verdict?.because.join(' ')).toMatch(/routing/)
  })
})

test('S05 a pod answers someone who called it directly', () => {
  const [verdict] = play(aCluster(FIXTURE), [OUTSIDE], [{ tuple: '172.18.0.9:50000 > 10.244.1.10:80' }]).verdicts
  expect(verdict).toMatchObject({
    verdict: 'consistent',
    expected: { rule: 'reply' },
    observed: { action: 'preserve' },
  })
})

describe('S06 the same, captured in mid-connection', () => {
  const midstream = { state: 'OTH', history: 'DdA', originKnown: false } as const
  test.each(['10.244.1.10:8080 > 172.18.0.9:41034', '172.18.0.9:41034 > 10.244.1.10:8080'])('%s', (tuple) => {
    const [verdict] = play(aCluster(FIXTURE), [OUTSIDE], [{ tuple, ...midstream }]).verdicts
    expect(verdict).toMatchObject({ verdict: 'inconclusive', code: null })
    expect(verdict?.because.join(' ')).toContain('beginning of the connection')
  })

  test('a port that a service declares makes the other side likely', () => {
    const cluster = clusterOf(FIXTURE, {
      'services.json': aService({ name: 'web', port: 8080, backends: ['10.244.1.10'] }),
    })
    const [verdict] = play(
      cluster,
      [OUTSIDE],
      [{ tuple: '10.244.1.10:8080 > 172.18.0.9:41034', ...midstream }],
    ).verdicts
    expect(verdict?.verdict).toBe('inconclusive')
    expect(verdict?.because[0]).toContain('probably')
  })
})

describe('S07 the agent masquerades all but pods, and nodes are exempt all the same', () => {
  const given = {
    nodes: ['n1=10.10.0.4', 'n2=10.10.0.5'],
    podCidrs: ['n1=192.168.1.0/24'],
    pods: ['default/p@n1=192.168.1.7'],
    masquerade: 'bpf',
    routing: 'native',
    nonMasqueradeCidrs: ['192.168.0.0/16'],
  } as const
  const flow = { tuple: '192.168.1.7:40000 > 10.10.0.5:10250', ttl: 63 }
  test('consistent', () => {
    const [verdict] = play(aCluster(given), [NODE_ETH0('n2')], [flow]).verdicts
    expect(verdict).toMatchObject({ verdict: 'consistent', expected: { rule: 'remote-node' } })
  })

  test('with enable-remote-node-masquerade it is missing', () => {
    const cluster = aCluster({ ...given, settings: ['enable-remote-node-masquerade=true'] }, '1.19')
    expect(words(play(cluster, [NODE_ETH0('n2')], [flow]))).toEqual(['contradiction MASQUERADE_MISSING'])
  })
})

describe('S08 the list decides', () => {
  const base = {
    nodes: ['n1=10.240.0.4'],
    podCidrs: ['n1=10.244.1.0/24'],
    pods: ['default/p@n1=10.244.1.10'],
    masquerade: 'bpf',
    routing: 'native',
  } as const
  const agent = {
    'config.json': ciliumConfig({
      'enable-ip-masq-agent': 'true',
      'enable-bpf-masquerade': 'true',
      'kube-proxy-replacement': 'true',
      'routing-mode': 'native',
    }),
  }
  test('(a) an empty file is the default list, which holds 10.0.0.0/8', () => {
    const cluster = clusterOf(base, { ...agent, 'agent.json': masqAgentConfig('') })
    const [verdict] = play(cluster, [OUTSIDE], [{ tuple: '10.244.1.10:40000 > 10.1.2.3:443', ttl: 62 }]).verdicts
    expect(verdict).toMatchObject({ verdict: 'consistent', expected: { rule: 'ip-masq-agent' } })
    expect(verdict?.because.join(' ')).toContain('10.0.0.0/8')
  })

  test('(b) a list that holds only the VNET', () => {
    const cluster = clusterOf(base, {
      ...agent,
      'agent.json': masqAgentConfig('nonMasqueradeCIDRs:\n- 10.240.0.0/12\n'),
    })
    expect(words(play(cluster, [OUTSIDE], [{ tuple: '10.240.0.4:40000 > 10.1.2.3:443', ttl: 62 }]))).toEqual([
      'consistent',
    ])
  })
})

test('S09 the metadata service is exempt, and does not answer pods', () => {
  const cluster = aCluster({ ...FIXTURE, nonMasqueradeCidrs: ['10.244.0.0/16'] })
  const analysis = play(
    cluster,
    [NODE_ETH0('n1')],
    [{ tuple: '10.244.1.10:40000 > 169.254.169.254:80', ttl: 63, answered: false, syns: 4 }],
  )
  expect(words(analysis)).toEqual(['consistent'])
  expect(analysis.verdicts[0]?.expected?.rule).toBe('ip-masq-agent')
  expect(codes(analysis)).toEqual(['exempt-and-unanswered'])
  expect(analysis.findings[0]?.message).toContain('masqLinkLocal')
})

describe('S10 one load balancer, two client addresses', () => {
  const service = (policy: 'Cluster' | 'Local'): string =>
    aService({
      name: 'lb',
      type: 'LoadBalancer',
      port: 80,
      policy,
      loadBalancerIp: '20.1.1.1',
      backends: ['10.244.1.10', '10.244.2.20'],
    })
  test('the entry node keeps the client, the other backend sees the entry node', () => {
    const cluster = clusterOf(
      { ...FIXTURE, settings: ['kube-proxy-replacement=true'] },
      { 'svc.json': service('Cluster') },
    )
    const analysis = play(
      cluster,
      [IN_POD('client'), IN_POD('server')],
      [
        { capture: 0, tuple: '4.154.44.178:50000 > 10.244.1.10:80' },
        { capture: 1, tuple: '172.18.0.2:40000 > 10.244.2.20:80', ttl: 62 },
      ],
    )
    expect(words(analysis)).not.toContainEqual(expect.stringContaining('contradiction'))
    expect(analysis.verdicts[0]?.verdict).toBe('consistent')
  })

  test('the pair shows the balancer at work', () => {
    const cluster = clusterOf(
      { ...FIXTURE, settings: ['kube-proxy-replacement=true'] },
      { 'svc.json': service('Cluster') },
    )
    const analysis = play(
      cluster,
      [ANY('n1')],
      [
        { tuple: '4.154.44.178:50000 > 20.1.1.1:80', isn: 5, tsVal: 6 },
        { tuple: '172.18.0.2:40000 > 10.244.2.20:80', isn: 5, tsVal: 6, ttl: 62 },
      ],
    )
    expect(words(analysis)).toEqual(['not_applicable', 'not_applicable'])
  })

  test('with externalTrafficPolicy Local the client is lost', () => {
    const cluster = clusterOf(
      { ...FIXTURE, settings: ['kube-proxy-replacement=true'] },
      { 'svc.json': service('Local') },
    )
    const analysis = play(
      cluster,
      [ANY('n1')],
      [
        { tuple: '4.154.44.178:50000 > 20.1.1.1:80', isn: 5, tsVal: 6 },
        { tuple: '172.18.0.2:40000 > 10.244.2.20:80', isn: 5, tsVal: 6, ttl: 62 },
      ],
    )
    expect(words(analysis)).toEqual(['not_applicable', 'contradiction NODE_SNAT_UNEXPECTED'])
  })
})
