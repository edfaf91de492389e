import { expect, test } from 'vitest'
import { octetsEach } from '../support/allocation.ts'

test('FrameDecoder.decode() allocates nothing per packet', { timeout: 60_000 }, () => {
  expect(octetsEach('packet-allocation-probe.ts')).toBeLessThan(1)
})

test('the probe sees an allocation where there is one', { timeout: 60_000 }, () => {
  expect(octetsEach('packet-allocation-probe.ts', 'positive-control')).toBeGreaterThan(30)
})
