import { describe, expect, test } from 'vitest'
import { ClockSkew } from '../../../src/audit/connection/clock-skew.ts'
import type { Flow } from '../../../src/flow/flow.ts'
import { aFlow, type FlowFacts } from '../../support/audit-flows.ts'

const seen = (capture: number, at: number, facts: Partial<FlowFacts> = {}): Flow =>
  aFlow({ tuple: '10.244.1.10:40000 > 1.1.1.1:443', capture, at, ...facts })

/** The skew that these connections show: each one as a pair of its sightings. */
function skewOf(pairs: readonly (readonly [Flow, Flow])[]): ClockSkew {
  const skew = new ClockSkew(pairs.flat())
  for (const i of pairs.keys()) skew.note({ a: 2 * i, b: 2 * i + 1, confidence: 'high' })
  return skew
}

describe('ClockSkew.between()', () => {
  test('is what to add to the times of the first to have those of the second, either way round', () => {
    const skew = skewOf([[seen(0, 1), seen(1, 3601)]])
    expect([skew.between(0, 1), skew.between(1, 0), skew.between(1, 1)]).toEqual([3600, -3600, 0])
  })

  test('does not depend on the order within a pair', () => {
    expect(skewOf([[seen(1, 3601), seen(0, 1)]]).between(0, 1)).toBe(3600)
  })

  test('is the median, which one stray does not move', () => {
    const skew = skewOf([
      [seen(0, 1), seen(1, 3)],
      [seen(0, 10), seen(1, 900)],
      [seen(0, 20), seen(1, 22)],
    ])
    expect(skew.between(0, 1)).toBe(2)
  })

  test('takes in what is noted after it was asked', () => {
    const flows = [seen(0, 1), seen(1, 3), seen(0, 10), seen(1, 15), seen(0, 20), seen(1, 25)]
    const skew = new ClockSkew(flows)
    skew.note({ a: 0, b: 1, confidence: 'high' })
    expect(skew.between(0, 1)).toBe(2)
    skew.note({ a: 2, b: 3, confidence: 'high' })
    skew.note({ a: 4, b: 5, confidence: 'high' })
    expect(skew.between(0, 1)).toBe(5)
  })

  test.each([
    ['two sightings of one capture', seen(0, 1), seen(0, 3)],
    ['a capture without times', seen(0, 1), seen(1, 3, { timeKind: 'none' })],
  ])('is not told by %s', (_, first, second) => {
    expect(skewOf([[first, second]]).between(0, 1)).toBeNull()
  })
})

test("ClockSkew.commonTime() reads a flow on the first capture's clock", () => {
  const [early, late] = [seen(0, 5), seen(1, 3605)]
  const skew = skewOf([[early, late]])
  expect(skew.commonTime(late)).toBe(skew.commonTime(early))
  expect(skew.commonTime(seen(2, 7)) - skew.commonTime(early)).toBe(2)
})
