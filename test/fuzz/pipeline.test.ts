import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runPipeline } from './pipeline.ts'
import { sharedSeeds } from './seeds.ts'

const RUN = resolve(import.meta.dirname, 'run.ts')
const FAILURES = resolve(import.meta.dirname, 'failures')
/** So little that an input which makes the tool allocate without bound ends the process. */
const HEAP_MEGABYTES = 512
/** The same inputs in the same order every time; `npx tsx test/fuzz/run.ts` takes others, and more of them. */
const SEED = '1'

/**
 * Fuzzes in a process of its own, which a hang cannot outlive.
 *
 * @returns The run's last word; where it did not come to it, what it was doing.
 */
function fuzz(mode: 'mutate' | 'cuts', seconds: number, runs: number): Record<string, unknown> {
  const options = [
    `--max-old-space-size=${HEAP_MEGABYTES}`,
    '--import',
    'tsx',
    RUN,
    mode,
    String(seconds),
    SEED,
    String(runs),
  ]
  const { stdout, stderr } = spawnSync(process.execPath, options, {
    encoding: 'utf8',
    timeout: (seconds + 60) * 1000,
    maxBuffer: 64 * 1024 * 1024,
  })
  const last = stdout.trim().split('\n').at(-1) ?? ''
  const parsed: Record<string, unknown> = last.startsWith('{') ? JSON.parse(last) : {}
  return 'done' in parsed ? parsed : { ...parsed, stderr: stderr.slice(-2000) }
}

describe('octets → capture → packet → flow → verdict → JSON', () => {
  test('survives damaged captures, and says the same however the octets arrive', { timeout: 120_000 }, () => {
    const result = fuzz('mutate', 10, 300)
    expect(result).toMatchObject({ done: 'mutate' })
    expect(result.reports).toBeGreaterThan(20)
    expect(result.flows).toBeGreaterThan(20)
  })

  test.skipIf(sharedSeeds().length === 0)(
    'reads shared captures (../shared) cut at every seventh octet, as many as the time allows',
    { timeout: 120_000 },
    () => {
      const result = fuzz('cuts', 6, 400)
      expect(result).toMatchObject({ done: 'cuts' })
      expect(result.reports).toBeGreaterThan(20)
    },
  )

  const inputs = readdirSync(FAILURES).filter((name) => !name.endsWith('.md'))
  test.each(inputs)('failures/%s stays fixed', async (name) => {
    const octets = new Uint8Array(readFileSync(join(FAILURES, name)))
    const whole = await runPipeline(octets, octets.length || 1)
    expect(await runPipeline(octets, 3)).toEqual(whole)
  })
})
