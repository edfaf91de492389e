import type { CaptureInterface } from '../capture/record.ts'
import type { TimeKind } from '../core/time.ts'
import type { Warning } from '../core/warning.ts'

/** What is known of a capture while its flows end. */
export interface FlowCapture {
  /** See {@link CaptureSummary.name}. */
  readonly name: string
  /** Those met so far. */
  readonly interfaces: readonly CaptureInterface[]
}

/** What one capture (a file, a rotated set of files, or one section of a pasted text) turned out to hold. */
export interface CaptureSummary extends FlowCapture {
  /** Index used by {@link Flow.capture}. */
  readonly index: number
  /** As shown in reports: the file as the user named it; `file#2` for the second section of a text. */
  readonly name: string
  /** Files it consists of, in time order. */
  readonly files: readonly string[]
  readonly format: string
  readonly compression: readonly string[]
  readonly interfaces: readonly CaptureInterface[]
  readonly timeKind: TimeKind
  readonly packets: number
  /** Octets read from the files, before decompression. */
  readonly bytes: number
  readonly startSec: number
  readonly startNsec: number
  readonly endSec: number
  readonly endNsec: number
  readonly warnings: readonly Warning[]
  /** Packets that are in no flow, by reason: `{ arp: 214 }`. */
  readonly skipped: Readonly<Record<string, number>>
  /** Index of its first interface's point hints is resolved in `audit/`; this is what `captures.yaml` or `--at` said. */
  readonly declaredPoint: string | null
  /** What a second reading of its files came to; set where one was asked for. */
  readonly crossCheck?: CrossCheckSummary
}

/** How far an independent reader read the files of a capture alike; where it does not, reading fails. */
export interface CrossCheckSummary {
  /** Records on which both readers agreed: times, lengths and octets. */
  readonly records: number
  /** Files that could not be checked, or not to their end, and why. */
  readonly unchecked: readonly { readonly file: string; readonly reason: string }[]
}
