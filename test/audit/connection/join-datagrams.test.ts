import { describe, expect, test } from 'vitest'
import { ClockSkew } from '../../../src/audit/connection/clock-skew.ts'
import { joinDatagrams } from '../../../src/audit/connection/join-datagrams.ts'
import type { Flow } from '../../../src/flow/flow.ts'
import { aFlow, type FlowFacts } from '../../support/audit-flows.ts'

const roleOf = ({ source }: Flow): string => (source.ip.startsWith('10.') ? 'pod' : 'other')
const BEFORE: FlowFacts = { tuple: '10.244.1.10:40000 > 8.8.8.8:53', protocol: 'udp', tag: 77, ipId: 9, at: 1 }
const AFTER: FlowFacts = { tuple: '172.18.0.2:61000 > 8.8.8.8:53', protocol: 'udp', tag: 77, ipId: 9, at: 1.0001 }

function joins(...facts: readonly FlowFacts[]): [number, number, string][] {
  const flows = facts.map(aFlow)
  return [...joinDatagrams(flows, new ClockSkew(flows), roleOf)].map(({ a, b, confidence }) => [a, b, confidence])
}

describe('joinDatagrams()', () => {
  test('by IP ID and DNS id', () => {
    expect(joins(BEFORE, AFTER)).toEqual([[0, 1, 'high']])
  })

  test('DNAT, by the source that is kept', () => {
    expect(joins(BEFORE, { ...BEFORE, tuple: '10.244.1.10:40000 > 10.244.2.53:53', at: 1.0001 })).toEqual([
      [0, 1, 'high'],
    ])
  })

  test('less proof, less confidence', () => {
    const bare = { tag: null, ipId: null }
    expect(joins({ ...BEFORE, ...bare }, { ...AFTER, ...bare })).toEqual([[0, 1, 'low']])
    expect(joins({ ...BEFORE, ...bare }, { ...AFTER, ...bare, tuple: '172.18.0.2:40000 > 8.8.8.8:53' })).toEqual([
      [0, 1, 'medium'],
    ])
  })

  test('text prints no IP ID: what is not known cannot differ', () => {
    expect(joins(BEFORE, { ...AFTER, ipId: null })).toHaveLength(1)
    expect(joins(BEFORE, { ...AFTER, ipId: 10 })).toEqual([])
  })

  const apart: [string, FlowFacts][] = [
    ['another DNS id', { ...AFTER, tag: 78 }],
    ['another length', { ...AFTER, payload: 76 }],
    ['another resolver', { ...AFTER, tuple: '172.18.0.2:61000 > 9.9.9.9:53' }],
    ['a second later', { ...AFTER, at: 2.5 }],
    ['another pod', { ...AFTER, tuple: '10.244.1.11:40000 > 8.8.8.8:53' }],
    ['another socket of the same source', { ...BEFORE, tuple: '10.244.1.10:40001 > 8.8.8.8:53', at: 1.0001 }],
  ]
  test.each(apart)('keeps apart %s', (_, other) => {
    expect(joins(BEFORE, other)).toEqual([])
  })

  test('two pods and one translation: whose it is cannot be told', () => {
    expect(joins(BEFORE, { ...BEFORE, tuple: '10.244.1.11:40000 > 8.8.8.8:53' }, AFTER)).toEqual([])
    expect(joins(BEFORE, AFTER, { ...AFTER, tuple: '172.18.0.2:61001 > 8.8.8.8:53' })).toEqual([])
  })

  test('echo requests by identifier and sequence', () => {
    const ping = (source: string, id: number, at: number): FlowFacts => ({
      tuple: `${source} > 1.1.1.1`,
      protocol: 'icmp',
      icmp: { type: 8, code: 0, id },
      tag: 1,
      ipId: 3,
      at,
    })
    expect(joins(ping('10.244.1.10', 7, 1), ping('172.18.0.2', 9, 1.00005))).toEqual([[0, 1, 'high']])
  })

  test('captures whose clocks nothing compares need a number of their own', () => {
    expect(joins(BEFORE, { ...AFTER, capture: 1, at: 1.3 })).toHaveLength(1)
    const bare = { tag: null, ipId: null }
    expect(joins({ ...BEFORE, ...bare }, { ...AFTER, ...bare, capture: 1, at: 1.3 })).toEqual([])
  })

  test('a skew that TCP connections show is taken off', () => {
    const tcp = (capture: number, at: number): FlowFacts => ({
      tuple: '10.244.1.10:1 > 1.1.1.1:443',
      capture,
      at,
      isn: 5,
    })
    const flows = [
      tcp(0, 1),
      tcp(1, 101),
      { ...BEFORE, capture: 0, at: 3 },
      { ...AFTER, capture: 1, at: 103.0001 },
    ].map(aFlow)
    const skew = new ClockSkew(flows)
    skew.note({ a: 0, b: 1, confidence: 'high' })
    expect(skew.between(0, 1)).toBeCloseTo(100)
    expect(skew.between(1, 0)).toBeCloseTo(-100)
    expect([...joinDatagrams(flows, skew, roleOf)]).toHaveLength(1)
    expect([...joinDatagrams(flows, new ClockSkew(flows), roleOf)]).toHaveLength(0)
  })
})
