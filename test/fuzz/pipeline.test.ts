import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runPipeline } from './pipeline.ts'
import { sharedSeeds } from './seeds.ts'
import { fuzz } from './spawn.ts'

const FAILURES = resolve(import.meta.dirname, 'failures')
describe('octets → capture → packet → flow → verdict → JSON', () => {
  test('survives damaged captures, and says the same however the octets arrive', { timeout: 120_000 }, () => {
    const result = fuzz('run.ts', 'mutate', 10, 300)
    expect(result).toMatchObject({ done: 'mutate' })
    expect(result.reports).toBeGreaterThan(20)
    expect(result.flows).toBeGreaterThan(20)
  })

  test.skipIf(sharedSeeds().length === 0)(
    'reads shared captures (../shared) cut at every seventh octet, as many as the time allows',
    { timeout: 120_000 },
    () => {
      const result = fuzz('run.ts', 'cuts', 6, 400)
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
