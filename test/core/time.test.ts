import { expect, test } from 'vitest'
import { formatTime, secondsBetween } from '../../src/core/time.ts'
import fc from '../support/property.ts'

test.each([
  [0, 0, '1970-01-01T00:00:00.000000000Z'],
  [1754049388, 10_000, '2025-08-01T11:56:28.000010000Z'],
  [1754049388, 999_999_999, '2025-08-01T11:56:28.999999999Z'],
  [-1, 5, '1969-12-31T23:59:59.000000005Z'],
  [8.64e12, 0, '+275760-09-13T00:00:00.000000000Z'],
  [8.64e12 + 1, 0, null],
  [Number.NaN, 0, null],
])('formatTime(%d, %d) is %s', (sec, nsec, text) => {
  expect(formatTime(sec, nsec)).toBe(text)
})

test('formatTime() of one time does not depend on the times before it', () => {
  const sec = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -9e12, max: 9e12 }))
  fc.assert(
    fc.property(fc.array(fc.tuple(sec, fc.integer({ min: 0, max: 999_999_999 }))), (times) => {
      for (const [s, nsec] of times) {
        const date = new Date(s * 1000)
        const second = Number.isNaN(date.getTime()) ? null : date.toISOString().slice(0, -5)
        expect(formatTime(s, nsec)).toBe(second === null ? null : `${second}.${String(nsec).padStart(9, '0')}Z`)
      }
    }),
  )
})

test('secondsBetween() counts from the first to the second', () => {
  expect(secondsBetween(10, 999_999_999, 11, 1)).toBeCloseTo(2e-9, 15)
  expect(secondsBetween(11, 0, 10, 500_000_000)).toBe(-0.5)
})
