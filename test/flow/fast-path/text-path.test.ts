import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { CaptureSource } from '../../../src/capture/source.ts'
import { FastPath } from '../../../src/flow/fast-path/fast-path.ts'
import { TextPath } from '../../../src/flow/fast-path/text-path.ts'
import type { Flow } from '../../../src/flow/flow.ts'
import type { CaptureSummary } from '../../../src/flow/flow-run.ts'
import { type FlowOptions, readFlows } from '../../../src/flow/read-flows.ts'
import { Random } from '../../fuzz/random.ts'
import { readFlowsTheLongWay } from '../../support/fast-path-long-way.ts'
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
  readTheLongWay = await readFlowsTheLongWay()
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
  options: Pick<FlowOptions, 'maxFlows' | 'samples'>,
): Promise<Outcome> {
  const flows: Flow[] = []
  const captures = await read([{ files: sources }], options, (flow) => flows.push(flow))
  return { flows, captures }
}

interface Reading {
  readonly seed: number
  /** Octets of the longest chunk. */
  readonly longest: number
  readonly maxFlows?: number | undefined
  readonly samples?: number | undefined
}

/** @returns How many packets came out, and how many of them the fast path took. */
async function expectTheSame(
  texts: readonly string[],
  { seed, longest, maxFlows, samples }: Reading,
): Promise<[number, number]> {
  const sources = () =>
    texts.map((text, i) =>
      chunkedSource(`${i}`, new TextEncoder().encode(text), new Random(seed), { placement: 'own', longest }),
    )
  taken = 0
  const fast = await outcomeOf(readFlows, sources(), { maxFlows, samples })
  const took = taken
  expect(fast).toEqual(await outcomeOf(readTheLongWay, sources(), { maxFlows, samples }))
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
    samples: fc.constantFrom(undefined, 1, 2),
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

/** A connection on which one side sends a hundred octets at a time and the other acknowledges them, 10 µs a line. */
function exchange(segments: number, second = '11:56:28'): string[] {
  const [client, server] = ['10.0.0.1.40000', '10.0.0.2.80']
  let micros = 100
  const line = (ends: string, fields: string): string => {
    micros += 10
    return `${second}.${String(micros).padStart(6, '0')} IP ${ends}: Flags ${fields}`
  }
  const stamps = (value: number): string => `options [nop,nop,TS val ${value} ecr ${value - 1}]`
  const [out, back] = [`${client} > ${server}`, `${server} > ${client}`]
  const lines = [
    line(out, '[S], seq 4294967000, win 501, length 0'),
    line(back, '[S.], seq 7000, ack 4294967001, win 501, length 0'),
    line(out, '[.], ack 1, win 501, length 0'),
  ]
  for (let i = 0; i < segments; i++) {
    const [from, to] = [1 + 100 * i, 101 + 100 * i]
    lines.push(line(out, `[P.], seq ${from}:${to}, ack 1, win 501, ${stamps(5000 + i)}, length 100`))
    lines.push(line(back, `[.], ack ${to}, win 501, ${stamps(6000 + i)}, length 0`))
  }
  return lines
}

/** Each puts other lines in the place of one. */
const ODD: readonly (readonly [string, (line: string) => string])[] = [
  ['a copy', (line) => `${line}\n${line}`],
  ['the same segment with another timestamp', (line) => `${line}\n${line.replace(/val \d+/, 'val 9')}`],
  ['the same segment without timestamps', (line) => `${line}\n${line.replace(/, options \[[^\]]*\]/, '')}`],
  ['the same segment with another window', (line) => `${line}\n${line.replace('win 501', 'win 502')}`],
  ['the same segment with other flags', (line) => `${line}\n${line.replace('[P.]', '[.]')}`],
  ['no timestamps', (line) => line.replace(/, options \[[^\]]*\]/, '')],
  ['other options', (line) => line.replace('nop,nop,TS', 'TS')],
  ['options that do not end', (line) => line.replace('], length', '}, length')],
  ['a length without a range', (line) => line.replace(/seq [\d:]+, /, '').replace(/length \d+/, 'length 7')],
  ['a window of 0', (line) => line.replace('win 501', 'win 0')],
  ['a window of many digits', (line) => line.replace('win 501', 'win 4294967295')],
  ['a length that is not that of the range', (line) => line.replace('length 100', 'length 101')],
  ['a length with digits of the payload behind it', (line) => line.replace('length 100', 'length 10017')],
  ['a length that something follows', (line) => line.replace('length 100', 'length 100x')],
  ['a remark', (line) => `${line}: HTTP: GET / HTTP/1.1`],
  ['a long remark', (line) => `${line}: ${'x'.repeat(20_000)}`],
  ['carriage returns', (line) => `${line}\r\r`],
  ['a carriage return in the middle', (line) => `${line}\rx`],
  ['a range that ends before it begins', (line) => line.replace(/seq (\d+):\d+/, 'seq $1:1')],
  ['a sequence number of eleven digits', (line) => line.replace(/seq \d/, 'seq 10000000000')],
  ['a sequence number beyond 32 bits', (line) => line.replace(/seq \d+:\d+/, 'seq 4294967296:4294967396')],
  ['an octet with a leading zero', (line) => line.replace('10.0.0.1.', '10.0.0.01.')],
  ['an octet beyond 255', (line) => line.replace('10.0.0.1.', '10.0.0.257.')],
  ['a port with a leading zero', (line) => line.replace('40000', '040000')],
  ['a port of five digits for 80', (line) => line.replace('.80', '.00080')],
  ['a name', (line) => line.replace('.80', '.http')],
  ['a time of seven digits', (line) => line.replace(/(\.\d{6}) /, '$11 ')],
  ['a time of nine digits', (line) => line.replace(/(\.\d{6}) /, '$1001 ')],
  ['no space behind the time', (line) => line.replace(/(\.\d{6}) /, '$1')],
  ['a time of another form', (line) => line.replace(/^\S+/, '1754049388.000500')],
  ['another second', (line) => line.replace('11:56:28', '11:56:29')],
  ['the day after', (line) => line.replace('11:56:28', '00:00:01')],
  ['an interface', (line) => line.replace(' IP ', ' eth0  In  IP ')],
  ['a line below', (line) => `${line}\n\t0x0000:  4500 0034 1c46 4000 4006 b1e6 0a00 0001`],
  ['an empty line', (line) => `${line}\n`],
  [
    'a SYN of the same connection',
    (line) => `${line}\n${line.replace(/Flags.*/, 'Flags [S], seq 77, win 9, length 0')}`,
  ],
  ['a FIN', (line) => line.replace('[P.]', '[FP.]')],
  ['a reset', (line) => line.replace('[P.]', '[R.]')],
  ['an urgent pointer', (line) => line.replace('win 501', 'win 501, urg 4')],
  [
    'the number of a segment without payload',
    (line) => line.replace(/seq (\d+):\d+/, 'seq $1').replace('length 100', 'length 0'),
  ],
  ['an acknowledgment of nothing new', (line) => line.replace(/ack \d+/, 'ack 1')],
  ['an acknowledgment of what was not seen', (line) => line.replace(/ack \d+/, 'ack 2000000')],
  ['another capture', (line) => `${line}\n9 packets captured\n${START}${line}`],
]

