import { describe, expect, test } from 'vitest'
import { groupSightings } from '../../../src/audit/connection/connections.ts'
import { Groups } from '../../../src/audit/connection/join.ts'
import { aFlow, type FlowFacts } from '../../support/audit-flows.ts'
import fc from '../../support/property.ts'

const at = (capture: number, source: string): FlowFacts => ({
  capture,
  tuple: `${source}:40000 > 1.1.1.1:443`,
  isn: 7,
  tsVal: 1,
})
const group = (...facts: readonly FlowFacts[]) => groupSightings(facts.map(aFlow), () => 'any')

describe('groupSightings()', () => {
  test('one group for all points of a connection, numbered by its first flow', () => {
    const groups = group(
      { tuple: '10.0.0.1:1 > 2.2.2.2:2', isn: 1 },
      at(0, '10.244.1.10'),
      at(1, '10.244.1.10'),
      at(2, '172.18.0.2'),
      at(3, '172.18.0.2'),
    )
    expect(groups.map((found) => found?.id)).toEqual([undefined, 'c1', 'c1', 'c1', 'c1'])
    expect(groups[1]?.members).toEqual([1, 2, 3, 4])
  })

  test('the weakest join that the group needs gives its confidence', () => {
    const bare: FlowFacts = { tuple: '10.244.1.10:1 > 8.8.8.8:53', protocol: 'udp' }
    const groups = groupSightings(
      [bare, { ...bare, tuple: '172.18.0.2:2 > 8.8.8.8:53' }].map(aFlow),
      ({ source }) => source.ip,
    )
    expect(groups[0]?.confidence).toBe('low')
  })

  test('a packet that is everywhere says nothing', () => {
    const groups = group(...Array.from({ length: 100 }, (_, i) => at(i, '10.244.1.10')))
    expect(groups.every((found) => found === undefined)).toBe(true)
  })

  test('does not depend on the order of the flows', () => {
    const facts = [
      at(0, '10.244.1.10'),
      at(1, '172.18.0.2'),
      at(2, '172.18.0.2'),
      { ...at(0, '10.244.1.11'), isn: 8 },
      { ...at(1, '172.18.0.2'), isn: 8, tuple: '172.18.0.2:40001 > 1.1.1.1:443' },
    ]
    const size = (order: readonly FlowFacts[]): number[] =>
      group(...order)
        .map((found) => found?.members.length ?? 1)
        .sort()
    fc.assert(
      fc.property(fc.shuffledSubarray(facts, { minLength: facts.length }), (order) => {
        expect(size(order)).toEqual(size(facts))
      }),
    )
  })
})

test('Groups: what is united stays so, and the smallest index stands for it', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(19), fc.nat(19)), { maxLength: 40 }), (pairs) => {
      const groups = new Groups(20)
      for (const [a, b] of pairs) groups.unite(a, b)
      for (const [a, b] of pairs) expect(groups.find(a)).toBe(groups.find(b))
      for (let i = 0; i < 20; i++) expect(groups.find(i)).toBeLessThanOrEqual(i)
    }),
  )
})
