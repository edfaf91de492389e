// Section A of the incidents, second half.
import { describe, expect, test } from 'vitest'
import { TcpFlag } from '../../../src/core/tcp-flags.ts'
import { aCluster, ciliumConfig, clusterOf, FIXTURE } from '../../support/audit-cluster.ts'
import { aFlow } from '../../support/audit-flows.ts'
import { ANY, codes, ETH0_OUT, LXC_IN, NODE_ETH0, OUTSIDE, play, words } from '../../support/audit-incident.ts'
import { aNode, anEgressPolicy, aPod, list } from '../../support/audit-objects.ts'

const BPF = {
  'enable-ipv4-masquerade': 'true',
  'enable-bpf-masquerade': 'true',
  'kube-proxy-replacement': 'true',
  'routing-mode': 'native',
  'auto-direct-node-routes': 'true',
}

describe('S11 an egress gateway wins over the native-routing CIDR', () => {
  const cluster = clusterOf(
    {},
    {
      'config.json': ciliumConfig({
        ...BPF,
        'ipv4-native-routing-cidr': '10.0.0.0/8',
        'enable-ipv4-egress-gateway': 'true',
      }),
      'nodes.json': list(
        aNode('n1', ['10.1.0.1'], ['10.15.0.0/24']),
        aNode('gw', ['10.1.0.2'], ['10.15.1.0/24'], { labels: { gateway: 'true' } }),
        aPod('client', 'n1', '10.15.0.8'),
      ),
      'policy.json': JSON.stringify(anEgressPolicy(['0.0.0.0/0'], '80.77.124.102')),
    },
  )
  test('alone at the gateway: the egress address is right for such a pod', () => {
    const [verdict] = play(
      cluster,
      [NODE_ETH0('gw')],
      [{ tuple: '80.77.124.102:40000 > 10.15.5.1:443', ttl: 63 }],
    ).verdicts
    expect(verdict).toMatchObject({
      verdict: 'consistent',
      observed: { action: 'egress-gateway' },
      expected: { action: 'egress-gateway' },
    })
  })

  test('with the inner packet: the pair', () => {
    const tunnel = { kind: 'vxlan', vni: 7, outerSource: '10.1.0.1', outerDestination: '10.1.0.2' } as const
    const analysis = play(
      cluster,
      [NODE_ETH0('gw')],
      [
        { tuple: '10.15.0.8:40000 > 10.15.5.1:443', isn: 4, tsVal: 4, tunnel, vantages: [{ depth: 1 }] },
        { tuple: '80.77.124.102:40000 > 10.15.5.1:443', isn: 4, tsVal: 4, ttl: 62 },
      ],
    )
    expect(words(analysis)).toEqual(['consistent', 'consistent'])
    expect(analysis.verdicts[1]?.observed.originalSource?.ip).toBe('10.15.0.8')
  })
})

describe("S12 a node's ExternalIP", () => {
  const cluster = (config: Readonly<Record<string, string>>) =>
    clusterOf(
      {},
      {
        'config.json': ciliumConfig({ ...BPF, 'ipv4-native-routing-cidr': '10.244.0.0/16', ...config }),
        'nodes.json': list(
          aNode('n1', ['172.18.0.2'], ['10.244.1.0/24']),
          aNode('n2', ['172.18.0.3'], ['10.244.2.0/24'], { externalIp: '34.1.2.3' }),
          aPod('client', 'n1', '10.244.1.10'),
        ),
      },
    )
  const flow = { tuple: '10.244.1.10:40000 > 34.1.2.3:443', ttl: 60, answered: false, syns: 3 }
  test('BPF exempts it, which a finding says', () => {
    const analysis = play(cluster({}), [NODE_ETH0('n2')], [flow])
    expect(words(analysis)).toEqual(['consistent'])
    expect(codes(analysis)).toEqual(['exempt-and-unanswered'])
    expect(analysis.findings[0]?.message).toContain('ExternalIP')
  })

  test('iptables translates towards it', () => {
    const analysis = play(cluster({ 'enable-bpf-masquerade': 'false' }), [NODE_ETH0('n2')], [flow])
    expect(words(analysis)).toEqual(['contradiction MASQUERADE_MISSING'])
  })
})

