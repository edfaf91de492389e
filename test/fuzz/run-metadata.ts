/**
 * Fuzzes the reading of cluster metadata for a time and prints, one JSON object a line, what it is about to try and at last
 * how far it came.
 *
 * `npx tsx test/fuzz/run-metadata.ts mutate|cuts SECONDS [SEED] [RUNS] [NAME]`: changes one file of a cluster at random, or
 * cuts it, in an order that SEED decides, RUNS times at most; NAME keeps to the clusters whose name holds it. A failure leaves
 * the files in a folder.
 */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkCommands, checkMetadata, type MetadataFile } from './metadata.ts'
import { type MetadataSeed, metadataSeeds } from './metadata-seeds.ts'
import { mutateMetadata } from './mutate-metadata.ts'
import { Random } from './random.ts'

/** So slow is nothing that works through its octets once, even on a busy machine; milliseconds. */
const SLOWEST = 10_000
/** Of a hundred inputs so many go through files and the command line too. */
const BY_COMMAND = 8

const [mode = 'mutate', seconds = '10', seed = '1', runs = 'Infinity', name = ''] = process.argv.slice(2)
const deadline = Date.now() + Number(seconds) * 1000
const counts = { runs: 0, accepted: 0, findings: 0, decisions: 0, slowestMs: 0, slowest: '' }
const seeds = metadataSeeds().filter((each) => each.name.includes(name))
const everyFile = seeds.flatMap(({ files }) => files.map(({ octets }) => octets))

function damaged(octets: Uint8Array, random: Random): Uint8Array {
  return mode === 'cuts' ? octets.subarray(0, random.below(octets.length)) : mutateMetadata(octets, everyFile, random)
}

/** The cluster with one of its files damaged, and now and then others left out. */
function filesOf({ files }: MetadataSeed, random: Random): { readonly what: string; readonly files: MetadataFile[] } {
  const victim = random.pick(files)
  const whole = random.chance(50)
  const others = files.filter((each) => each !== victim && (whole || random.chance(30)))
  return { what: victim.file, files: [{ ...victim, octets: damaged(victim.octets, random) }, ...others] }
}

async function run(number: number): Promise<void> {
  const random = new Random(number)
  const cluster = random.pick(seeds)
  const { what, files } = filesOf(cluster, random)
  const input = `${mode} ${number} ${cluster.name}: ${what}`
  console.log(JSON.stringify({ input }))
  const start = performance.now()
  try {
    const outcome = await checkMetadata(files, random)
    if (random.chance(BY_COMMAND) || cluster.name.endsWith('.zip')) await checkCommands(files)
    const ms = performance.now() - start
    if (ms > SLOWEST) throw new Error(`It took ${Math.round(ms)} ms`)
    count(outcome, ms, input)
  } catch (error) {
    const folder = mkdtempSync(join(tmpdir(), 'masqcheck-fuzz-metadata-'))
    for (const [i, { file, octets }] of files.entries()) {
      writeFileSync(join(folder, `${i}-${file.replace(/[^\w.-]+/g, '_')}`), octets)
    }
    console.log(JSON.stringify({ failed: input, folder, error: error instanceof Error ? error.stack : String(error) }))
    process.exit(1)
  }
}

function count(outcome: Awaited<ReturnType<typeof checkMetadata>>, ms: number, input: string): void {
  counts.runs++
  if (ms > counts.slowestMs) Object.assign(counts, { slowestMs: Math.round(ms), slowest: input })
  if ('refused' in outcome) return
  counts.accepted++
  counts.findings += outcome.findings
  counts.decisions += outcome.decisions
}

for (let number = Number(seed); counts.runs < Number(runs) && Date.now() < deadline; number++) await run(number)
console.log(JSON.stringify({ done: mode, ...counts }))
