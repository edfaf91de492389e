import { describe, expect, test } from 'vitest'
import { SequenceHoles } from '../../src/flow/sequence-holes.ts'
import fc from '../support/property.ts'

describe('SequenceHoles', () => {
  test('agrees with a plain list of octets', () => {
    const segment = fc.record({ from: fc.integer({ min: 0, max: 80 }), length: fc.integer({ min: 1, max: 12 }) })
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 40 }), (segments) => {
        const holes = new SequenceHoles()
        const seen = new Set<number>()
        let max = 0
        for (const { from, length } of segments) {
          const to = from + length
          const octets = Array.from({ length }, (_, i) => from + i)
          if (from > max) holes.leave(from, max)
          else if (from < max) {
            expect(holes.wasSeen(from, to, 0, max)).toBe(octets.some((octet) => seen.has(octet)))
            holes.fill(from, to)
          }
          for (const octet of octets) seen.add(octet)
          max = Math.max(max, to)
        }
        expect(holes.open).toBe(seen.size < max)
      }),
    )
  })

  test('tells what was missed, each octet once', () => {
    const holes = new SequenceHoles()
    holes.leave(100, 50)
    holes.leave(200, 150)
    const gaps: number[] = []
    const acknowledge = (limit: number) => holes.acknowledge(limit, 250, (octets) => gaps.push(octets))
    acknowledge(40)
    acknowledge(70)
    acknowledge(70)
    acknowledge(180)
    expect(gaps).toEqual([20, 30, 30])
    acknowledge(250)
    acknowledge(300)
    acknowledge(300)
    expect(gaps).toEqual([20, 30, 30, 20, 50])
  })

  test('knows that what was missed was not seen when it arrives after all', () => {
    const holes = new SequenceHoles()
    holes.acknowledge(300, 200, () => {})
    holes.leave(400, 200)
    expect(holes.wasSeen(250, 260, 0, 500)).toBe(false)
    const gaps: number[] = []
    holes.acknowledge(400, 500, (octets) => gaps.push(octets))
    expect(gaps).toEqual([100])
  })

  test('gives up looking for gaps past 64 holes', () => {
    const holes = new SequenceHoles()
    for (let i = 0; i < 64; i++) holes.leave(i * 20 + 10, i * 20)
    expect(holes.gaveUp).toBe(false)
    holes.leave(64 * 20 + 10, 64 * 20)
    expect(holes.gaveUp).toBe(true)
    const gaps: number[] = []
    holes.acknowledge(5000, 5000, (octets) => gaps.push(octets))
    expect(gaps).toEqual([])
  })

  test('gives up where more than 16 KiB lie above a hole that nobody acknowledges', () => {
    const holes = new SequenceHoles()
    holes.leave(100, 50)
    holes.checkUnacknowledged(100 + 16384)
    expect(holes.gaveUp).toBe(false)
    holes.leave(20_000, 100 + 16384)
    holes.checkUnacknowledged(20_000)
    expect(holes.gaveUp).toBe(false)
    holes.checkUnacknowledged(20_001)
    expect(holes.gaveUp).toBe(true)
  })
})
