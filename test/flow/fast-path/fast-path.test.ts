import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { ReadAhead } from '../../../src/capture/read-ahead.ts'
import type { CaptureSource } from '../../../src/capture/source.ts'
import { FastPath } from '../../../src/flow/fast-path/fast-path.ts'
import type { Flow } from '../../../src/flow/flow.ts'
import type { CaptureSummary } from '../../../src/flow/flow-run.ts'
import { readFlows } from '../../../src/flow/read-flows.ts'
import { Random } from '../../fuzz/random.ts'
import { LONG_PATIENCE } from '../../support/ahead-stream.ts'
import { damaged, pcapngOf, pcapOf, randomFile, randomFiles } from '../../support/fast-path-files.ts'
import { readFlowsTheLongWay } from '../../support/fast-path-long-way.ts'
import { chunkedSource, type Placement } from '../../support/fast-path-source.ts'
import { randomTraffic } from '../../support/fast-path-traffic.ts'
import { join } from '../../support/packet-octets.ts'
import fc from '../../support/property.ts'

/** What reading came to: in the order of the flows' ends. */
interface Outcome {
  readonly flows: readonly Flow[]
  readonly captures: readonly CaptureSummary[]
  readonly error: string | null
}

let readTheLongWay: typeof readFlows
let takenSoFar = 0

beforeAll(async () => {
  readTheLongWay = await readFlowsTheLongWay()
  const { take } = FastPath.prototype
  vi.spyOn(FastPath.prototype, 'take').mockImplementation(function (this: FastPath, stretch, ...rest) {
    const took = take.call(this, stretch, ...rest)
    if (took) takenSoFar += stretch.taken
    return took
  })
})

/** @param sets - Files of each capture. */
async function outcomeOf(
  read: typeof readFlows,
  sets: readonly (readonly CaptureSource[])[],
  maxFlows: number | undefined,
): Promise<Outcome> {
  const flows: Flow[] = []
  const sources = sets.map((files) => ({ files }))
  try {
    const captures = await read(sources, { maxFlows }, (flow) => flows.push(flow))
    return { flows, captures, error: null }
  } catch (error) {
    return { flows, captures: [], error: String(error) }
  }
}

interface Reading {
  readonly octets: readonly (readonly Uint8Array[])[]
  readonly placement: Placement
  readonly longest: number
  readonly seed: number
  readonly maxFlows?: number | undefined
  /** See `AheadStream`. */
  readonly patience?: number
}

/** @returns How many packets came out, and how many of them the fast path took. */
async function expectTheSame(reading: Reading): Promise<{ packets: number; taken: number }> {
  const { octets, seed, maxFlows } = reading
  const sources = () =>
    octets.map((files, i) => files.map((file, j) => chunkedSource(`${i}-${j}`, file, new Random(seed), reading)))
  takenSoFar = 0
  const fast = await outcomeOf(readFlows, sources(), maxFlows)
  const took = takenSoFar
  const long = await outcomeOf(readTheLongWay, sources(), maxFlows)
  expect(fast).toEqual(long)
  return { packets: fast.captures.reduce((sum, { packets }) => sum + packets, 0), taken: took }
}

const traffic = fc.record({ seed: fc.integer({ min: 0 }), packets: fc.integer({ min: 30, max: 800 }) })
const oddness = fc.constantFrom(0, 2, 5, 20)
const placed = {
  seed: fc.integer({ min: 0 }),
  placement: fc.constantFrom<Placement>('offered', 'own', 'ahead'),
  longest: fc.constantFrom(40, 10_000, 100_000, 400_000),
}

