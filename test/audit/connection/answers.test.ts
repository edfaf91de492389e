import { describe, expect, test } from 'vitest'
import { findAnswers } from '../../../src/audit/connection/answers.ts'
import { TcpFlag } from '../../../src/core/tcp-flags.ts'
import { aFlow, aSample, type FlowFacts } from '../../support/audit-flows.ts'

const SYN_ACK = TcpFlag.Syn | TcpFlag.Ack
const ASKED: FlowFacts = { tuple: '172.18.0.9:50000 > 10.244.1.10:80', isn: 7, answered: false }
const ANSWER: FlowFacts = {
  tuple: '172.18.0.9:50000 > 172.18.0.2:80',
  isn: null,
  reverseIsn: 99,
  at: 0.001,
  syns: 0,
  forwardPackets: 0,
  samples: [aSample({ forward: false, flags: SYN_ACK, seq: 99, ack: 8 })],
}
const found = (...facts: readonly FlowFacts[]): [number, number][] =>
  findAnswers(facts.map(aFlow)).map(({ request, answer }) => [request, answer])

describe('findAnswers()', () => {
  test('a SYN-ACK from another address', () => {
    expect(found(ASKED, ANSWER)).toEqual([[0, 1]])
  })

  test("also where the pod's own was seen before the translation", () => {
    expect(found({ ...ASKED, answered: true, reverseIsn: 99 }, ANSWER)).toEqual([[0, 1]])
    expect(found({ ...ASKED, answered: true, reverseIsn: 55 }, ANSWER)).toEqual([])
  })

  const strangers: [string, Partial<FlowFacts>][] = [
    ['acknowledges another SYN', { samples: [aSample({ forward: false, flags: SYN_ACK, seq: 99, ack: 9 })] }],
    ['goes to another port of the client', { tuple: '172.18.0.9:50001 > 172.18.0.2:80' }],
    ['comes from another port', { tuple: '172.18.0.9:50000 > 172.18.0.2:81' }],
    ['was asked for itself', { isn: 7, syns: 1, forwardPackets: 2 }],
    ['comes minutes later', { at: 200 }],
    ['came before', { at: -30 }],
  ]
  test.each(strangers)('not where the answer %s', (_, other) => {
    expect(found(ASKED, { ...ANSWER, ...other })).toEqual([])
  })

  test('a later segment under another address continues the numbers', () => {
    const known: FlowFacts = { tuple: '172.18.0.2:40298 > 10.244.2.20:4240', isn: 1000, reverseIsn: 5000, payload: 80 }
    const segment = (seq: number, ack: number): FlowFacts => ({
      tuple: '172.18.0.3:4240 > 172.18.0.2:40298',
      originKnown: false,
      answered: false,
      at: 0.01,
      samples: [aSample({ flags: TcpFlag.Ack, seq, ack })],
    })
    expect(found(known, segment(5081, 1081))).toEqual([[0, 1]])
    expect(found(known, segment(5081, 900))).toEqual([])
    expect(found(known, segment(4000, 1081))).toEqual([])
    expect(found(known, segment(5081, 9_000_000))).toEqual([])
  })

  test('a datagram by its number, or as the first answer of all', () => {
    const query: FlowFacts = {
      tuple: '10.244.1.10:40000 > 10.244.2.53:53',
      protocol: 'udp',
      answered: false,
      tag: 4711,
    }
    const half = (tag: number | null): FlowFacts => ({
      tuple: '172.18.0.3:53 > 10.244.1.10:40000',
      protocol: 'udp',
      answered: false,
      at: 0.001,
      tag,
    })
    expect(found(query, half(4711))).toEqual([[0, 1]])
    expect(found(query, half(4712))).toEqual([])
    expect(found({ ...query, tag: null }, half(null))).toEqual([[0, 1]])
  })

  test('nothing to find in whole flows', () => {
    expect(found({ ...ASKED, answered: true }, { tuple: '1.1.1.1:1 > 2.2.2.2:2', isn: 3 })).toEqual([])
  })
})
