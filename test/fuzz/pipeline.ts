import { resolve } from 'node:path'
import { Readable } from 'node:stream'
import { analyze } from '../../src/audit/analyze.ts'
import { loadCluster } from '../../src/cluster/load.ts'
import type { ClusterSnapshot } from '../../src/cluster/snapshot.ts'
import { MasqcheckError } from '../../src/core/errors.ts'
import { FORMATS, type FormatName } from '../../src/report/index.ts'
import type { CountsRecord, DocumentRecord, FlowRecord } from '../../src/report/records/types.ts'
import { analysisReport, type Format, type Report } from '../../src/report/report.ts'

const CLUSTER = resolve(import.meta.dirname, '../../captures/seed/cluster-bpf')
const RENDER = { width: 100, color: false, all: true, limit: 0, failOn: 'contradiction' } as const
let cluster: Promise<ClusterSnapshot> | undefined

/** What became of an input: the JSON report, or the code of the error that says why there is none. */
export type Outcome = { readonly document: string } | { readonly refused: string }

/**
 * The whole pipeline on any octets: octets → capture → packet → flow → verdict → JSON.
 *
 * @param chunkLength - Octets handed over at once.
 * @param format - Another format to render, for what it might throw.
 * @throws Anything that is not an error of ours; an Error where the report contradicts itself.
 */
export async function runPipeline(octets: Uint8Array, chunkLength: number, format?: FormatName): Promise<Outcome> {
  cluster ??= loadCluster({ paths: [CLUSTER] })
  try {
    const stdin = Readable.from(chunksOf(octets, chunkLength))
    const analysis = await analyze({ captures: ['-'], cluster: await cluster, stdin })
    const report = analysisReport(analysis, { name: 'masqcheck', version: '0' })
    const document = await render(report, 'json')
    checkDocument(JSON.parse(document) as DocumentRecord)
    if (format !== undefined) await render(report, format)
    return { document }
  } catch (error) {
    if (error instanceof MasqcheckError) return { refused: error.code }
    throw error
  }
}

const loaded = new Map<FormatName, Promise<Format>>()

async function render(report: Report, name: FormatName): Promise<string> {
  const format = loaded.get(name) ?? FORMATS[name].load()
  loaded.set(name, format)
  return [...(await format)(report, RENDER)].join('')
}

function* chunksOf(octets: Uint8Array, length: number): Generator<Buffer> {
  for (let at = 0; at < octets.length; at += length) yield Buffer.from(octets.subarray(at, at + length))
}

/** What holds for every report, whatever the capture: enough to see a field of one packet in the flow of another. */
function checkDocument(document: DocumentRecord): void {
  for (const flow of document.flows) checkFlow(flow)
  const { verdicts, flows } = document.summary
  const judged = Object.values(verdicts).reduce((sum, count) => sum + count, 0)
  expectThat(flows === document.flows.length && judged === flows, 'the summary counts other flows than are listed')
}

function checkFlow(flow: FlowRecord): void {
  const context = `flow ${JSON.stringify(flow)}`
  expectThat(flow.forward.packets + flow.reverse.packets > 0, `a flow without packets: ${context}`)
  expectThat(flow.durationSeconds >= 0, `a negative duration: ${context}`)
  for (const counts of [flow.forward, flow.reverse]) checkCounts(counts, context)
  for (const { port } of [flow.source, flow.destination]) {
    expectThat(port === null || (Number.isInteger(port) && port >= 0 && port <= 65535), `no port: ${context}`)
  }
}

function checkCounts(counts: CountsRecord, context: string): void {
  for (const [name, count] of Object.entries(counts)) {
    expectThat(Number.isInteger(count) && count >= 0, `${name} is no count: ${context}`)
  }
  expectThat(counts.packets > 0 || counts.ipBytes === 0, `octets without packets: ${context}`)
}

function expectThat(holds: boolean, message: string): void {
  if (!holds) throw new Error(message)
}
