import type { CaptureFormat } from './record.ts'

/**
 * Octets at hand that begin with a record, for a visitor that can take records from their beginning by itself, many at one
 * go and none of them through a {@link CaptureRecord}: see `CaptureVisitor.take`.
 *
 * A **view**, reused. Only containers in their plainest form are offered: little-endian, records without additions; of a text, packets of
 * one line each without prefixes, numbers and interfaces.
 */
export class RecordStretch {
  format: CaptureFormat = 'pcap'
  buffer: Uint8Array = new Uint8Array(0)
  /** First octet of the record's header, block or line, and one past the last octet at hand. The taker advances `at`. */
  at = 0
  end = 0
  /** Of the record before, which records taken must share. */
  linkType = 0
  interfaceIndex = 0
  /** Whole seconds of the record before, which records taken must share too. */
  timeSec = 0
  /** Ticks a second of the records' clock, 10³ to 10⁹, and seconds that it is behind `timeSec`. */
  ticksPerSecond = 1_000_000
  clockOffset = 0
  /** pcapng: number of the interface in its section. */
  interfaceId = 0
  /** Text: octets that the line begins with up to the fraction of its second, which lines taken must share, and the fraction's digits. */
  secondLength = 0
  fractionDigits = 0

  /** Set by the taker: records taken, and the nanoseconds of the last of them. */
  taken = 0
  timeNsec = 0
}
