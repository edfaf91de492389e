import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { CaptureSource } from '../../../src/capture/source.ts'
import { TextPath } from '../../../src/flow/fast-path/text-path.ts'
import type { Flow } from '../../../src/flow/flow.ts'
import type { CaptureSummary } from '../../../src/flow/flow-run.ts'
import { readFlows } from '../../../src/flow/read-flows.ts'
import { Random } from '../../fuzz/random.ts'
import { chunkedSource } from '../../support/fast-path-source.ts'
import { randomTraffic } from '../../support/fast-path-traffic.ts'
import fc from '../../support/property.ts'
import type { PrintOptions } from '../../support/text-printer.ts'
import { anyForm, plainForm, textOf } from '../../support/text-traffic.ts'

/** What reading came to: flows in the order of their ends. */
interface Outcome {
  readonly flows: readonly Flow[]
  readonly captures: readonly CaptureSummary[]
}

let readTheLongWay: typeof readFlows
let taken = 0

beforeAll(async () => {
  vi.resetModules()
  vi.doMock('../../../src/flow/fast-path/fast-path.ts', () => ({ FastPath: { create: () => undefined } }))
  ;({ readFlows: readTheLongWay } = await import('../../../src/flow/read-flows.ts'))
  vi.doUnmock('../../../src/flow/fast-path/fast-path.ts')
  const { take } = TextPath.prototype
  vi.spyOn(TextPath.prototype, 'take').mockImplementation(function (this: TextPath, stretch, ...rest) {
    const took = take.call(this, stretch, ...rest)
    if (took) taken += stretch.taken
    return took
  })
})

async function outcomeOf(
  read: typeof readFlows,
  sources: readonly CaptureSource[],
  maxFlows: number | undefined,
): Promise<Outcome> {
  const flows: Flow[] = []
  const captures = await read([{ files: sources }], { maxFlows }, (flow) => flows.push(flow))
  return { flows, captures }
}

interface Reading {
  readonly seed: number
  /** Octets of the longest chunk. */
  readonly longest: number
  readonly maxFlows?: number | undefined
}

/** @returns How many packets came out, and how many of them the fast path took. */
async function expectTheSame(
  texts: readonly string[],
  { seed, longest, maxFlows }: Reading,
): Promise<[number, number]> {
  const sources = () =>
    texts.map((text, i) =>
      chunkedSource(`${i}`, new TextEncoder().encode(text), new Random(seed), { placement: 'own', longest }),
    )
  taken = 0
  const fast = await outcomeOf(readFlows, sources(), maxFlows)
  const took = taken
  expect(fast).toEqual(await outcomeOf(readTheLongWay, sources(), maxFlows))
  return [fast.captures.reduce((sum, { packets }) => sum + packets, 0), took]
}

const START = 'tcpdump: listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n'

const cases = {
  traffic: fc.record({ seed: fc.integer({ min: 0 }), packets: fc.integer({ min: 30, max: 1500 }) }),
  oddness: fc.record({ packets: fc.constantFrom(0, 0, 0, 1, 10), lines: fc.constantFrom(0, 2, 10, 100) }),
  reading: fc.record({
    seed: fc.integer({ min: 0 }),
    longest: fc.constantFrom(40, 10_000, 100_000, 600_000),
    maxFlows: fc.constantFrom(undefined, undefined, undefined, 3),
  }),
}

/** Texts of every seed, in forms that `formOf` picks, are read alike. @returns The part of the packets taken. */
async function partTaken(formOf: (random: Random) => PrintOptions, numRuns: number): Promise<number> {
  const sum = { packets: 0, taken: 0 }
  await fc.assert(
    fc.asyncProperty(cases.traffic, cases.oddness, cases.reading, async (made, oddness, reading) => {
      const random = new Random(reading.seed)
      const frames = randomTraffic({ ...made, oddness: oddness.packets })
      const texts = Array.from(
        { length: 1 + random.below(2) },
        () => START + textOf(random, frames, formOf(random), oddness.lines),
      )
      const [packets, took] = await expectTheSame(texts, reading)
      sum.packets += packets
      sum.taken += took
    }),
    { numRuns },
  )
  return sum.taken / sum.packets
}

describe('the fast path of text comes to what the long way comes to', () => {
  test('on texts in the usual forms', { timeout: 60_000 }, async () => {
    expect(await partTaken(plainForm, 60)).toBeGreaterThan(0.1)
  })

  test('on texts in all forms', { timeout: 60_000 }, async () => {
    expect(await partTaken(anyForm, 40)).toBeGreaterThan(0.02)
  })
})

test.each(['clock', 'epoch', 'dated'] as const)('the fast path takes nearly all lines, with %s times', async (time) => {
  const frames = randomTraffic({ seed: 3, packets: 4000, oddness: 0 })
  const random = new Random(1)
  const form = { ...plainForm(random), time, lineEnd: '\n' as const }
  const [packets, took] = await expectTheSame([START + textOf(random, frames, form, 0)], { seed: 1, longest: 200_000 })
  expect(packets).toBe(4000)
  expect(took / packets).toBeGreaterThan(0.97)
})
