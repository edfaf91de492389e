import { expect, test } from 'vitest'
import { octetsEach } from '../support/allocation.ts'

test('FlowTable.add() allocates nothing per packet of open flows', { timeout: 60_000 }, () => {
  expect(octetsEach('flow-allocation-probe.ts')).toBeLessThan(1)
})

test('the probe sees an allocation where there is one', { timeout: 60_000 }, () => {
  expect(octetsEach('flow-allocation-probe.ts', 'positive-control')).toBeGreaterThan(30)
})

test('the fast path allocates nothing per packet from the file to the flow', { timeout: 120_000 }, () => {
  // A run and each of its chunks cost something, two megabytes and two kilobytes; an object a packet would cost 16 octets at least.
  expect(octetsEach('fast-path-allocation-probe.ts')).toBeLessThan(8)
})

test('the probe of the fast path sees an allocation where there is one', { timeout: 120_000 }, () => {
  expect(octetsEach('fast-path-allocation-probe.ts', 'positive-control')).toBeGreaterThan(30)
})
