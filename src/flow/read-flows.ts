import { type FileSummary, type ReadableSet, type ReadOptions, readCaptureSet } from '../capture/read.ts'
import {
  type CaptureInterface,
  type CaptureMeta,
  type CaptureRecord,
  LINKTYPE_TCPDUMP_TEXT,
} from '../capture/record.ts'
import type { TimeKind } from '../core/time.ts'
import type { Warning } from '../core/warning.ts'
import { FrameDecoder } from '../packet/decode.ts'
import { TcpdumpTextDecoder } from '../packet/from-tcpdump-text.ts'
import type { PacketDecoder } from '../packet/packet-view.ts'
import type { Flow } from './flow.ts'
import type { CaptureSummary } from './flow-run.ts'
import { FlowTable, type FlowTableOptions } from './flow-table.ts'

/** A capture to read: files that continue one another, and what was said of where they were taken. */
export interface CaptureToRead extends ReadableSet {
  readonly name: string
  readonly declaredPoint?: string | null
}

/** See {@link readFlows}. */
export interface ReadFlowsOptions extends ReadOptions, Pick<FlowTableOptions, 'maxFlows' | 'serverPorts'> {}

/**
 * Reads captures and makes flows of them: the way from files to flows.
 *
 * Each capture has a flow table of its own; each section of a pasted text is a capture of its own.
 *
 * @param onFlow - Called with each flow when it ends; ids are in the order of first packets over the run.
 * @returns What each capture held, by {@link Flow.capture}.
 * @throws {CaptureError} See `readCaptureSet()`.
 */
export async function readFlows(
  sets: readonly CaptureToRead[],
  options: ReadFlowsOptions,
  onFlow: (flow: Flow) => void,
): Promise<CaptureSummary[]> {
  const run: Run = { options, onFlow, ids: { next: 1 }, captures: 0 }
  const summaries: CaptureSummary[] = []
  for (const set of sets) {
    if (options.signal?.aborted) break
    const reading = new SetReading(run, set)
    const { files } = await readCaptureSet(set, reading, options)
    summaries.push(...reading.finish(files))
  }
  return summaries
}

interface Run {
  readonly options: ReadFlowsOptions
  readonly onFlow: (flow: Flow) => void
  readonly ids: { next: number }
  captures: number
}

/** One capture while it is read: its table, and what its records tell besides flows. */
interface OpenCapture {
  readonly index: number
  readonly section: number
  readonly table: FlowTable
  readonly timeKind: TimeKind
  packets: number
  startSec: number
  startNsec: number
  endSec: number
  endNsec: number
}

/** Takes the records of one set into flow tables. */
class SetReading {
  readonly #run: Run
  readonly #set: CaptureToRead
  readonly #frames = new FrameDecoder()
  #text: TcpdumpTextDecoder | undefined
  readonly #captures: OpenCapture[] = []
  #current: OpenCapture | undefined
  #meta: CaptureMeta | undefined

  constructor(run: Run, set: CaptureToRead) {
    this.#run = run
    this.#set = set
  }

  file(meta: CaptureMeta): void {
    this.#meta = meta
    this.#text = meta.format === 'text' ? new TcpdumpTextDecoder({ interfaces: meta.interfaces }) : undefined
  }

  record(record: CaptureRecord): void {
    const capture = this.#captureOf(record)
    const decoder: PacketDecoder = this.#text ?? this.#frames
    const count = decoder.decode(record)
    const { views } = decoder
    for (let level = 0; level < count; level++) {
      const view = views[level]
      if (view !== undefined) capture.table.add(view, decoder.names)
    }
    if (capture.packets++ === 0) {
      capture.startSec = record.timeSec
      capture.startNsec = record.timeNsec
    }
    if (record.timeSec > capture.endSec || (record.timeSec === capture.endSec && record.timeNsec > capture.endNsec)) {
      capture.endSec = record.timeSec
      capture.endNsec = record.timeNsec
    }
  }

  /** Ends the tables. @returns One summary a capture; a file without packets has one as well. */
  finish(files: readonly FileSummary[]): CaptureSummary[] {
    if (this.#captures.length === 0) this.#open(0, 'none')
    for (const capture of this.#captures) capture.table.end()
    return this.#captures.map((capture, position) => this.#summaryOf(capture, position, files))
  }

  /** Sections of a text are captures of their own; those of pcapng continue one another. */
  #captureOf(record: CaptureRecord): OpenCapture {
    const current = this.#current
    if (record.linkType !== LINKTYPE_TCPDUMP_TEXT && current !== undefined) return current
    const described = this.#meta?.interfaces[record.interfaceIndex]
    const section = record.linkType === LINKTYPE_TCPDUMP_TEXT ? (described?.section ?? 0) : 0
    if (current?.section === section) return current
    const known = this.#captures.find((capture) => capture.section === section)
    this.#current = known ?? this.#open(section, described?.timeKind ?? 'absolute')
    return this.#current
  }

  #open(section: number, timeKind: TimeKind): OpenCapture {
    const { options, onFlow, ids } = this.#run
    const index = this.#run.captures++
    const capture: OpenCapture = {
      index,
      section,
      timeKind,
      table: new FlowTable({
        capture: index,
        timeKind,
        onFlow,
        ids,
        ...(options.maxFlows === undefined ? {} : { maxFlows: options.maxFlows }),
        ...(options.serverPorts === undefined ? {} : { serverPorts: options.serverPorts }),
      }),
      packets: 0,
      startSec: 0,
      startNsec: 0,
      endSec: 0,
      endNsec: 0,
    }
    this.#captures.push(capture)
    return capture
  }

  #summaryOf(capture: OpenCapture, position: number, files: readonly FileSummary[]): CaptureSummary {
    const first = position === 0
    const [file] = files
    const interfaces: readonly CaptureInterface[] = file?.meta.interfaces ?? []
    // What concerns the files as a whole is said once, of their first capture.
    const warnings = first ? files.flatMap((each) => each.warnings) : []
    return {
      index: capture.index,
      name: this.#captures.length === 1 ? this.#set.name : `${this.#set.name}#${position + 1}`,
      files: files.map((each) => each.meta.file),
      format: file?.meta.format ?? 'unknown',
      compression: file?.meta.compression ?? [],
      interfaces,
      timeKind: capture.timeKind,
      packets: capture.packets,
      bytes: first ? files.reduce((sum, each) => sum + each.bytes, 0) : 0,
      startSec: capture.startSec,
      startNsec: capture.startNsec,
      endSec: capture.endSec,
      endNsec: capture.endNsec,
      warnings: [...warnings, ...this.#ownWarnings(capture)],
      skipped: first
        ? mergeCounts([capture.table.skipped, ...files.map((each) => each.skipped)])
        : capture.table.skipped,
      declaredPoint: this.#set.declaredPoint ?? null,
    }
  }

  #ownWarnings(capture: OpenCapture): Warning[] {
    const { evicted } = capture.table
    if (evicted === 0) return []
    const message = `${evicted} flows were ended early because more than the limit were open at once: their later packets count as flows of their own. Raise --max-flows to keep them whole`
    return [{ code: 'flows-evicted', file: this.#set.name, message }]
  }
}

function mergeCounts(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {}
  for (const counts of all) {
    for (const [reason, count] of Object.entries(counts)) sum[reason] = (sum[reason] ?? 0) + count
  }
  return sum
}
