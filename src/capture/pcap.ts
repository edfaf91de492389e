import type { Warning } from '../core/warning.ts'
import type { ContainerReader } from './container-reader.ts'
import { InterfaceTable } from './interface-table.ts'
import { MAX_CAPTURED_LENGTH, MAX_ORIGINAL_LENGTH } from './limits.ts'
import { OctetWindow } from './octet-window.ts'
import { PCAP_HEADER_LENGTH, type PcapHeader, readPcapHeader } from './pcap-header.ts'
import { type CaptureInterface, CaptureRecord, Direction } from './record.ts'
import { RecordStretch } from './record-stretch.ts'
import { WarningLog } from './warning-log.ts'

// Field offsets in octets from the start of a record, draft-ietf-opsawg-pcap §5.
const SECONDS = 0
const FRACTION = 4
const CAPTURED_LENGTH = 8
const ORIGINAL_LENGTH = 12
const RECORD_HEADER_LENGTH = 16
/** Kuznetzov's patches append interface index, protocol and packet type. */
const PACKET_TYPE = 22
const PACKET_OUTGOING = 4

/** Lengths of record headers to try: as specified, Kuznetzov's under the plain magic number (SuSE 6.3), Nokia's. */
const PLAIN_HEADERS: readonly number[] = [RECORD_HEADER_LENGTH, 24, 20]
/** Under Kuznetzov's magic number: the usual one, and that of his patch ss990915. */
const MODIFIED_HEADERS: readonly number[] = [24, 28]

/** Neighbouring records further apart in time than a day make the reader look twice. */
const CLOSE_IN_TIME = 86_400
/** Found behind damage, a record is as a rule from the same year. */
const YEAR = 366 * 86_400
/** Octets searched for a better place when two headers in a row look odd but possible. */
const ODD_SEARCH = 64 * 1024
/** Searches in vain after which a file counts as odd throughout, and is read as it stands. */
const MAX_VAIN_SEARCHES = 16
/** Result of a search: more octets are needed first, or there is no such place. */
const WAIT = -1
const NONE = -2

/**
 * Reads classic pcap: both byte orders, micro- and nanoseconds, and the variants with longer record headers.
 *
 * The format has no marks between records, so one wrong length would turn all that follows into noise. A record is handed
 * over when the header behind it is believable. Where it is not, the octets are searched for two records in a row that
 * are, and a warning says what was passed over.
 *
 * @see draft-ietf-opsawg-pcap
 */
export class PcapReader implements ContainerReader {
  readonly format = 'pcap' as const
  readonly record: CaptureRecord = new CaptureRecord()
  readonly skipped: Readonly<Record<string, number>> = {}
  readonly #window = new OctetWindow()
  readonly #stretch = new RecordStretch()
  readonly #table: InterfaceTable
  readonly #log: WarningLog
  /** Little-endian records without additions, in the order that the format says. */
  #isPlain = false
  #state: 'header' | 'records' | 'unusable' = 'header'
  #littleEndian = true
  #capturedAt = CAPTURED_LENGTH
  #originalAt = ORIGINAL_LENGTH
  #headerLength = RECORD_HEADER_LENGTH
  #headerLengths: readonly number[] = PLAIN_HEADERS
  #packetTypes = false
  /** Nanoseconds of one unit of the fraction field. */
  #unitNsec = 1000
  /** Octets behind the one at hand that a search has seen in vain. */
  #searched = 0
  #vainSearches = 0
  /** Where a search through damage began; −1 outside of one. */
  #lostAt = -1

  /**
   * @param file - Capture as the user named it, for warnings.
   * @param interfaces - Table of the whole capture where this file is one of several.
   */
  constructor(file: string, interfaces: InterfaceTable = new InterfaceTable()) {
    this.#log = new WarningLog(file)
    this.#table = interfaces
  }

  get interfaces(): readonly CaptureInterface[] {
    return this.#table.list
  }

  get warnings(): readonly Warning[] {
    return this.#log.list
  }