test('S13 iptables before 1.11 translates towards remote nodes', () => {
  const given = { ...FIXTURE, masquerade: 'iptables' } as const
  const flow = { tuple: '172.18.0.2:40000 > 172.18.0.3:10250', ttl: 63 }
  expect(words(play(aCluster(given, '1.10'), [NODE_ETH0('n1')], [flow]))).toEqual(['consistent'])
  expect(words(play(aCluster(given, '1.11'), [NODE_ETH0('n1')], [flow]))).toEqual([
    'contradiction MASQUERADE_UNEXPECTED',
  ])
})

describe('S14 the packet leaves by a device without a program', () => {
  const cluster = aCluster({ ...FIXTURE, devices: ['lan0'] })
  const flow = { tuple: '10.244.1.10:40000 > 1.1.1.1:443', ttl: 63 }
  test('seen on it: consistent, and the pods are cut off', () => {
    const analysis = play(cluster, [{ interfaces: [{ name: 'wan0', host: 'n1' }] }], [flow])
    expect(words(analysis)).toEqual(['consistent'])
    expect(analysis.verdicts[0]?.expected?.rule).toBe('device-not-covered')
    expect(analysis.findings).toMatchObject([{ code: 'device-not-masqueraded', severity: 'error' }])
  })

  test('seen outside: which device it left by is open', () => {
    const [verdict] = play(cluster, [OUTSIDE], [flow]).verdicts
    expect(verdict).toMatchObject({ verdict: 'inconclusive', code: null })
    expect(verdict?.because[0]).toContain('device')
  })
})

test('S15 in a cloud the VPC counts as natively routed', () => {
  const config = { ...BPF, ipam: 'eni', 'enable-endpoint-routes': 'true' }
  const files = {
    'config.json': ciliumConfig(config),
    'nodes.json': list(aNode('n1', ['172.31.0.5'], ['172.31.64.0/24']), aPod('client', 'n1', '172.31.1.9')),
  }
  const flow = { tuple: '172.31.1.9:40000 > 172.31.7.7:5432', ttl: 62 }
  expect(words(play(clusterOf({ nativeRoutingCidrs: ['172.31.0.0/16'] }, files), [OUTSIDE], [flow]))).toEqual([
    'consistent',
  ])
  expect(words(play(clusterOf({}, files), [OUTSIDE], [flow]))).toEqual(['inconclusive'])
})

describe('S17 a stray after the end', () => {
  const pair = [
    { tuple: '10.244.1.10:45020 > 1.1.1.1:80', isn: 1000, tsVal: 5, at: 1, payload: 75, ...LXC_IN },
    { tuple: '172.18.0.2:45020 > 1.1.1.1:80', isn: 1000, tsVal: 5, at: 1.00004, payload: 75, ...ETH0_OUT },
  ]
  const stray = aFlow({ tuple: '10.244.1.10:45020 > 1.1.1.1:80' })
  const packet = {
    record: 99,
    file: 0,
    forward: true,
    timeSec: stray.startSec,
    timeNsec: 0,
    flags: TcpFlag.Rst as number,
    seq: 1077,
    ack: 0,
    payloadLength: 0,
    tsVal: null,
    ipId: null,
    ttl: 63,
    tag: null,
  }
  const flow = {
    tuple: '10.244.1.10:45020 > 1.1.1.1:80',
    at: 9,
    state: 'OTH',
    history: 'R',
    originKnown: false,
    answered: false,
    payload: 0,
    samples: [packet],
    ...ETH0_OUT,
  }
  test('leaves the connection right, and is a note', () => {
    const analysis = play(aCluster({ ...FIXTURE, masquerade: 'iptables' }), [ANY('n1')], [...pair, flow])
    expect(words(analysis)).toEqual(['consistent', 'consistent', 'inconclusive'])
    expect(analysis.findings).toMatchObject([{ code: 'stray-after-close', severity: 'info' }])
    expect(analysis.findings[0]?.message).toContain('packet 99')
  })

  test('a stray with another sequence number is not one', () => {
    const other = { ...flow, samples: [{ ...packet, seq: 5000 }] }
    expect(codes(play(aCluster(FIXTURE), [ANY('n1')], [...pair, other]))).toEqual([])
  })
})

test('S19 tunnel and WireGuard carriers are nobody the settings speak of', () => {
  const flows = [8472, 6081, 51871].map((port) => ({
    tuple: `172.18.0.2:40000 > 172.18.0.3:${port}`,
    protocol: 'udp' as const,
    ttl: 64,
  }))
  expect(words(play(aCluster({ ...FIXTURE, routing: 'tunnel' }), [NODE_ETH0('n1')], flows))).toEqual([
    'not_applicable',
    'not_applicable',
    'not_applicable',
  ])
})