describe('the fast path comes to what the long way comes to', () => {
  test('on captures of all forms, one after the other in one run', { timeout: 60_000 }, async () => {
    let taken = 0
    const sets = fc.array(fc.tuple(traffic, oddness), { minLength: 1, maxLength: 3 })
    const maxFlows = fc.constantFrom(undefined, undefined, undefined, 3)
    await fc.assert(
      fc.asyncProperty(sets, fc.record({ ...placed, maxFlows }), async (captures, reading) => {
        const random = new Random(reading.seed)
        const octets = captures.map(([made, odd]) => randomFiles(random, randomTraffic({ ...made, oddness: odd })))
        taken += (await expectTheSame({ ...reading, octets })).taken
      }),
      { numRuns: 60 },
    )
    expect(taken).toBeGreaterThan(300)
  })

  test.each<[string, (packet: number, turn: number) => bigint]>([
    ['go back from beyond 32 bits of seconds', (packet, turn) => (packet < turn ? 2n ** 32n + 1000n : 1000n)],
    ['lie beyond 64 bits of nanoseconds', (packet) => (packet === 0 ? 18_000_000_000_000_000n : 1_754_000_000n)],
  ])('where times %s', async (_, secondOf) => {
    for (let i = 0; i < 40; i++) {
      const frames = randomTraffic({ seed: i, packets: 200, oddness: 3 })
      const file = pcapngOf(frames.map((frame, packet) => ({ ...frame, second: secondOf(packet, 60 + i) })))
      await expectTheSame({ octets: [[file]], placement: 'own', longest: 1_000_000, seed: 1 })
    }
  })

  test.each([2, 50, 300])('where interfaces take turns every %i packets, read ahead', async (turn) => {
    for (let seed = 0; seed < 6; seed++) {
      const random = new Random(seed)
      let face = 0
      const interfaceOf = (): number => {
        if (random.below(turn) === 0) face = random.below(3)
        return face
      }
      const frames = randomTraffic({ seed, packets: 4000, oddness: 0 })
      const seconds = frames.map((frame) => ({ ...frame, second: BigInt(frame.sec) }))
      const file = pcapngOf(seconds, { interfaceOf })
      await expectTheSame({ octets: [[file]], placement: 'ahead', longest: 1_000_000, seed })
    }
  })

  test('where a later section counts its time in other ticks, read ahead', async () => {
    // In the first second of 1970, the later section in its first millisecond: taken for ticks of the other rate, its times are of that second, too.
    const early = (seed: number, slowness: number) =>
      randomTraffic({ seed, packets: 4000, oddness: 0 }).map((frame) => ({
        ...frame,
        second: 0n,
        nsec: frame.nsec / slowness,
      }))
    const file = join([pcapngOf(early(1, 1), { digits: 3 }), pcapngOf(early(2, 1000), { digits: 6 })])
    const reading: Reading = { octets: [[file]], placement: 'ahead', longest: 1_000_000, seed: 1 }
    const { packets, taken } = await expectTheSame(reading)
    expect(taken).toBeGreaterThan(0.8 * packets)
  })

  test('on damaged files', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(traffic, oddness, fc.record(placed), async (made, odd, reading) => {
        const random = new Random(reading.seed)
        const file = damaged(random, randomFile(random, randomTraffic({ ...made, oddness: odd })))
        await expectTheSame({ ...reading, octets: [[file]] })
      }),
      { numRuns: 80 },
    )
  })
})

describe('The fast path takes nearly all packets of plain traffic', () => {
  const frames = randomTraffic({ seed: 1, packets: 12_000, oddness: 0 })
  const pcap = pcapOf(frames)
  const pcapng = pcapngOf(frames.map((frame) => ({ ...frame, second: BigInt(frame.sec) })))

  test.each<[string, Placement, Uint8Array]>([
    ['pcap', 'own', pcap],
    ['pcapng', 'own', pcapng],
    ['pcap that is read ahead', 'ahead', pcap],
    ['pcapng that is read ahead', 'ahead', pcapng],
  ])('of %s', async (_, placement, file) => {
    const begin = vi.spyOn(ReadAhead.prototype, 'begin')
    onTestFinished(() => begin.mockRestore())
    const reading = { placement, longest: 1_000_000, seed: 1, patience: LONG_PATIENCE }
    const { packets, taken } = await expectTheSame({ ...reading, octets: [[file]] })
    expect(packets).toBe(frames.length)
    expect(taken / packets).toBeGreaterThan(0.97)
    expect(begin.mock.results.some(({ value }) => value === true)).toBe(placement === 'ahead')
  })
})
