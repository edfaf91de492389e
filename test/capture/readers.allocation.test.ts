import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

const PROBE = resolve(import.meta.dirname, '../support/capture-allocation-probe.ts')
/** Without a large young generation a scavenge in mid-run hides what was allocated. */
const NODE_OPTIONS = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256', '--import', 'tsx']

/** Heap octets a record, as the probe in a process of its own measures them. */
function octetsPerRecord(...args: string[]): number {
  const { stdout, stderr } = spawnSync(process.execPath, [...NODE_OPTIONS, PROBE, ...args], { encoding: 'utf8' })
  expect(stderr.replace(/^.*ExperimentalWarning.*$/gm, '').trim()).toBe('')
  return (JSON.parse(stdout) as { octetsPerRecord: number }).octetsPerRecord
}

test.each(['pcap', 'pcapng'])('the reader of %s allocates nothing per record', { timeout: 120_000 }, (format) => {
  expect(octetsPerRecord(format)).toBeLessThan(1)
})

test.each(['pcap', 'pcapng'])(
  'the probe of %s sees an allocation where there is one',
  { timeout: 120_000 },
  (format) => {
    expect(octetsPerRecord(format, 'positive-control')).toBeGreaterThan(30)
  },
)
