import { expect, test } from 'vitest'
import { sumCounts } from '../../src/core/counts.ts'

test('sumCounts() adds what has the same name', () => {
  expect(sumCounts([{ arp: 2, stp: 1 }, {}, { arp: 3 }])).toEqual({ arp: 5, stp: 1 })
})
