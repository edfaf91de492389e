import type { Warning } from '../core/warning.ts'
import type { CaptureFormat, CaptureInterface, CaptureRecord } from './record.ts'
import type { RecordStretch } from './record-stretch.ts'

/**
 * Incremental parser of one container format. No I/O, no promises: chunks are pushed in, records are pulled out.
 *
 * ```ts
 * for await (const chunk of chunks) {
 *   reader.push(chunk)
 *   while (reader.next()) visit(reader.record)
 * }
 * reader.end()
 * while (reader.next()) visit(reader.record)
 * ```
 *
 * Never throws for anything in the octets: damage becomes a warning with an offset, and reading goes on behind it where
 * the format allows. Memory stays bounded by the largest record the format's limits admit.
 */
export interface ContainerReader {
  readonly format: CaptureFormat
  /** Reused; valid after `next()` returned true and until the next call of any method. */
  readonly record: CaptureRecord
  /** Grows as interfaces (pcapng blocks, text sections) are met. */
  readonly interfaces: readonly CaptureInterface[]
  /** Grows as damage is met; bounded (repetitions are counted, not listed). */
  readonly warnings: readonly Warning[]
  /** What was passed over, by reason: `{ 'pcapng-unknown-block': 3 }`. */
  readonly skipped: Readonly<Record<string, number>>
  /** Octets from the start of the file to the first that was not handed over in a record; where the format counts them. */
  readonly offset?: number
  /** Hands over the next octets; the reader copies what it must keep. Call only after `next()` returned false. */
  push(chunk: Uint8Array): void
  /** Says that no octets follow; what is incomplete now is damage. */
  end(): void
  /** Advances to the next record. @returns False when more octets are needed, or, after `end()`, when all is read. */
  next(): boolean
  /** Offers memory to keep octets in, for a reader that copies what it is handed; call before the first {@link push}. */
  keepIn?(memory: Uint8Array): void
  /** Offers the octets at hand. @returns `null` where they must be read record by record. */
  stretch?(): RecordStretch | null
  /** Passes over what was taken of the stretch last offered. */
  passOver?(stretch: RecordStretch): void
}
