import { CaptureError } from '../core/errors.ts'
import type { Warning } from '../core/warning.ts'
import type { ContainerReader } from './container-reader.ts'
import type { CrossChecker, CrossCheckResult } from './cross-check.ts'
import { crossCheckNote } from './cross-check-note.ts'
import { DEFAULT_EXPANSION_LIMITS, type ExpansionLimits } from './expansion.ts'
import { handOver, type RecordVisitor, visitAll } from './hand-over.ts'
import { InterfaceTable } from './interface-table.ts'
import { DamagedStream, type PeekedStream } from './octet-stream.ts'
import { noCaptureError, openSource } from './open-capture.ts'
import { PcapReader } from './pcap.ts'
import { PcapngReader } from './pcapng.ts'
import type { FileReader } from './read-ahead.ts'
import type { CaptureFormat, CaptureMeta } from './record.ts'
import type { CaptureSource } from './source.ts'
import { TcpdumpTextReader } from './tcpdump-text.ts'

/** What reading hands over, in this order, for each file of a capture. */
export interface CaptureVisitor extends RecordVisitor {
  /** A file begins. Its interfaces grow while it is read. */
  file?(meta: CaptureMeta): void
  /** Reads long files ahead, into the memory that `buffer` lies in. */
  readonly ahead?: FileReader | undefined
  /** The file was read as far as it could be. */
  end?(summary: FileSummary): void
}

/** How far reading has come. */
export interface ReadProgress {
  /** Octets of the files as they are stored. */
  readonly bytesRead: number
  /** `null` where a size is not known. */
  readonly totalBytes: number | null
  readonly packets: number
}

/** See {@link readCaptureSet}. */
export interface ReadOptions {
  /** Ends reading early; what was read until then stands. */
  readonly signal?: AbortSignal | undefined
  /** Called after every chunk. */
  readonly onProgress?: ((progress: ReadProgress) => void) | undefined
  /** Called after every chunk; reading waits for what it returns. For output that is slower than reading. */
  readonly pace?: (() => Promise<void> | undefined) | undefined
  /** IANA zone of dated times in tcpdump text, whatever the set says; UTC where neither says. */
  readonly timeZone?: string | undefined
  readonly limits?: ExpansionLimits | undefined
  /** Read classic pcap files a second time through `pcap-parser`, and fail where the two readers disagree. */
  readonly crossCheck?: boolean | undefined
}

/** What one file turned out to hold. */
export interface FileSummary {
  readonly meta: CaptureMeta
  readonly packets: number
  /** Octets read from the file as it is stored. */
  readonly bytes: number
  readonly warnings: readonly Warning[]
  /** What was passed over, by reason. */
  readonly skipped: Readonly<Record<string, number>>
  /** Set when a second reading was asked for. */
  readonly crossCheck?: CrossCheckResult
}

/** What reading a capture came to. */
export interface SetSummary {
  readonly files: readonly FileSummary[]
  /** True when the signal ended reading early. */
  readonly interrupted: boolean
}

/** Files that are one capture, see `CaptureSet` in inputs.ts. */
export interface ReadableSet {
  readonly files: readonly CaptureSource[]
  readonly timeZone?: string | null
}

/**
 * Reads a capture, which may be several files, record by record.
 *
 * Waits once a chunk, never within one. Damage is in the warnings of a file; reading goes on behind it where that is possible.
 *
 * @throws {CaptureError} `CAPTURE_NOT_FOUND`, `CAPTURE_UNREADABLE`, `CAPTURE_EMPTY`, `CAPTURE_UNKNOWN_FORMAT`, `CAPTURE_LIMIT`, and
 * `CAPTURE_CORRUPT` for a file of which nothing could be read.
 */
export async function readCaptureSet(
  set: ReadableSet,
  visitor: CaptureVisitor,
  options: ReadOptions = {},
): Promise<SetSummary> {
  const files: FileSummary[] = []
  const run = new ReadingRun(set, visitor, options)
  for (const source of set.files) {
    if (options.signal?.aborted) break
    const summary = await run.read(source)
    files.push(summary)
    visitor.end?.(summary)
  }
  return { files, interrupted: options.signal?.aborted === true }
}

/** What the files of a set have in common while they are read. */
class ReadingRun {
  readonly #visitor: CaptureVisitor
  readonly #options: ReadOptions
  readonly #timeZone: string | undefined
  readonly #interfaces = new InterfaceTable()
  readonly #totalBytes: number | null
  #bytesBefore = 0
  #packets = 0