  /** Octets of a record's header: 16, or more where a patched libpcap wrote the file. */
  get recordHeaderLength(): number {
    return this.#headerLength
  }

  get offset(): number {
    return this.#window.offset
  }

  push(chunk: Uint8Array): void {
    this.#window.push(chunk)
  }

  end(): void {
    this.#window.ended = true
  }

  next(): boolean {
    if (this.#state !== 'records' && !this.#open()) return false
    const window = this.#window
    for (;;) {
      const headerLength = this.#headerLength
      if (window.at + headerLength > window.end && !window.fill(headerLength)) return this.#finish()
      const captured = window.view.getUint32(window.at + this.#capturedAt, this.#littleEndian)
      if (captured > MAX_CAPTURED_LENGTH || this.#lostAt >= 0) {
        if (!this.#findNext()) return false
        continue
      }
      const length = headerLength + captured
      const lookAhead = length + headerLength
      const seen = window.at + lookAhead <= window.end || window.fill(lookAhead)
      if (!seen && !window.ended) return false
      if (seen && this.#isBelievable(window.at + length, this.#secondsAt(window.at))) return this.#deliver(length)
      const decided = this.#decide(length)
      if (decided > 0) return this.#deliver(decided)
      if (decided === WAIT) return false
    }
  }

  stretch(): RecordStretch | null {
    const { record } = this
    if (!this.#isPlain || record.number === 0 || this.#lostAt >= 0) return null
    const stretch = this.#stretch
    const window = this.#window
    stretch.buffer = window.buffer
    stretch.at = window.at
    stretch.end = window.end
    stretch.timeSec = record.timeSec
    return stretch
  }

  passOver(stretch: RecordStretch): void {
    const { record } = this
    record.number += stretch.taken
    record.timeNsec = stretch.timeNsec
    this.#window.at = stretch.at
    this.#searched = 0
  }

  #open(): boolean {
    const window = this.#window
    if (this.#state === 'unusable') {
      window.at = window.end
      return false
    }
    if (!window.fill(PCAP_HEADER_LENGTH)) {
      if (window.ended && window.end > window.at) {
        this.#truncated(`a file header of ${PCAP_HEADER_LENGTH} octets`, window.end - window.at)
      }
      return false
    }
    const header = readPcapHeader(window.view, window.at)
    if (header === undefined) {
      this.#log.add('capture-damaged', 'Expected the header of a pcap file, found none', { offset: window.offset })
      this.#state = 'unusable'
      return false
    }
    window.at += PCAP_HEADER_LENGTH
    this.#apply(header)
    this.#state = 'records'
    return true
  }

  #apply(header: PcapHeader): void {
    this.#littleEndian = header.littleEndian
    this.#unitNsec = header.nanoseconds ? 1 : 1000
    if (header.swappedLengths) {
      this.#capturedAt = ORIGINAL_LENGTH
      this.#originalAt = CAPTURED_LENGTH
    }
    this.#headerLengths = header.modified ? MODIFIED_HEADERS : PLAIN_HEADERS
    this.#useHeaderLength(this.#headerLengths[0] ?? RECORD_HEADER_LENGTH)
    this.#stretch.ticksPerSecond = header.nanoseconds ? 1e9 : 1e6
    this.#stretch.linkType = header.linkType
    this.#table.beginSection()
    this.record.linkType = header.linkType
    this.record.interfaceIndex = this.#table.add({
      name: null,
      description: null,
      linkType: header.linkType,
      snapLength: header.snapLength,
      timeKind: 'absolute',
      section: 0,
      host: null,
      command: null,
      filter: null,
    })
    this.#stretch.interfaceIndex = this.record.interfaceIndex
  }

  #useHeaderLength(length: number): void {
    this.#headerLength = length
    this.#isPlain = this.#littleEndian && this.#capturedAt === CAPTURED_LENGTH && length === RECORD_HEADER_LENGTH
    this.#packetTypes = length > PACKET_TYPE
  }

