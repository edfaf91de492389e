import { expect, test } from 'vitest'
import { octetsEach } from '../support/allocation.ts'

test('FlowTable.add() allocates nothing per packet of open flows', { timeout: 60_000 }, () => {
  expect(octetsEach('flow-allocation-probe.ts')).toBeLessThan(1)
})

test('the probe sees an allocation where there is one', { timeout: 60_000 }, () => {
  expect(octetsEach('flow-allocation-probe.ts', 'positive-control')).toBeGreaterThan(30)
})