  constructor(set: ReadableSet, visitor: CaptureVisitor, options: ReadOptions) {
    this.#visitor = visitor
    this.#options = options
    this.#timeZone = options.timeZone ?? set.timeZone ?? undefined
    this.#totalBytes = set.files.reduce<number | null>(
      (sum, { size }) => (sum === null || size === null ? null : sum + size),
      0,
    )
  }

  async read(source: CaptureSource): Promise<FileSummary> {
    const { stream, compression, content } = await openSource(source, this.#options.limits ?? DEFAULT_EXPANSION_LIMITS)
    const close = (): void => void stream.close()
    this.#options.signal?.addEventListener('abort', close, { once: true })
    try {
      if (content.kind !== 'capture') throw noCaptureError(source.name, content)
      const reader = this.#readerOf(content.format, source.name)
      const meta: CaptureMeta = {
        file: source.name,
        format: content.format,
        compression,
        interfaces: reader.interfaces,
      }
      this.#visitor.file?.(meta)
      const checker = await this.#checkerOf(reader, source.name)
      const failure = await this.#pump(stream, reader, checker)
      return this.#summaryOf(meta, reader, stream, { failure, crossCheck: checker?.result })
    } finally {
      this.#options.signal?.removeEventListener('abort', close)
      await stream.close()
      await source.close()
    }
  }

  #readerOf(format: CaptureFormat, file: string): ContainerReader {
    switch (format) {
      case 'pcap':
        return new PcapReader(file, this.#interfaces)
      case 'pcapng':
        return new PcapngReader(file, this.#interfaces)
      case 'text':
        return new TcpdumpTextReader(file, { timeZone: this.#timeZone })
    }
  }

  /** @returns `undefined` where no second reading was asked for. */
  async #checkerOf(reader: ContainerReader, file: string): Promise<SecondReading | undefined> {
    if (this.#options.crossCheck !== true) return undefined
    if (!(reader instanceof PcapReader)) return notChecked(file, reader.format)
    const { CrossChecker } = await import('./cross-check.ts')
    return new CrossChecker(file, reader)
  }

  /** @returns What ended the stream before its end, and where; `undefined` where nothing did. */
  async #pump(
    stream: PeekedStream,
    reader: ContainerReader,
    checker: SecondReading | undefined,
  ): Promise<StreamFailure | undefined> {
    const { signal, onProgress, pace } = this.#options
    const visitor = checker === undefined ? this.#visitor : checkedVisitor(this.#visitor, checker)
    const { buffer, ahead } = visitor
    if (buffer !== undefined) {
      if (reader.keepIn === undefined) stream.readInto(buffer)
      else reader.keepIn(buffer)
    }
    let failure: StreamFailure | undefined
    let offset = 0
    while (!signal?.aborted) {
      if (ahead !== undefined && reader.offset !== undefined) stream.readAhead(ahead, reader.offset)
      const chunk = await stream.read().catch((error: unknown) => {
        if (!(error instanceof DamagedStream)) throw error
        failure = { error, offset }
        return undefined
      })
      if (chunk === undefined || signal?.aborted) break
      offset += chunk.length
      checker?.push(chunk)
      this.#packets += handOver(chunk, reader, visitor)
      onProgress?.({
        bytesRead: this.#bytesBefore + stream.bytesRead,
        totalBytes: this.#totalBytes,
        packets: this.#packets,
      })
      await pace?.()
    }
    this.#bytesBefore += stream.bytesRead
    // What breaks off because the signal closed it is not damaged.
    if (signal?.aborted) return undefined
    reader.end()
    this.#packets += visitAll(reader, visitor)
    checker?.end()
    return failure
  }

  #summaryOf(
    meta: CaptureMeta,
    reader: ContainerReader,
    stream: PeekedStream,
    { failure, crossCheck }: { failure: StreamFailure | undefined; crossCheck: CrossCheckResult | undefined },
  ): FileSummary {
    const packets = reader.record.number
    const warnings = failure === undefined ? [...reader.warnings] : withFailure(reader.warnings, meta.file, failure)
    const damage = warnings.find(({ code }) => DAMAGE.has(code))
    if (packets === 0 && damage !== undefined && !this.#options.signal?.aborted) {
      throw new CaptureError('CAPTURE_CORRUPT', meta.file, `Nothing could be read: ${damage.message}`, damage.offset)
    }
    const summary = { meta, packets, bytes: stream.bytesRead, warnings, skipped: { ...reader.skipped } }
    if (crossCheck === undefined) return summary
    return { ...summary, warnings: [...warnings, crossCheckNote(crossCheck)], crossCheck }
  }
}

/** Why a stream ended early, and how many octets came of it before. */
interface StreamFailure {
  readonly error: DamagedStream
  readonly offset: number
}

/** That a record is incomplete where the stream broke off is no news. */
function withFailure(warnings: readonly Warning[], file: string, { error, offset }: StreamFailure): Warning[] {
  const code = error.truncated ? 'capture-truncated' : 'capture-damaged'
  const others = warnings.filter((warning) => warning.code !== 'capture-truncated')
  return [...others, { code, file, offset, message: `Read up to here only: ${error.message}` }]
}

/** Codes of warnings that say why nothing could be read where nothing was. */
const DAMAGE: ReadonlySet<string> = new Set(['capture-truncated', 'capture-damaged'])

/** A second reader of the same octets. */
type SecondReading = Pick<CrossChecker, 'push' | 'check' | 'end' | 'result'>

function notChecked(file: string, format: CaptureFormat): SecondReading {
  const nothing = (): void => undefined
  const unchecked = `${format}: pcap-parser reads classic pcap only`
  return { push: nothing, check: nothing, end: nothing, result: { file, records: 0, unchecked } }
}

function checkedVisitor(visitor: CaptureVisitor, checker: SecondReading): CaptureVisitor {
  return {
    record(record) {
      checker.check(record)
      visitor.record(record)
    },
  }
}