  /** Hands over the record at hand, of `length` octets with its header. */
  #deliver(length: number): true {
    const window = this.#window
    const { record } = this
    const { view, at } = window
    record.number++
    record.timeSec = view.getUint32(at + SECONDS, this.#littleEndian)
    record.timeNsec = view.getUint32(at + FRACTION, this.#littleEndian) * this.#unitNsec
    // Nanoseconds under the magic number of microseconds, and the like: keep the promise of the type.
    if (record.timeNsec > 999_999_999) this.#carrySeconds()
    record.originalLength = view.getUint32(at + this.#originalAt, this.#littleEndian)
    record.start = at + this.#headerLength
    record.end = at + length
    record.buffer = window.buffer
    record.view = view
    if (this.#packetTypes) {
      record.direction = view.getUint8(at + PACKET_TYPE) === PACKET_OUTGOING ? Direction.Out : Direction.In
    }
    window.at = at + length
    this.#searched = 0
    return true
  }

  #carrySeconds(): void {
    const { record } = this
    record.timeSec += Math.floor(record.timeNsec / 1e9)
    record.timeNsec %= 1e9
  }

  #secondsAt(at: number): number {
    return this.#window.view.getUint32(at + SECONDS, this.#littleEndian)
  }

  /**
   * Whether the header at `at`, which is at hand, could be one of a record.
   *
   * @param nearSeconds - Its time may be this, give or take `tolerance`; any time when NaN.
   */
  #isBelievable(at: number, nearSeconds: number, tolerance = CLOSE_IN_TIME): boolean {
    const { view } = this.#window
    const captured = view.getUint32(at + this.#capturedAt, this.#littleEndian)
    if (captured > MAX_CAPTURED_LENGTH) return false
    if (this.#vainSearches >= MAX_VAIN_SEARCHES) return true
    const original = view.getUint32(at + this.#originalAt, this.#littleEndian)
    if (original < captured || original === 0 || original > MAX_ORIGINAL_LENGTH) return false
    if (view.getUint32(at + FRACTION, this.#littleEndian) > 999_999_999) return false
    return !(Math.abs(view.getUint32(at + SECONDS, this.#littleEndian) - nearSeconds) > tolerance)
  }

  /**
   * Looks closer at a record whose next header is odd, or not there any more.
   *
   * @param length - Of the record with its header, as its header says.
   * @returns Octets to hand over, {@link WAIT}, or 0: something was changed or passed over, look again.
   */
  #decide(length: number): number {
    const window = this.#window
    const complete = window.at + length <= window.end
    if (complete && window.ended && window.at + length === window.end) return length
    if (this.record.number === 0 && this.#headerLength === this.#headerLengths[0]) {
      const other = this.#otherHeaderLength()
      if (other === WAIT) return WAIT
      if (other > 0) {
        this.#useHeaderLength(other)
        return 0
      }
    }
    const next = this.#search(this.#headerLength, length)
    if (next === WAIT) return WAIT
    if (next > 0) {
      const claimed = `A record claims ${length - this.#headerLength} captured octets`
      this.#log.add('capture-damaged', `${claimed}, but the next one begins ${next - this.#headerLength} octets on`, {
        offset: window.offset,
      })
      return next
    }
    if (!complete) return this.#cutOff(length)
    const followed = window.at + length + this.#headerLength <= window.end
    if (!followed || this.#isBelievable(window.at, Number.NaN)) return length
    return this.#decideOdd(length)
  }

  /** Two odd headers in a row: better ones nearby mean damage; without, the file is like that. */
  #decideOdd(length: number): number {
    const next = this.#search(1, ODD_SEARCH)
    if (next === WAIT) return WAIT
    if (next === NONE) {
      this.#vainSearches++
      return length
    }
    this.#lostAt = this.#window.offset
    return 0
  }

  #cutOff(length: number): 0 {
    const window = this.#window
    this.#truncated(`a record of ${length} octets`, window.end - window.at)
    window.at = window.end
    return 0
  }

  /**
   * The header length under which the first two records fit together, 0 where there is none. One record alone says too
   * little: four or eight octets more may be the start of a second one that was cut off.
   */
  #otherHeaderLength(): number {
    const window = this.#window
    for (const headerLength of this.#headerLengths.slice(1)) {
      const length = headerLength + window.view.getUint32(window.at + this.#capturedAt, this.#littleEndian)
      const seen = window.at + length + headerLength <= window.end || window.fill(length + headerLength)
      if (!seen && !window.ended) return WAIT
      if (seen && this.#isBelievable(window.at + length, this.#secondsAt(window.at))) return headerLength
    }
    return 0
  }

  /**
   * Searches for two believable records in a row.
   *
   * @param from - Octets from the record at hand to the first place to look at.
   * @param to - Octets from the record at hand, exclusive.
   * @returns Octets from the record at hand, {@link WAIT} or {@link NONE}.
   */
  #search(from: number, to: number): number {
    for (let step = Math.max(from, this.#searched); step < to; step++) {
      const found = this.#isChain(step)
      if (found === 'yes') return step
      if (found === 'end') break
      if (found === 'wait') {
        this.#searched = step
        return WAIT
      }
    }
    this.#searched = 0
    return NONE
  }

  /**
   * Whether two records in a row, or the last one of the file, begin `step` octets after the one at hand. Octets of a packet
   * may look like a header; that they look like two, or like one that ends with the file, of about the right time, is rare.
   */
  #isChain(step: number): 'yes' | 'no' | 'wait' | 'end' {
    const window = this.#window
    const headerLength = this.#headerLength
    if (window.at + step + headerLength > window.end && !window.fill(step + headerLength)) {
      return window.ended ? 'end' : 'wait'
    }
    const at = window.at + step
    const captured = window.view.getUint32(at + this.#capturedAt, this.#littleEndian)
    const near = this.#expectedSeconds()
    if (captured === 0 || !this.#isBelievable(at, near, YEAR)) return 'no'
    const length = headerLength + captured
    if (window.fill(step + length + headerLength)) {
      return this.#isBelievable(window.at + step + length, this.#secondsAt(window.at + step)) ? 'yes' : 'no'
    }
    if (!window.ended) return 'wait'
    const isLast = window.at + step + length === window.end
    return isLast && Math.abs(this.#secondsAt(window.at + step) - near) <= CLOSE_IN_TIME ? 'yes' : 'no'
  }

  /** About the time that the next record should have; NaN where nothing tells. */
  #expectedSeconds(): number {
    if (this.record.number > 0) return this.record.timeSec
    return this.#lostAt >= 0 ? Number.NaN : this.#secondsAt(this.#window.at)
  }

  /** Passes over octets up to the next two believable records. @returns False where more octets are needed first. */
  #findNext(): boolean {
    const window = this.#window
    if (this.#lostAt < 0) this.#lostAt = window.offset
    for (;;) {
      const found = this.#isChain(1)
      if (found === 'wait') return false
      window.at++
      if (found === 'no') continue
      if (found === 'end') window.at = window.end
      this.#endSearch()
      return true
    }
  }

  #endSearch(): void {
    const lost = this.#window.offset - this.#lostAt
    this.#log.add('capture-damaged', `Expected the header of a record, found none for ${lost} octets: passed over`, {
      offset: this.#lostAt,
    })
    this.#lostAt = -1
    this.#searched = 0
  }

  #finish(): false {
    const window = this.#window
    const rest = window.end - window.at
    if (!window.ended || rest === 0) return false
    if (this.#lostAt < 0) this.#truncated(`a record header of ${this.#headerLength} octets`, rest)
    window.at = window.end
    if (this.#lostAt >= 0) this.#endSearch()
    return false
  }

  #truncated(expected: string, found: number): void {
    this.#log.add('capture-truncated', `The file ends early: expected ${expected}, found ${found}`, {
      offset: this.#window.offset,
    })
  }
}
