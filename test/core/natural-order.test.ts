import { expect, test } from 'vitest'
import { compareNaturally } from '../../src/core/natural-order.ts'

test('compareNaturally() reads digits as numbers', () => {
  expect(['cap10', 'Cap1', 'cap2', 'b.pcap'].sort(compareNaturally)).toEqual(['b.pcap', 'Cap1', 'cap2', 'cap10'])
})
