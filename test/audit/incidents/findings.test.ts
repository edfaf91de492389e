// Incidents whose answer is a finding: nothing contradicts the settings, and something is wrong all the same.
import { describe, expect, test } from 'vitest'
import { TcpFlag } from '../../../src/core/tcp-flags.ts'
import { aCluster, ciliumConfig, clusterOf, FIXTURE } from '../../support/audit-cluster.ts'
import { aSample } from '../../support/audit-flows.ts'
import { ANY, codes, ETH0_OUT, IN_POD, LXC_IN, NODE_ETH0, OUTSIDE, play, words } from '../../support/audit-incident.ts'
import { aNode, anEgressPolicy, aPod, list } from '../../support/audit-objects.ts'

const BPF = {
  'enable-ipv4-masquerade': 'true',
  'enable-bpf-masquerade': 'true',
  'kube-proxy-replacement': 'true',
  'routing-mode': 'native',
  'ipv4-native-routing-cidr': '10.244.0.0/16',
}

test("S18 a dead pod's port is used again too soon", () => {
  const tuple = '172.18.0.2:40001 > 9.9.9.9:443'
  const analysis = play(
    aCluster(FIXTURE),
    [OUTSIDE],
    [
      { tuple, isn: 1, at: 0, ttl: 62 },
      { tuple, isn: 900, at: 5, ttl: 62, state: 'RSTO', history: 'SaR' },
    ],
  )
  expect(words(analysis)).toEqual(['consistent', 'consistent'])
  expect(analysis.findings).toMatchObject([{ code: 'port-reused-too-soon', severity: 'warning', flows: [1, 2] }])
})

test('S18 look-alike: the same port after minutes', () => {
  const tuple = '172.18.0.2:40001 > 9.9.9.9:443'
  const analysis = play(
    aCluster(FIXTURE),
    [OUTSIDE],
    [
      { tuple, isn: 1, at: 0, ttl: 62 },
      { tuple, isn: 900, at: 300, ttl: 62, state: 'RSTO', history: 'SaR' },
    ],
  )
  expect(codes(analysis)).toEqual([])
})

describe('S51 right address, wrong door', () => {
  const ipAddr = ['eth0 172.18.0.2', 'eth1 192.168.5.2'].map((device, i) => {
    const [name, ip] = device.split(' ')
    return `${i + 2}: ${name}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default\n    link/ether 02:42:ac:12:00:0${i} brd ff:ff:ff:ff:ff:ff\n    inet ${ip}/16 scope global ${name}\n       valid_lft forever preferred_lft forever\n`
  })
  const cluster = clusterOf(
    {},
    {
      'config.json': ciliumConfig(BPF),
      'nodes.json': list(aNode('n1', ['172.18.0.2'], ['10.244.1.0/24']), aPod('client', 'n1', '10.244.1.10')),
      'ip-addr-n1.txt': ipAddr.join(''),
    },
  )
  test("(a) eth1's address leaves by eth0", () => {
    const analysis = play(cluster, [NODE_ETH0('n1')], [{ tuple: '192.168.5.2:40000 > 8.8.8.8:443', ttl: 63 }])
    expect(analysis.findings.find(({ code }) => code === 'wrong-interface')).toMatchObject({
      severity: 'error',
      subject: 'eth0 of n1',
    })
  })

  test('(b) in by one, out by the other', () => {
    const capture = {
      interfaces: [
        { name: 'eth0', host: 'n1' },
        { name: 'eth1', host: 'n1' },
      ],
    }
    const vantages = [
      { interfaceIndex: 1, forwardPackets: 3, reversePackets: 0 },
      { interfaceIndex: 0, forwardPackets: 0, reversePackets: 3 },
    ]
    const analysis = play(cluster, [capture], [{ tuple: '8.8.8.8:50000 > 10.244.1.10:80', vantages }])
    expect(words(analysis)).toEqual(['consistent'])
    expect(analysis.findings[0]?.message).toContain('come in by eth1 of n1, and their answers leave by eth0')
  })

  test('both ways by one device is as it should be', () => {
    const analysis = play(cluster, [NODE_ETH0('n1')], [{ tuple: '172.18.0.2:40000 > 8.8.8.8:443', ttl: 63 }])
    expect(codes(analysis)).toEqual([])
  })
})

test('S58, S62 seen before translation and not after it', () => {
  const analysis = play(
    aCluster({ ...FIXTURE, masquerade: 'iptables' }),
    [ANY('n1')],
    [
      { tuple: '10.244.1.10:40000 > 1.1.1.1:443', isn: 1, tsVal: 1, ...LXC_IN },
      { tuple: '172.18.0.2:40000 > 1.1.1.1:443', isn: 1, tsVal: 1, ...ETH0_OUT },
      { tuple: '10.244.1.10:40001 > 1.1.1.1:443', isn: 2, tsVal: 2, answered: false, syns: 3, ...LXC_IN },
    ],
  )
  expect(words(analysis)).toEqual(['consistent', 'consistent', 'consistent'])
  expect(analysis.findings).toMatchObject([{ code: 'not-seen-after-translation', flows: [3] }])
  expect(analysis.findings[0]?.message).toContain('1 of 2 connections')
})

test('S58 look-alike: a capture in the pod never sees the other side', () => {
  const analysis = play(
    aCluster(FIXTURE),
    [IN_POD('client')],
    [{ tuple: '10.244.1.10:40001 > 1.1.1.1:443', isn: 2, answered: false, syns: 3, ttl: 64 }],
  )
  expect(codes(analysis)).toEqual([])
})

