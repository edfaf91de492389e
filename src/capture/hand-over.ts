import type { ContainerReader } from './container-reader.ts'
import type { CaptureRecord } from './record.ts'
import type { RecordStretch } from './record-stretch.ts'

/** Takes the records of a file. */
export interface RecordVisitor {
  /** One record; a view, see {@link CaptureRecord}. */
  record(record: CaptureRecord): void
  /**
   * Takes records from the beginning of a stretch without their being handed over; optional, for speed. A visitor that has this
   * says where it wants the octets to lie, once the file has begun, and gets those that lie elsewhere as records.
   *
   * @returns False where it took none.
   */
  take?(stretch: RecordStretch): boolean
  readonly buffer?: Uint8Array | undefined
}

/** Gives a chunk to the reader, where the visitor wants the octets to lie, and hands over its records. @returns How many. */
export function handOver(chunk: Uint8Array, reader: ContainerReader, visitor: RecordVisitor): number {
  const { buffer } = visitor
  let records = 0
  for (const part of reader.keepIn === undefined ? partsIn(buffer, chunk) : partsFor(buffer, chunk)) {
    reader.push(part)
    records += visitAll(reader, visitor)
  }
  return records
}

/** A chunk as it lies, or copied into the buffer part by part where it lies elsewhere. */
function* partsIn(buffer: Uint8Array | undefined, chunk: Uint8Array): Generator<Uint8Array> {
  if (buffer === undefined || chunk.buffer === buffer.buffer) {
    yield chunk
    return
  }
  for (let at = 0; at < chunk.length; at += buffer.length) {
    const part = chunk.subarray(at, at + buffer.length)
    buffer.set(part)
    yield buffer.subarray(0, part.length)
  }
}

/** A chunk in parts that find room in a buffer beside what was not read of the part before. */
function* partsFor(buffer: Uint8Array | undefined, chunk: Uint8Array): Generator<Uint8Array> {
  const longest = buffer === undefined ? chunk.length : buffer.length >> 1
  for (let at = 0; at < chunk.length; at += longest) yield chunk.subarray(at, at + longest)
}

/** Records handed over at most between two stretches offered: a visitor that takes none should not be asked at every record. */
const LONGEST_WAIT = 8

/** Hands over what the reader holds. @returns How many records. */
export function visitAll(reader: ContainerReader, visitor: RecordVisitor): number {
  const { record } = reader
  const before = record.number
  let wait = 0
  let vain = 0
  for (;;) {
    if (--wait < 0) {
      vain = offer(reader, visitor) ? 0 : Math.min(2 * vain + 1, LONGEST_WAIT)
      wait = vain
    }
    if (!reader.next()) return record.number - before
    visitor.record(record)
  }
}

/** @returns Whether the visitor took records by itself. */
function offer(reader: ContainerReader, visitor: RecordVisitor): boolean {
  const stretch = visitor.take === undefined ? null : (reader.stretch?.() ?? null)
  if (stretch === null || visitor.take?.(stretch) !== true) return false
  reader.passOver?.(stretch)
  return true
}
