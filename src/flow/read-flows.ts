import {
  type CaptureVisitor,
  type FileSummary,
  type ReadableSet,
  type ReadOptions,
  type ReadProgress,
  readCaptureSet,
} from '../capture/read.ts'
import type { ReadAhead } from '../capture/read-ahead.ts'
import type { CaptureMeta, CaptureRecord } from '../capture/record.ts'
import type { RecordStretch } from '../capture/record-stretch.ts'
import { FrameDecoder } from '../packet/decode.ts'
import type { TunnelPorts } from '../packet/encapsulation.ts'
import { TcpdumpTextDecoder } from '../packet/from-tcpdump-text.ts'
import type { PacketDecoder } from '../packet/packet-view.ts'
import { CaptureFlows } from './capture-flows.ts'
import { FastPath } from './fast-path/fast-path.ts'
import type { Flow } from './flow.ts'
import type { CaptureSummary, FlowCapture } from './flow-run.ts'
import { type ServerPorts, ServerPortTable } from './server-ports.ts'

/** A capture to read: its files in order of time, and what is known of it beforehand. */
export interface FlowSource extends ReadableSet {
  /** As shown in reports; the name of the first file where left out. */
  readonly name?: string
  /** Where it was taken, as `--at` or a `captures.yaml` says. */
  readonly declaredPoint?: string | null
}

/** See {@link readFlows}. */
export interface FlowOptions extends ReadOptions {
  /** Concurrent flows of one capture at most; the one idle longest leaves first. */
  readonly maxFlows?: number | undefined
  /** Ports known as servers' besides the usual ones, for flows without a beginning. */
  readonly serverPorts?: ServerPorts | undefined
  /** Packets of each direction that a flow keeps for joining its sightings, 1 to 4; 4 where left out. */
  readonly samples?: number | undefined
  /** Ports by which tunnels are recognised; kinds left out keep their defaults. */
  readonly tunnelPorts?: TunnelPorts | undefined
}

/**
 * Reads captures and makes flows of them: capture → packet → flow, one capture after the other.
 *
 * Where the signal ends reading early, what was read until then stands, and flows still open are handed over as they are.
 *
 * @param onFlow - Called with each flow as it ends, not in the order of ids; keep or write it, the run does not.
 * @returns What each capture turned out to hold. Sections of a text are captures of their own.
 * @throws {CaptureError} As {@link readCaptureSet}.
 */
export async function readFlows(
  sources: readonly FlowSource[],
  options: FlowOptions,
  onFlow: OnFlow,
): Promise<CaptureSummary[]> {
  const run = new FlowRun(options, onFlow, totalSize(sources))
  try {
    for (const source of sources) {
      if (options.signal?.aborted) break
      await run.read(source)
    }
  } finally {
    await run.close()
  }
  return run.summaries
}

/** Takes a flow as it ends, and the capture it is of. */
type OnFlow = (flow: Flow, capture: FlowCapture) => void

/** Flows handed over at the end of a capture between two calls of `pace`. */
const FLOWS_A_PACE = 1024

class FlowRun {
  readonly summaries: CaptureSummary[] = []
  readonly #options: FlowOptions
  readonly #onFlow: OnFlow
  readonly #frames: FrameDecoder
  readonly #fastPath: FastPath | undefined = FastPath.create()
  readonly #serverPorts: ServerPortTable
  readonly #ids: { next: number } = { next: 1 }
  readonly #totalBytes: number | null
  #bytesBefore = 0
  #packetsBefore = 0

  constructor(options: FlowOptions, onFlow: OnFlow, totalBytes: number | null) {
    this.#options = options
    this.#onFlow = onFlow
    this.#totalBytes = totalBytes
    this.#frames = new FrameDecoder(options.tunnelPorts === undefined ? {} : { tunnelPorts: options.tunnelPorts })
    this.#serverPorts = new ServerPortTable(options.serverPorts)
  }