describe('S59 "fragmentation needed" stops at the node', () => {
  const error = {
    type: 3,
    code: 4,
    family: 4,
    from: '172.18.0.1',
    to: '172.18.0.2',
    quotesForward: true,
    mtu: 1400,
    timeSec: 0,
    timeNsec: 0,
    record: 9,
  } as const
  const seen = {
    capture: 1,
    tuple: '172.18.0.2:40000 > 1.1.1.1:443',
    isn: 1,
    tsVal: 1,
    ttl: 63,
    icmpErrors: [error],
  } as const
  const inside = {
    capture: 0,
    tuple: '10.244.1.10:40000 > 1.1.1.1:443',
    isn: 1,
    tsVal: 1,
    ttl: 64,
    retransmissions: 4,
  } as const
  test('seen at the node and not in the pod, which repeats its segments', () => {
    const analysis = play(aCluster(FIXTURE), [IN_POD('client'), NODE_ETH0('n1')], [inside, seen])
    expect(words(analysis)).toEqual(['consistent', 'contradiction REVERSE_NAT_MISSING'])
    expect(analysis.verdicts[1]?.because.join(' ')).toContain('1400 octets')
  })

  test('heard in the pod', () => {
    const analysis = play(
      aCluster(FIXTURE),
      [IN_POD('client'), NODE_ETH0('n1')],
      [{ ...inside, icmpErrors: [{ ...error, to: '10.244.1.10' }] }, seen],
    )
    expect(words(analysis)).toEqual(['consistent', 'consistent'])
  })

  test('on the node alone nothing can be told', () => {
    expect(words(play(aCluster(FIXTURE), [NODE_ETH0('n1')], [{ ...seen, capture: 0 }]))).toEqual(['consistent'])
  })
})

describe('S60 translated back and then lost', () => {
  const cluster = clusterOf(
    {},
    {
      'config.json': ciliumConfig({ ...BPF, 'routing-mode': 'tunnel', 'enable-ipv4-egress-gateway': 'true' }),
      'objects.json': list(
        aNode('n1', ['10.186.15.210'], ['10.100.2.0/24']),
        aNode('gw', ['10.186.15.217'], ['10.100.3.0/24'], { labels: { gateway: 'true' } }),
        aPod('client', 'n1', '10.100.2.71'),
        anEgressPolicy(['0.0.0.0/0'], '10.186.15.217'),
      ),
    },
  )
  const capture = {
    interfaces: [
      { name: 'eth0', host: 'gw' },
      { name: 'cilium_vxlan', host: 'gw' },
    ],
  }
  const numbers = { isn: 1, reverseIsn: 2, tsVal: 1, history: 'Sh', state: 'S1', syns: 3 } as const
  const leaving = { tuple: '10.186.15.217:40000 > 1.1.1.1:443', ...numbers, vantages: [{ interfaceIndex: 0 }] }
  const atPod = (vantages: readonly { interfaceIndex: number; forwardPackets: number; reversePackets: number }[]) => ({
    tuple: '10.100.2.71:40000 > 1.1.1.1:443',
    ...numbers,
    vantages,
  })

  test('translation is right both ways, and the finding names the device the answers never leave by', () => {
    const inside = atPod([
      { interfaceIndex: 1, forwardPackets: 3, reversePackets: 0 },
      { interfaceIndex: 0, forwardPackets: 0, reversePackets: 3 },
    ])
    const analysis = play(cluster, [capture], [inside, leaving])
    expect(words(analysis)).toEqual(['consistent', 'consistent'])
    expect(analysis.verdicts[1]).toMatchObject({
      connection: 'c1',
      expected: { action: 'egress-gateway', address: '10.186.15.217' },
      observed: { address: '10.186.15.217', originalSource: { ip: '10.100.2.71' } },
    })
    expect(analysis.findings).toMatchObject([{ code: 'answer-not-forwarded', severity: 'error', flows: [1] }])
    expect(analysis.findings[0]?.message).toContain('show on eth0 and never leave by cilium_vxlan')
  })

  test('answers that do leave by the tunnel are as they should be', () => {
    const inside = atPod([
      { interfaceIndex: 1, forwardPackets: 3, reversePackets: 3 },
      { interfaceIndex: 0, forwardPackets: 0, reversePackets: 3 },
    ])
    const analysis = play(cluster, [capture], [{ ...inside, history: 'ShAD', state: 'S1' }, leaving])
    expect([words(analysis), codes(analysis)]).toEqual([['consistent', 'consistent'], []])
  })

  test('a pod that acknowledges has them, whatever the capture missed', () => {
    const inside = atPod([
      { interfaceIndex: 1, forwardPackets: 3, reversePackets: 0 },
      { interfaceIndex: 0, forwardPackets: 0, reversePackets: 3 },
    ])
    expect(codes(play(cluster, [capture], [{ ...inside, history: 'ShA' }, leaving]))).toEqual([])
  })
})

test('S61 a link-local service on the node itself', () => {
  const analysis = play(
    aCluster({ ...FIXTURE, nonMasqueradeCidrs: ['169.254.0.0/16'] }),
    [IN_POD('client')],
    [{ tuple: '10.244.1.10:40000 > 169.254.25.10:53', protocol: 'udp', answered: false, ttl: 64 }],
  )
  expect(words(analysis)).toEqual(['inconclusive'])
  expect(codes(analysis)).toEqual(['link-local-unanswered'])
})

test('S17 needs the numbers of the connection', () => {
  const stray = {
    tuple: '10.244.1.10:45020 > 1.1.1.1:80',
    state: 'OTH',
    history: 'R',
    originKnown: false,
    answered: false,
    payload: 0,
    samples: [aSample({ flags: TcpFlag.Rst, seq: 3 })],
  }
  expect(codes(play(aCluster(FIXTURE), [ANY('n1')], [stray]))).toEqual([])
})
