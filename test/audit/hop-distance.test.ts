import { expect, test } from 'vitest'
import { hopDistance } from '../../src/audit/hop-distance.ts'

const ROWS: [number | null, number | null][] = [
  [64, 0],
  [63, 1],
  [62, 2],
  [1, 63],
  [0, 64],
  [65, 63],
  [128, 0],
  [127, 1],
  [129, 126],
  [255, 0],
  [254, 1],
  [256, null],
  [-1, null],
  [null, null],
]

test.each(ROWS)('hopDistance(%s) is %s', (ttl, hops) => {
  expect(hopDistance(ttl)).toBe(hops)
})