  async read(source: FlowSource): Promise<void> {
    const visitor = new SetVisitor(this.#frames, this.#fastPath, (section) => this.#makeCapture(source, section))
    const summary = await readCaptureSet(source, visitor, { ...this.#options, onProgress: this.#progress })
    for (const capture of visitor.captures) {
      while (!capture.end(FLOWS_A_PACE)) await this.#options.pace?.()
      this.summaries.push(capture.summary())
    }
    for (const { bytes, packets } of summary.files) {
      this.#bytesBefore += bytes
      this.#packetsBefore += packets
    }
  }

  async close(): Promise<void> {
    await this.#fastPath?.close()
  }

  readonly #progress = (progress: ReadProgress): void => {
    this.#options.onProgress?.({
      bytesRead: this.#bytesBefore + progress.bytesRead,
      totalBytes: this.#totalBytes,
      packets: this.#packetsBefore + progress.packets,
    })
  }

  /** @param section - 0 for a file or set, or the first section of a text. */
  #makeCapture(source: FlowSource, section: number): CaptureFlows {
    const name = source.name ?? source.files[0]?.name ?? ''
    return new CaptureFlows({
      index: this.summaries.length + section,
      name: section === 0 ? name : `${name}#${section + 1}`,
      declaredPoint: source.declaredPoint ?? null,
      maxFlows: this.#options.maxFlows,
      serverPorts: this.#serverPorts,
      ids: this.#ids,
      fastPath: this.#fastPath,
      samples: this.#options.samples,
      onFlow: this.#onFlow,
    })
  }
}

/** Hands the records of one set to its capture; of a text, to the captures that its sections are. */
class SetVisitor implements CaptureVisitor {
  /** At least one, in the order of their first packets. */
  readonly captures: CaptureFlows[] = []
  readonly #frames: PacketDecoder
  readonly #fastPath: FastPath | undefined
  readonly #makeCapture: (section: number) => CaptureFlows
  readonly #bySection: Map<number, CaptureFlows> = new Map()
  #current: CaptureFlows
  #currentInterface = -1
  #decoder: PacketDecoder
  /** Of the text being read; `undefined` while frames are. */
  #text: CaptureMeta | undefined

  constructor(frames: PacketDecoder, fastPath: FastPath | undefined, makeCapture: (section: number) => CaptureFlows) {
    this.#frames = frames
    this.#fastPath = fastPath
    this.#decoder = frames
    this.#makeCapture = makeCapture
    this.#current = makeCapture(0)
    this.captures.push(this.#current)
  }

  file(meta: CaptureMeta): void {
    this.#text = meta.format === 'text' ? meta : undefined
    this.#decoder = this.#text === undefined ? this.#frames : this.#textDecoder(meta)
    this.#current.file(meta, this.#decoder)
  }

  record(record: CaptureRecord): void {
    if (this.#text === undefined) {
      this.#current.record(record)
      return
    }
    if (record.interfaceIndex !== this.#currentInterface) this.#enterSection(record.interfaceIndex, this.#text)
    this.#current.textRecord(record)
  }

  get buffer(): Uint8Array | undefined {
    return this.#text === undefined ? this.#fastPath?.buffer : this.#fastPath?.text?.buffer
  }

  get ahead(): ReadAhead | undefined {
    return this.#fastPath?.ahead
  }

  take(stretch: RecordStretch): boolean {
    return this.#current.take(stretch)
  }

  end(summary: FileSummary): void {
    this.#decoder.dispose?.()
    const [first, ...others] = this.captures
    first?.endFile(summary)
    // Octets and warnings are the file's, and are told once.
    for (const capture of others) capture.endFile({ ...summary, bytes: 0, warnings: [], skipped: {} })
  }

  #textDecoder({ interfaces }: CaptureMeta): PacketDecoder {
    return new TcpdumpTextDecoder({ interfaces, memory: this.#fastPath?.memory })
  }

  #enterSection(interfaceIndex: number, text: CaptureMeta): void {
    this.#currentInterface = interfaceIndex
    const section = text.interfaces[interfaceIndex]?.section ?? 0
    const known = this.#bySection.get(section) ?? this.#beginSection(text)
    this.#bySection.set(section, known)
    this.#current = known
  }

  #beginSection(text: CaptureMeta): CaptureFlows {
    // The first section that has packets is the capture made beforehand.
    if (this.#bySection.size === 0) return this.#current
    const capture = this.#makeCapture(this.captures.length)
    capture.file(text, this.#decoder)
    this.captures.push(capture)
    return capture
  }
}

function totalSize(sources: readonly FlowSource[]): number | null {
  let total = 0
  for (const { size } of sources.flatMap(({ files }) => files)) {
    if (size === null) return null
    total += size
  }
  return total
}
