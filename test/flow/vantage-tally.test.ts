import { expect, test } from 'vitest'
import { highestTtl, lowestTtl, widenTtl } from '../../src/flow/vantage-tally.ts'

test('widenTtl() keeps lowest and highest, and leaves the upper half alone', () => {
  const word = [64, 60, 255, 64].reduce(widenTtl, 0x1234_0000)
  expect([lowestTtl(word), highestTtl(word), word >>> 16]).toEqual([60, 255, 0x1234])
})

test('a word of 0 says that no TTL was seen', () => {
  expect([lowestTtl(0), highestTtl(0)]).toEqual([null, null])
  expect(widenTtl(0, -1)).toBe(0)
  const zero = widenTtl(0, 0)
  expect([lowestTtl(zero), highestTtl(zero)]).toEqual([0, 0])
  const full = widenTtl(0, 255)
  expect([lowestTtl(full), highestTtl(full)]).toEqual([255, 255])
})
