import type { FileSummary } from '../capture/read.ts'
import type { CaptureInterface, CaptureMeta, CaptureRecord } from '../capture/record.ts'
import type { RecordStretch } from '../capture/record-stretch.ts'
import { sumCounts } from '../core/counts.ts'
import { IpProtocol } from '../core/protocol.ts'
import type { TimeKind } from '../core/time.ts'
import type { Warning } from '../core/warning.ts'
import type { PacketDecoder, PacketView } from '../packet/packet-view.ts'
import type { FastPath } from './fast-path/fast-path.ts'
import type { Flow } from './flow.ts'
import type { CaptureSummary, FlowCapture } from './flow-run.ts'
import { FlowTable } from './flow-table.ts'
import type { ServerPortTable } from './server-ports.ts'

/** What the captures of a run have in common. */
export interface CaptureFlowsOptions {
  readonly index: number
  readonly name: string
  readonly declaredPoint: string | null
  readonly maxFlows: number | undefined
  readonly serverPorts: ServerPortTable
  readonly ids: { next: number }
  readonly fastPath?: FastPath | undefined
  readonly samples?: number | undefined
  onFlow(flow: Flow, capture: FlowCapture): void
}

/** The flows of one capture (a file, a rotated set, one section of a text) while it is read, and what was learnt of it. */
export class CaptureFlows implements FlowCapture {
  readonly #options: CaptureFlowsOptions
  readonly #files: FileSummary[] = []
  #table: FlowTable | undefined
  #meta: CaptureMeta | undefined
  #decoder: PacketDecoder = NO_DECODER
  /** Interfaces of a section of a text: some of the text's. Frames keep those of their files. */
  readonly #sectionInterfaces: CaptureInterface[] = []
  readonly #sectionMap: number[] = []
  #startsFile = false
  #timeKind: TimeKind = 'absolute'
  #packets = 0
  #startSec = 0
  #startNsec = 0
  #endSec = 0
  #endNsec = 0

  constructor(options: CaptureFlowsOptions) {
    this.#options = options
  }

  get name(): string {
    return this.#options.name
  }

  /** Of a text, those of its section; of files of frames, those of all of them. */
  get interfaces(): readonly CaptureInterface[] {
    return this.#meta?.format === 'text' ? this.#sectionInterfaces : (this.#meta?.interfaces ?? [])
  }

  /** The next file begins. */
  file(meta: CaptureMeta, decoder: PacketDecoder): void {
    this.#meta = meta
    this.#decoder = decoder
    this.#startsFile = true
  }

  /** Takes in a record. */
  record(record: CaptureRecord): void {
    if (this.#startsFile) this.#begin(record)
    const table = this.#table as FlowTable
    const decoder = this.#decoder
    const count = decoder.decode(record)
    const { views } = decoder
    this.#packets++
    for (let i = 0; i < count; i++) {
      const view = views[i] as PacketView
      // What carries a tunnel without ports is no flow; UDP that carries one is.
      if (i === count - 1 || view.protocol === IpProtocol.Udp) table.add(view, decoder.names)
    }
    if (record.timeSec !== this.#endSec) this.#noteSecond(record)
    this.#endNsec = record.timeNsec
  }

  /** Takes in records from the beginning of a stretch, see `FlowTable.take()`. */
  take(stretch: RecordStretch): boolean {
    if (this.#startsFile || this.#table?.take(stretch, this.#decoder.roots) !== true) return false
    this.#packets += stretch.taken
    this.#endNsec = stretch.timeNsec
    return true
  }

  /** Takes in a record of a text, whose interfaces are not all this capture's. */
  textRecord(record: CaptureRecord): void {
    if (this.#sectionMap[record.interfaceIndex] === undefined) this.#meetInterface(record.interfaceIndex)
    this.record(record)
  }

  /** A file was read to its end. */
  endFile(summary: FileSummary): void {
    this.#files.push(summary)
  }

  /**
   * Ends flows still open, at most so many.
   *
   * @returns Whether all have ended; then {@link summary} is complete.
   */
  end(most: number): boolean {
    return this.#table?.end(most) ?? true
  }

  /** What the capture turned out to hold. */
  summary(): CaptureSummary {
    const { index, name, declaredPoint } = this.#options
    return {
      index,
      name,
      files: this.#files.map(({ meta }) => meta.file),
      format: this.#meta?.format ?? 'pcap',
      compression: this.#meta?.compression ?? [],
      interfaces: this.interfaces,
      timeKind: this.#timeKind,
      packets: this.#packets,
      bytes: this.#files.reduce((sum, { bytes }) => sum + bytes, 0),
      startSec: this.#startSec,
      startNsec: this.#startNsec,
      endSec: this.#endSec,
      endNsec: this.#endNsec,
      warnings: [...this.#files.flatMap(({ warnings }) => warnings), ...this.#tableWarnings()],
      skipped: sumCounts([...this.#files.map(({ skipped }) => skipped), this.#table?.skipped ?? {}]),
      declaredPoint,
      ...this.#crossCheck(),
    }
  }

  #crossCheck(): Pick<CaptureSummary, 'crossCheck'> {
    const results = this.#files.flatMap(({ crossCheck }) => crossCheck ?? [])
    if (results.length === 0) return {}
    const records = results.reduce((sum, result) => sum + result.records, 0)
    const unchecked = results.flatMap(({ file, unchecked: reason }) => (reason === null ? [] : [{ file, reason }]))
    return { crossCheck: { records, unchecked } }
  }

  #begin(record: CaptureRecord): void {
    const meta = this.#meta as CaptureMeta
    this.#startsFile = false
    this.#timeKind = meta.interfaces[record.interfaceIndex]?.timeKind ?? 'absolute'
    this.#table ??= this.#makeTable(record)
    this.#table.startFile(meta.format === 'text' ? this.#sectionMap : null)
  }

  #makeTable(record: CaptureRecord): FlowTable {
    this.#startSec = record.timeSec
    this.#startNsec = record.timeNsec
    this.#endSec = record.timeSec
    const { index, maxFlows, serverPorts, ids, fastPath, samples, onFlow } = this.#options
    const limit = maxFlows === undefined ? {} : { maxFlows }
    return new FlowTable({
      capture: index,
      timeKind: this.#timeKind,
      serverPorts,
      ids,
      fastPath,
      samples,
      onFlow: (flow) => onFlow(flow, this),
      ...limit,
    })
  }

  #meetInterface(interfaceIndex: number): void {
    const met = this.#meta?.interfaces[interfaceIndex]
    if (met === undefined) return
    this.#sectionMap[interfaceIndex] = this.#sectionInterfaces.length
    this.#sectionInterfaces.push(met)
  }

  /** The time of a packet is in another second than that of the packet before. */
  #noteSecond(record: CaptureRecord): void {
    this.#endSec = record.timeSec
    if (record.timeSec >= this.#startSec) return
    this.#startSec = record.timeSec
    this.#startNsec = record.timeNsec
  }

  #tableWarnings(): Warning[] {
    const table = this.#table
    const file = this.#options.name
    const warnings: Warning[] = []
    if (table !== undefined && table.evicted > 0) {
      const message = `${table.evicted} flows left the table before their end, longest idle first: raise --max-flows`
      warnings.push({ code: 'flows-evicted', file, message })
    }
    if (table?.samplesReduced) {
      const message =
        'So many flows were open at once that of some only the first packets were kept: sightings of them may stay apart'
      warnings.push({ code: 'samples-reduced', file, message })
    }
    return warnings
  }
}

const NO_DECODER: PacketDecoder = { views: [], names: [], decode: () => 0 }
