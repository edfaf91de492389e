import { CaptureError } from '../core/errors.ts'
import type { ContainerReader } from './container-reader.ts'
import type { ExpansionLimits } from './expansion.ts'
import { FileStream } from './file-stream.ts'
import { CHUNK_LENGTH } from './limits.ts'
import { DamagedStream, type OctetStream } from './octet-stream.ts'
import { openSource } from './open-capture.ts'
import { PcapReader } from './pcap.ts'
import { PcapngReader } from './pcapng.ts'
import type { CaptureFormat } from './record.ts'
import { type CaptureSource, FileSource } from './source.ts'

/** Whole seconds and nanoseconds. */
export type SpanTime = readonly [sec: number, nsec: number]

/** The time a capture file covers. */
export interface CaptureSpan {
  /** `null` where the file holds no packet. */
  readonly start: SpanTime | null
  readonly end: SpanTime | null
  /** Link types of its interfaces, joined; comparable. */
  readonly linkTypes: string
}

/** Octets read from the end of a large file: the reader finds the records in them as it does behind damage. */
const TAIL_LENGTH = 2 * CHUNK_LENGTH

/**
 * Reads the times of the first and the last packet of a file. Of a large file that is not compressed only the two ends
 * are read, for rotated sets are large.
 *
 * @returns `undefined` where the file cannot be read; reading it for good will say why.
 */
export async function readSpan(
  source: CaptureSource,
  format: CaptureFormat,
  limits: ExpansionLimits,
): Promise<CaptureSpan | undefined> {
  const span = new SpanBuilder(format === 'pcapng' ? new PcapngReader(source.name) : new PcapReader(source.name))
  try {
    const { stream, compression } = await openSource(source, limits)
    try {
      const isLarge = stream.size !== null && stream.size > CHUNK_LENGTH + TAIL_LENGTH
      if (isLarge && compression.length === 0 && source instanceof FileSource) await addEnds(span, stream, source)
      else await span.addAll(stream)
    } finally {
      await stream.close()
    }
    return span.finish()
  } catch (error) {
    if (error instanceof CaptureError || error instanceof DamagedStream) return undefined
    throw error
  }
}

async function addEnds(span: SpanBuilder, stream: OctetStream, source: FileSource): Promise<void> {
  const head = await stream.read()
  if (head !== undefined) span.add(head)
  const tail = await FileStream.openTail(source.path, TAIL_LENGTH)
  try {
    await span.addAll(tail)
  } finally {
    await tail.close()
  }
}

class SpanBuilder {
  readonly #reader: ContainerReader
  #start: SpanTime | null = null
  #end: SpanTime | null = null

  constructor(reader: ContainerReader) {
    this.#reader = reader
  }

  async addAll(stream: OctetStream): Promise<void> {
    for (let chunk = await stream.read(); chunk !== undefined; chunk = await stream.read()) this.add(chunk)
  }

  add(chunk: Uint8Array): void {
    this.#reader.push(chunk)
    this.#drain()
  }

  finish(): CaptureSpan {
    this.#reader.end()
    this.#drain()
    const linkTypes = [...new Set(this.#reader.interfaces.map(({ linkType }) => linkType))].sort((a, b) => a - b)
    return { start: this.#start, end: this.#end, linkTypes: linkTypes.join() }
  }

  #drain(): void {
    const { record } = this.#reader
    while (this.#reader.next()) {
      this.#start ??= [record.timeSec, record.timeNsec]
      this.#end = [record.timeSec, record.timeNsec]
    }
  }
}
