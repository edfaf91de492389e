import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

const RUN = resolve(import.meta.dirname, 'run-metadata.ts')
/** So little that an input which makes the tool allocate without bound ends the process. */
const HEAP_MEGABYTES = 512
/** The same inputs in the same order every time; `npx tsx test/fuzz/run-metadata.ts` takes others, and more of them. */
const SEED = '1'

/**
 * Fuzzes in a process of its own, which a hang cannot outlive.
 *
 * @returns The run's last word; where it did not come to it, what it was doing.
 */
function fuzz(mode: 'mutate' | 'cuts', seconds: number, runs: number): Record<string, unknown> {
  const heap = `--max-old-space-size=${HEAP_MEGABYTES}`
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [heap, '--import', 'tsx', RUN, mode, String(seconds), SEED, String(runs)],
    { encoding: 'utf8', timeout: (seconds + 60) * 1000, maxBuffer: 64 * 1024 * 1024 },
  )
  const last = stdout.trim().split('\n').at(-1) ?? ''
  const parsed: Record<string, unknown> = last.startsWith('{') ? JSON.parse(last) : {}
  return 'done' in parsed ? parsed : { ...parsed, stderr: stderr.slice(-2000) }
}

test.each(['mutate', 'cuts'] as const)(
  'damaged metadata (%s) is read, or refused with an error of ours, and nothing of it reaches the reader unescaped',
  { timeout: 120_000 },
  (mode) => {
    const result = fuzz(mode, 8, 200)
    expect(result).toMatchObject({ done: mode })
    expect(result.accepted).toBeGreaterThan(20)
    expect(result.decisions).toBeGreaterThan(200)
  },
)