describe('one line among plain ones', () => {
  test.each(ODD)('%s', async (_, edit) => {
    const lines = exchange(30)
    for (const at of [41, 42]) {
      const text = START + lines.map((line, i) => (i === at ? edit(line) : line)).join('\n')
      const [packets, took] = await expectTheSame([text], { seed: 1, longest: 100_000 })
      expect(packets).toBeGreaterThan(60)
      expect(took).toBeGreaterThan(15)
    }
  })

  test('a clock of a million years', async () => {
    const lines = [...exchange(30, '1754049388'), ...exchange(30, '999999999999')]
    const [packets] = await expectTheSame([START + lines.join('\n')], { seed: 1, longest: 100_000 })
    expect(packets).toBe(126)
  })
})

test('a text in several captures keeps the conversations of each', async () => {
  const texts = [exchange(40), exchange(40).map((line) => line.replaceAll('.80', '.81')), exchange(40)]
  const [packets, took] = await expectTheSame(
    [texts.map((lines) => `${START}${lines.join('\n')}\n9 packets captured\n`).join('')],
    {
      seed: 1,
      longest: 100_000,
    },
  )
  expect(packets).toBe(249)
  expect(took).toBeGreaterThan(180)
})

test('where the shared memory is used up, all goes the long way', async () => {
  const { create } = FastPath
  const spy = vi.spyOn(FastPath, 'create').mockImplementation(() => {
    const path = create.call(FastPath)
    // Room for some tables.
    for (let words = 2 ** 28; words >= 2 ** 22; words /= 2) while (path?.memory.take(words));
    return path
  })
  const captures = Array.from({ length: 30 }, () => `${START}${exchange(40).join('\n')}\n9 packets captured\n`)
  const [packets, took] = await expectTheSame([captures.join('')], { seed: 1, longest: 100_000 })
  spy.mockRestore()
  expect(packets).toBe(30 * 83)
  expect(took).toBeGreaterThan(60)
  expect(took).toBeLessThan(29 * 60)
})
