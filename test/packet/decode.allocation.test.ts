import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

const PROBE = resolve(import.meta.dirname, '../support/packet-allocation-probe.ts')
/** Without a large young generation a scavenge in mid-run hides what was allocated. */
const NODE_OPTIONS = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256', '--import', 'tsx']

/** Heap octets a packet, as the probe in a process of its own measures them. */
function octetsPerPacket(...args: string[]): number {
  const { stdout, stderr } = spawnSync(process.execPath, [...NODE_OPTIONS, PROBE, ...args], { encoding: 'utf8' })
  expect(stderr.replace(/^.*ExperimentalWarning.*$/gm, '').trim()).toBe('')
  return (JSON.parse(stdout) as { octetsPerPacket: number }).octetsPerPacket
}

test('FrameDecoder.decode() allocates nothing per packet', { timeout: 60_000 }, () => {
  expect(octetsPerPacket()).toBeLessThan(1)
})

test('the probe sees an allocation where there is one', { timeout: 60_000 }, () => {
  expect(octetsPerPacket('positive-control')).toBeGreaterThan(30)
})
