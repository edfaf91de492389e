import { createHash } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { FastPath } from '../../../src/flow/fast-path/fast-path.ts'
import { readFlows } from '../../../src/flow/read-flows.ts'
import { Random } from '../../fuzz/random.ts'
import { pcapOf } from '../../support/fast-path-files.ts'
import { manyFlows } from '../../support/fast-path-many-flows.ts'
import { chunkedSource } from '../../support/fast-path-source.ts'
import { randomTraffic } from '../../support/fast-path-traffic.ts'

const MEBIBYTE = 1024 * 1024

function sourceOf(file: Uint8Array): ReturnType<typeof chunkedSource> {
  return chunkedSource('x', file, new Random(1), { placement: 'offered', longest: 200_000 })
}

/** Flows, and a digest of all they say. */
async function digestOf(file: Uint8Array): Promise<{ flows: number; digest: string; warnings: readonly string[] }> {
  const hash = createHash('sha256')
  let flows = 0
  const [capture] = await readFlows([{ files: [sourceOf(file)] }], {}, (flow) => {
    hash.update(JSON.stringify(flow))
    flows++
  })
  return { flows, digest: hash.digest('hex'), warnings: (capture?.warnings ?? []).map(({ code }) => code) }
}

test('the table may grow while a chunk is taken, and samples run short', { timeout: 120_000 }, async () => {
  const file = manyFlows(1000, 280)
  const { take } = FastPath.prototype
  let taken = 0
  const spy = vi.spyOn(FastPath.prototype, 'take').mockImplementation(function (this: FastPath, stretch, ...rest) {
    const took = take.call(this, stretch, ...rest)
    if (took) taken += stretch.taken
    return took
  })
  const fast = await digestOf(file)
  spy.mockRestore()
  vi.spyOn(FastPath, 'create').mockReturnValue(undefined)
  expect(fast).toEqual(await digestOf(file))
  vi.restoreAllMocks()
  expect(fast).toMatchObject({ flows: 281_000, warnings: ['samples-reduced'] })
  expect(taken).toBeGreaterThan(100_000)
})

test('captures of a run use the same memory one after the other', { timeout: 120_000 }, async () => {
  const file = pcapOf(randomTraffic({ seed: 4, packets: 100, oddness: 5 }))
  let resident = 0
  let captures = 0
  const sources = Array.from({ length: 2000 }, () => ({ files: [sourceOf(file)] }))
  let flows = 0
  const summaries = await readFlows(
    sources,
    {
      onProgress: () => {
        if (++captures === 500) resident = process.memoryUsage().rss
      },
    },
    () => flows++,
  )
  expect(summaries).toHaveLength(2000)
  expect(new Set(summaries.map(({ packets }) => packets))).toEqual(new Set([100]))
  expect(flows % 2000).toBe(0)
  // What 1,500 tables of their own would take is 2 GiB.
  expect((process.memoryUsage().rss - resident) / MEBIBYTE).toBeLessThan(200)
})
