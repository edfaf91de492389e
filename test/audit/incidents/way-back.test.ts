// Section E of the incidents: the way back, and what only looks like it.
import { describe, expect, test } from 'vitest'
import { TcpFlag } from '../../../src/core/tcp-flags.ts'
import { aCluster, aService, clusterOf, FIXTURE } from '../../support/audit-cluster.ts'
import { anIcmpError, aSample, type FlowFacts } from '../../support/audit-flows.ts'
import { ANY, ETH0_OUT, LXC_IN, NODE_ETH0, OUTSIDE, play, words } from '../../support/audit-incident.ts'

const MISSING_BACK = 'contradiction REVERSE_NAT_MISSING'

/** SYN as forwarded, its answer, and a reset by the node's own stack. */
function resetByNode(tuple: string): FlowFacts {
  return {
    tuple,
    isn: 10,
    reverseIsn: 20,
    state: 'RSTOS0',
    history: 'ShR',
    ttl: 63,
    samples: [
      aSample({ flags: TcpFlag.Syn, seq: 10, ttl: 63 }),
      aSample({ record: 2, forward: false, flags: TcpFlag.Syn | TcpFlag.Ack, seq: 20, ack: 11, ttl: 64 }),
      aSample({ record: 3, flags: TcpFlag.Rst, seq: 11, ttl: 64 }),
    ],
  }
}

describe("S56 the translated port is somebody's NodePort", () => {
  const cluster = clusterOf(
    { ...FIXTURE, masquerade: 'iptables' },
    { 'svc.json': aService({ name: 'np', type: 'NodePort', port: 80, nodePort: 30880 }) },
  )
  test('the answer draws a reset of the node', () => {
    const analysis = play(
      cluster,
      [ANY('n1')],
      [
        { tuple: '10.244.1.10:30880 > 11.11.11.11:8080', isn: 10, answered: false, syns: 3, ...LXC_IN },
        { ...resetByNode('172.18.0.2:30880 > 11.11.11.11:8080'), vantages: ETH0_OUT.vantages },
      ],
    )
    expect(words(analysis)).toEqual(['consistent', MISSING_BACK])
    expect(analysis.verdicts[1]?.because.join(' ')).toContain('NodePort of service default/np')
  })

  test('seen outside: the reset comes from nearer than the SYN', () => {
    const analysis = play(cluster, [OUTSIDE], [resetByNode('172.18.0.2:30880 > 11.11.11.11:8080')])
    expect(words(analysis)).toEqual([MISSING_BACK])
    expect(analysis.verdicts[0]?.evidence[0]?.kind).toBe('ttl')
  })

  test('a host that resets its own connection is no fault', () => {
    const flow = resetByNode('172.18.0.2:30880 > 11.11.11.11:8080')
    const own = { ...flow, ttl: 64, samples: flow.samples?.map((sample) => ({ ...sample, ttl: 64 })) } as FlowFacts
    expect(words(play(cluster, [OUTSIDE], [own]))).toEqual(['consistent'])
  })

  test('text without TTL: the SYN is sent again after the reset', () => {
    const { ttl: _, samples, ...flow } = resetByNode('172.18.0.2:30880 > 11.11.11.11:8080')
    const bare = samples?.map((sample) => ({ ...sample, ttl: null })) ?? []
    expect(words(play(cluster, [OUTSIDE], [{ ...flow, samples: bare }]))).toEqual(['consistent'])
    const again = { ...flow, samples: bare, at: 1 }
    expect(words(play(cluster, [OUTSIDE], [{ ...flow, samples: bare }, again]))).toEqual([MISSING_BACK, MISSING_BACK])
  })
})

test("S57 the translated port is the tunnel's: the pod never hears", () => {
  const cluster = aCluster({ ...FIXTURE, routing: 'tunnel', masquerade: 'iptables' })
  const analysis = play(
    cluster,
    [ANY('n1')],
    [
      { tuple: '10.244.1.10:8472 > 11.11.11.11:8080', isn: 10, answered: false, syns: 4, ...LXC_IN },
      {
        tuple: '172.18.0.2:8472 > 11.11.11.11:8080',
        isn: 10,
        reverseIsn: 20,
        history: 'Sh',
        state: 'S1',
        syns: 4,
        ...ETH0_OUT,
      },
    ],
  )
  expect(words(analysis)).toEqual(['consistent', MISSING_BACK])
  expect(analysis.verdicts[1]?.because.join(' ')).toContain('tunnel port')
})

test('BPF host routing: answers that the lxc does not show are no sign', () => {
  const analysis = play(
    aCluster(FIXTURE),
    [ANY('n1')],
    [
      { tuple: '10.244.1.10:40000 > 1.1.1.1:443', isn: 10, answered: false, history: 'SADF', state: 'SH', ...LXC_IN },
      { tuple: '172.18.0.2:40000 > 1.1.1.1:443', isn: 10, reverseIsn: 20, ...ETH0_OUT },
    ],
  )
  expect(words(analysis)).toEqual(['consistent', 'consistent'])
})

test('an unanswered translated SYN is no fault of the translation', () => {
  const analysis = play(
    aCluster(FIXTURE),
    [NODE_ETH0('n1')],
    [{ tuple: '172.18.0.2:40000 > 1.1.1.1:443', isn: 10, answered: false, syns: 5, ttl: 63 }],
  )
  expect(words(analysis)).toEqual(['consistent'])
})

test('a UDP answer that the node refuses, for a pod', () => {
  const flow = {
    tuple: '172.18.0.2:40000 > 1.1.1.1:5300',
    protocol: 'udp',
    ttl: 63,
    icmpErrors: [anIcmpError()],
  } as const
  expect(words(play(aCluster(FIXTURE), [OUTSIDE], [flow]))).toEqual(['consistent'])
  const pair = {
    tuple: '10.244.1.10:40000 > 1.1.1.1:5300',
    protocol: 'udp',
    ipId: 77,
    answered: false,
    ...LXC_IN,
  } as const
  const analysis = play(aCluster(FIXTURE), [ANY('n1')], [pair, { ...flow, ipId: 77, ...ETH0_OUT }])
  expect(words(analysis)).toEqual(['consistent', MISSING_BACK])
})
