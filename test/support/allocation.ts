import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect } from 'vitest'

/** Without a large young generation a scavenge in mid-run hides what was allocated. */
const NODE_OPTIONS = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256', '--import', 'tsx']

/**
 * Heap octets that one packet, record or line costs, as a probe in a process of its own measures them.
 *
 * @param probe - A file of this folder that prints them, see `allocation-rounds.ts`.
 */
export function octetsEach(probe: string, ...args: string[]): number {
  const file = resolve(import.meta.dirname, probe)
  const { stdout, stderr } = spawnSync(process.execPath, [...NODE_OPTIONS, file, ...args], { encoding: 'utf8' })
  expect(stderr.replace(/^.*ExperimentalWarning.*$/gm, '').trim()).toBe('')
  return (JSON.parse(stdout) as { octetsEach: number }).octetsEach
}
