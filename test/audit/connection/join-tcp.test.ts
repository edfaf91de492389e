import { describe, expect, test } from 'vitest'
import { joinByIsn, joinBySegments } from '../../../src/audit/connection/join-tcp.ts'
import { TcpFlag } from '../../../src/core/tcp-flags.ts'
import { aFlow, aSample, type FlowFacts } from '../../support/audit-flows.ts'

const BEFORE: FlowFacts = { tuple: '10.244.1.10:40000 > 1.1.1.1:443', isn: 7, reverseIsn: 9, tsVal: 100, ipId: 5 }
const AFTER: FlowFacts = { tuple: '172.18.0.2:61000 > 1.1.1.1:443', isn: 7, reverseIsn: 9, tsVal: 100, ipId: 5 }

const pairs = (...facts: readonly FlowFacts[]): [number, number][] =>
  [...joinByIsn(facts.map(aFlow))].map(({ a, b }) => [a, b])

describe('joinByIsn()', () => {
  const joined: [string, FlowFacts, FlowFacts][] = [
    ['SNAT with another port', BEFORE, AFTER],
    ['DNAT', BEFORE, { ...BEFORE, tuple: '10.244.1.10:40000 > 10.244.2.20:8443' }],
    ['both at once, by a second agreement', BEFORE, { ...AFTER, tuple: '172.18.0.2:61000 > 10.244.2.20:8443' }],
    ['the same tuple in another capture', BEFORE, { ...BEFORE, capture: 1 }],
    [
      'no timestamps, one party shared',
      { ...BEFORE, tsVal: null, ipId: null, reverseIsn: null },
      { ...AFTER, tsVal: null, ipId: null, reverseIsn: null },
    ],
    ['one capture missed the first SYN', { ...BEFORE, syns: 2 }, { ...AFTER, tsVal: 1100 }],
    ['a sequence number at the very top', { ...BEFORE, isn: 4294967295 }, { ...AFTER, isn: 4294967295 }],
  ]
  test.each(joined)('joins %s', (_, a, b) => {
    expect(pairs(a, b)).toEqual([[0, 1]])
  })

  const apart: [string, FlowFacts, FlowFacts][] = [
    ['other sequence numbers', BEFORE, { ...AFTER, isn: 8 }],
    ['other numbers of the answer', BEFORE, { ...AFTER, reverseIsn: 10 }],
    ['other timestamps', BEFORE, { ...AFTER, tsVal: 101 }],
    ['the same tuple of one capture', BEFORE, { ...BEFORE }],
    ['an hour apart', BEFORE, { ...AFTER, at: 4000 }],
    [
      'nothing else in common',
      { ...BEFORE, tsVal: null, ipId: null, reverseIsn: null },
      { ...AFTER, tsVal: null, ipId: null, reverseIsn: null, tuple: '172.18.0.2:61000 > 8.8.8.8:53' },
    ],
    ['another protocol', BEFORE, { ...AFTER, protocol: 'udp' }],
  ]
  test.each(apart)('keeps apart %s', (_, a, b) => {
    expect(pairs(a, b)).toEqual([])
  })

  test('reads the opening off the SYN-ACK where the SYN is missing', () => {
    const samples = [aSample({ forward: false, flags: TcpFlag.Syn | TcpFlag.Ack, seq: 9, ack: 8 })]
    expect(pairs(BEFORE, { ...AFTER, isn: null, samples })).toEqual([[0, 1]])
  })

  test('a thousand flows of one sequence number stay a thousand looks, not a million', () => {
    const flows = Array.from({ length: 20_000 }, (_, i) =>
      aFlow({ tuple: `10.0.${i >> 8}.${i & 255}:1000 > 1.1.1.1:80`, isn: 1, tsVal: i }),
    )
    const start = performance.now()
    expect([...joinByIsn(flows)]).toEqual([])
    expect(performance.now() - start).toBeLessThan(5000)
  })
})

describe('joinBySegments()', () => {
  const midstream = (tuple: string, samples: Parameters<typeof aSample>[0][]): FlowFacts => ({
    tuple,
    originKnown: false,
    isn: null,
    reverseIsn: null,
    samples: samples.map((sample) => aSample({ flags: TcpFlag.Ack, ...sample })),
  })
  const join = (...facts: FlowFacts[]): number => [...joinBySegments(facts.map(aFlow))].length

  test('joins what carries the same segment', () => {
    const segment = { seq: 5000, ack: 6000, payloadLength: 100 }
    expect(
      join(
        midstream('10.244.1.10:40000 > 1.1.1.1:443', [segment]),
        midstream('172.18.0.2:40000 > 1.1.1.1:443', [segment]),
      ),
    ).toBe(1)
  })

  test('bare acknowledgments and other lengths join nothing', () => {
    const segment = { seq: 5000, ack: 6000, payloadLength: 0 }
    expect(
      join(
        midstream('10.244.1.10:40000 > 1.1.1.1:443', [segment]),
        midstream('172.18.0.2:40000 > 1.1.1.1:443', [segment]),
      ),
    ).toBe(0)
    expect(
      join(
        midstream('10.244.1.10:40000 > 1.1.1.1:443', [{ ...segment, payloadLength: 10 }]),
        midstream('172.18.0.2:40000 > 1.1.1.1:443', [{ ...segment, payloadLength: 11 }]),
      ),
    ).toBe(0)
  })
})
