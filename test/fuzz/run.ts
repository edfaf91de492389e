/**
 * Fuzzes the whole pipeline for a time and prints, one JSON object a line, what it is about to try and at last how far it came.
 *
 * `npx tsx test/fuzz/run.ts mutate|cuts SECONDS [SEED] [RUNS] [NAME]`: damages all seeds at random, or cuts the shared
 * captures at every seventh octet, in an order that SEED decides, RUNS times at most; NAME keeps to the inputs whose name holds it.
 * A failure leaves the input in a file, whose place belongs under `failures/` once it is fixed.
 */
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FormatName } from '../../src/report/index.ts'
import { mutate } from './mutate.ts'
import { runPipeline } from './pipeline.ts'
import { Random } from './random.ts'
import { allSeeds, type Seed, sharedSeeds } from './seeds.ts'

/** Longer inputs are left to the captures' own tests: damage in them is rarely met. */
const MAX_LENGTH = 200_000
const CUT_STEP = 7
const CHUNKS = [1, 3, 61, 512, 65536]
const FORMATS: readonly FormatName[] = [
  'table',
  'ndjson',
  'zeek',
  'zeek-json',
  'markdown',
  'junit',
  'sarif',
  'tap',
  'github',
]

const [mode = 'mutate', seconds = '10', seed = '1', runs = 'Infinity', name = ''] = process.argv.slice(2)
const deadline = Date.now() + Number(seconds) * 1000
const counts = { runs: 0, reports: 0, flows: 0, slowestMs: 0 }
const isOn = (): boolean => counts.runs < Number(runs) && Date.now() < deadline

/** Runs one input whole and in pieces; two reports must be the same. */
async function tryInput(octets: Uint8Array, random: Random): Promise<void> {
  const format = random.chance(20) ? random.pick(FORMATS) : undefined
  const whole = await runPipeline(octets, octets.length || 1, format)
  const pieces = random.chance(25) ? await runPipeline(octets, random.pick(CHUNKS)) : whole
  if (!('document' in whole)) return
  // What an input is must be told from the octets that are there so far, and more of them may tell otherwise.
  if ('document' in pieces && withoutBytes(whole.document) !== withoutBytes(pieces.document)) {
    throw new Error('The report depends on how the octets arrive')
  }
  counts.reports++
  counts.flows += whole.document.match(/"record":"flow"/g)?.length ?? 0
}

/** How many octets were read when the damage showed depends on how many were handed over. */
function withoutBytes(document: string): string {
  return document.replace(/"bytes":\d+/g, '')
}

async function run(input: string, octets: Uint8Array, random: Random): Promise<void> {
  console.log(JSON.stringify({ input }))
  const start = performance.now()
  try {
    await tryInput(octets, random)
  } catch (error) {
    const file = join(tmpdir(), `masqcheck-fuzz-${input.replace(/[^\w.-]+/g, '_')}`)
    writeFileSync(file, octets)
    console.log(JSON.stringify({ failed: input, file, error: error instanceof Error ? error.stack : String(error) }))
    process.exit(1)
  }
  counts.runs++
  counts.slowestMs = Math.max(counts.slowestMs, performance.now() - start)
}

async function runMutations(seeds: readonly Seed[]): Promise<void> {
  const others = seeds.map(({ octets }) => octets)
  for (let number = Number(seed); isOn(); number++) {
    const random = new Random(number)
    const { name, octets } = random.pick(seeds)
    await run(`mutate ${number} ${name}`, mutate(octets, others, random), random)
  }
}

/** Every cut is tried once where the time allows it. */
async function runCuts(seeds: readonly Seed[]): Promise<void> {
  const random = new Random(Number(seed))
  const cuts = seeds.flatMap((each) =>
    Array.from({ length: Math.ceil(each.octets.length / CUT_STEP) }, (_, i) => [each, i * CUT_STEP] as const),
  )
  for (let left = cuts.length; left > 0 && isOn(); left--) {
    const at = random.below(left)
    const [{ name, octets }, length] = cuts[at] as (typeof cuts)[number]
    cuts[at] = cuts[left - 1] as (typeof cuts)[number]
    await run(`cut ${length} ${name}`, octets.subarray(0, length), random)
  }
}

const wanted = (each: Seed): boolean => each.octets.length <= MAX_LENGTH && each.name.includes(name)
await (mode === 'cuts' ? runCuts(sharedSeeds().filter(wanted)) : runMutations(allSeeds().filter(wanted)))
const megabytes = Math.round(process.resourceUsage().maxRSS / 1024)
console.log(JSON.stringify({ done: mode, ...counts, slowestMs: Math.round(counts.slowestMs), megabytes }))
