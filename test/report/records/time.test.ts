import { expect, test } from 'vitest'
import { flowSeconds, offsetOf, roundToNs, timestampOf } from '../../../src/report/records/time.ts'

test('a time of day or of a relative capture is an offset, never a date', () => {
  for (const kind of ['time-of-day', 'relative'] as const) {
    expect(timestampOf(kind, 42_988, 960_087_000)).toBeNull()
    expect(offsetOf(kind, 42_988, 960_087_000)).toBe(42_988.960087)
  }
})

test('an offset keeps the digits that were printed, also behind a negative one', () => {
  expect(offsetOf('time-of-day', 0, 1)).toBe(1e-9)
  expect(offsetOf('time-of-day', 86_399, 999_999_999)).toBe(86_399.999999999)
  expect(offsetOf('relative', -1, 750_000_000)).toBe(-0.25)
})

test('a length is counted across the second, without the noise of binary fractions', () => {
  expect(flowSeconds({ startSec: 1_700_000_000, startNsec: 999_999_999, endSec: 1_700_000_001, endNsec: 0 })).toBe(1e-9)
  expect(roundToNs(0.1 + 0.2)).toBe(0.3)
})
