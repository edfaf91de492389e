import { expect, test } from 'vitest'
import { octetsEach } from '../support/allocation.ts'

test('plain lines are read and decoded without allocating', { timeout: 60_000 }, () => {
  expect(octetsEach('text-allocation-probe.ts')).toBeLessThan(1)
})

test('the probe sees an allocation where there is one', { timeout: 60_000 }, () => {
  expect(octetsEach('text-allocation-probe.ts', 'positive-control')).toBeGreaterThan(30)
})
