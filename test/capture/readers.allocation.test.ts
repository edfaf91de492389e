import { expect, test } from 'vitest'
import { octetsEach } from '../support/allocation.ts'

test.each(['pcap', 'pcapng'])('the reader of %s allocates nothing per record', { timeout: 120_000 }, (format) => {
  expect(octetsEach('capture-allocation-probe.ts', format)).toBeLessThan(1)
})

test.each(['pcap', 'pcapng'])(
  'the probe of %s sees an allocation where there is one',
  { timeout: 120_000 },
  (format) => {
    expect(octetsEach('capture-allocation-probe.ts', format, 'positive-control')).toBeGreaterThan(30)
  },
)
