import { summarise } from '../audit/summary.ts'
import type { CaptureSummary, FlowCapture } from '../flow/flow-run.ts'
import { ndjsonLine } from '../report/ndjson.ts'
import { toFlowRecord } from '../report/records/flow-record.ts'
import { toCaptureRecord, toSummaryRecord } from '../report/records/run-records.ts'
import type { FlowRecord } from '../report/records/types.ts'
import type { Report, Sighting } from '../report/report.ts'
import type { Io } from './io.ts'
import type { OutputOptions, SelectionOptions } from './options/output.ts'
import { type Destination, writeReport } from './output.ts'
import type { Selection } from './selection.ts'
import { BATCH, FileSink, type Sink, StreamSink } from './sink.ts'
import { toolVersion } from './version.ts'

/** Takes flows as they end, in any order, and writes them. */
export interface FlowOutput {
  /** Aborted when nobody reads the output any more. */
  readonly unread: AbortSignal
  add(sighting: Sighting, capture: FlowCapture): void
  /** Writes what has come together. Reading waits for it, so that a slow reader of the output slows the reading. */
  readonly pace?: () => Promise<void> | undefined
  finish(summaries: readonly CaptureSummary[], interrupted: boolean): Promise<void>
  abandon(): Promise<void>
}

interface Request {
  readonly where: readonly Destination[]
  readonly options: OutputOptions & SelectionOptions
  readonly io: Io
  readonly selection: Selection
}

/** Flows held back so that a run of a common size comes out in the order of ids. */
const HELD = 1024

/**
 * Chooses how to write: `ndjson` alone goes out while captures are read, so that memory does not grow with their length; every
 * other format needs all flows at once.
 */
export function flowOutput(request: Request): FlowOutput {
  const { where, options } = request
  const [first, ...others] = where
  const plain = options.sort === undefined && options.limit === undefined
  const streams = first?.format === 'ndjson' && others.length === 0 && plain
  return streams ? new StreamedFlows(request, first) : new GatheredFlows(request)
}

class GatheredFlows implements FlowOutput {
  readonly unread: AbortSignal = new AbortController().signal
  readonly #request: Request
  readonly #flows: Sighting[] = []

  constructor(request: Request) {
    this.#request = request
  }

  add(sighting: Sighting): void {
    this.#flows.push(sighting)
  }

  async finish(summaries: readonly CaptureSummary[], interrupted: boolean): Promise<void> {
    const { where, options, io, selection } = this.#request
    const flows = this.#flows.sort((a, b) => a.flow.id - b.flow.id)
    const report = selection.apply({ ...reportOf(summaries, interrupted, flows.length), flows })
    await writeReport(
      report,
      where,
      { color: options.color, all: options.all ?? false, limit: options.limit ?? 0, failOn: 'never' },
      io,
    )
  }

  async abandon(): Promise<void> {
    this.#flows.length = 0
  }
}

class StreamedFlows implements FlowOutput {
  readonly #unread = new AbortController()
  readonly unread: AbortSignal = this.#unread.signal
  readonly #sink: Sink
  #held: FlowRecord[] | null = []
  #count = 0
  readonly #matches: Selection['matches']
  #text = ''

  constructor({ io, selection }: Request, { file }: Destination) {
    this.#matches = selection.matches
    this.#sink = file === null ? new StreamSink(io.stdout) : new FileSink(file)
  }

  add(sighting: Sighting, { name }: FlowCapture): void {
    const record = toFlowRecord(sighting, name)
    if (this.#matches !== null && !this.#matches(record)) return
    this.#count++
    if (this.#held === null) this.#text += ndjsonLine(record)
    else if (this.#held.push(record) >= HELD) this.#release()
  }

  readonly pace = (): Promise<void> | undefined => (this.#text.length < BATCH ? undefined : this.#flush())

  async #flush(): Promise<void> {
    const text = this.#text
    this.#text = ''
    if (!(await this.#sink.write(text))) this.#unread.abort()
  }

  async finish(summaries: readonly CaptureSummary[], interrupted: boolean): Promise<void> {
    const { captures, summary, tool } = reportOf(summaries, interrupted, 0)
    for (const capture of captures) this.#text += ndjsonLine(toCaptureRecord(capture))
    this.#release()
    this.#text += ndjsonLine(toSummaryRecord({ ...summary, flows: this.#count }, tool))
    await this.#sink.write(this.#text)
    await this.#sink.close()
  }

  async abandon(): Promise<void> {
    await this.#sink.abandon()
  }

  #release(): void {
    const held = this.#held ?? []
    this.#held = null
    for (const record of held.sort((a, b) => Number(a.id) - Number(b.id))) this.#text += ndjsonLine(record)
  }
}

function reportOf(summaries: readonly CaptureSummary[], interrupted: boolean, flows: number): Report {
  const captures = summaries.map((summary) => ({ ...summary, points: [] }))
  return {
    tool: toolVersion(),
    command: 'flows',
    captures,
    flows: [],
    findings: [],
    expectations: [],
    summary: { ...summarise(captures, [], [], interrupted), flows },
  }
}
