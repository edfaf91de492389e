import { expect, test } from 'vitest'
import { fuzz } from './spawn.ts'

test.each(['mutate', 'cuts'] as const)(
  'damaged metadata (%s) is read, or refused with an error of ours, and nothing of it reaches the reader unescaped',
  { timeout: 120_000 },
  (mode) => {
    const result = fuzz('run-metadata.ts', mode, 8, 200)
    expect(result).toMatchObject({ done: mode })
    expect(result.accepted).toBeGreaterThan(20)
    expect(result.decisions).toBeGreaterThan(200)
  },
)
