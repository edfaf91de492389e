import { Buffer } from 'node:buffer'
import { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import { CaptureError } from '../core/errors.ts'
import type { PcapReader } from './pcap.ts'
import { PCAP_HEADER_LENGTH, type PcapHeader, readPcapHeader } from './pcap-header.ts'
import type { CaptureRecord } from './record.ts'

/** What a second reading of a capture by an independent reader came to. */
export interface CrossCheckResult {
  readonly file: string
  /** Records on which both readers agreed: times, lengths and octets. */
  readonly records: number
  /** Why the capture, or the rest of it, could not be checked; `null` where all of it was. */
  readonly unchecked: string | null
}

/** A packet as the package `pcap-parser` hands it over. */
interface ParsedPacket {
  readonly header: {
    readonly timestampSeconds: number
    readonly timestampMicroseconds: number
    readonly capturedLength: number
    readonly originalLength: number
  }
  readonly data: Buffer
}

interface PcapParser {
  parse(input: ChunkFeed): { on(event: 'packet', listener: (packet: ParsedPacket) => void): void }
}

/** Stands in for the stream that the package reads from. */
class ChunkFeed extends EventEmitter {
  pause(): this {
    return this
  }
  resume(): this {
    return this
  }
}

/** The packages' record header; files of patched libpcaps have longer ones. */
const RECORD_HEADER_LENGTH = 16
const VERSION_MAJOR = 2
const VERSION_MINOR = 4

/**
 * Reads a classic pcap a second time, through the package `pcap-parser`, beside our own reader, and compares record by
 * record: time, captured and original length, octets.
 *
 * The package waits for as many octets as a record claims and keeps all that comes until then. So it is given nothing
 * more once our reader has met damage; up to there the two must agree.
 */
export class CrossChecker {
  readonly #file: string
  readonly #reader: PcapReader
  readonly #feed = new ChunkFeed()
  readonly #packets: ParsedPacket[] = []
  #next = 0
  #head: Buffer = Buffer.alloc(0)
  #isFeeding = false
  #records = 0
  #unchecked: string | null = null

  /**
   * @param file - Capture as the user named it.
   * @param reader - Ours, given each chunk after this.
   */
  constructor(file: string, reader: PcapReader) {
    this.#file = file
    this.#reader = reader
    const { parse } = createRequire(import.meta.url)('pcap-parser') as PcapParser
    parse(this.#feed).on('packet', (packet) => this.#packets.push(packet))
  }

  get result(): CrossCheckResult {
    return { file: this.#file, records: this.#records, unchecked: this.#unchecked }
  }

  /** Hands over the next octets of the file. */
  push(chunk: Uint8Array): void {
    if (this.#unchecked !== null || this.#metDamage()) return
    // A copy: the package keeps slices of it.
    const copy = Buffer.from(chunk)
    if (this.#isFeeding) this.#feed.emit('data', copy)
    else this.#begin(Buffer.concat([this.#head, copy]))
  }

  /**
   * Compares the record that our reader hands over.
   *
   * @throws {CaptureError} `CROSS_CHECK_FAILED` with the number of the record and both values.
   */
  check(record: CaptureRecord): void {
    if (this.#unchecked !== null || this.#metDamage()) return
    const packet = this.#packets[this.#next]
    if (packet === undefined) throw this.#disagreement(record.number, 'a record', 'present', 'absent')
    this.#next++
    if (this.#next === this.#packets.length) {
      this.#packets.length = 0
      this.#next = 0
    }
    this.#compare(record, packet)
    this.#records++
  }

  /** Says that our reader is done. @throws {CaptureError} `CROSS_CHECK_FAILED` when the package read more. */
  end(): void {
    if (this.#unchecked !== null || this.#metDamage()) return
    if (this.#next < this.#packets.length) {
      throw this.#disagreement(this.#records + 1, 'a record', 'absent', 'present')
    }
  }

  #begin(head: Buffer): void {
    this.#head = head
    if (head.length < PCAP_HEADER_LENGTH) return
    const header = readPcapHeader(new DataView(head.buffer, head.byteOffset, head.length), 0)
    this.#unchecked = reasonAgainst(header)
    if (this.#unchecked !== null) return
    this.#isFeeding = true
    this.#head = Buffer.alloc(0)
    this.#feed.emit('data', head)
  }

  #metDamage(): boolean {
    const [damage] = this.#reader.warnings
    if (damage !== undefined) this.#unchecked = `damaged from octet ${damage.offset ?? 0} on`
    else if (this.#records === 0 && this.#reader.recordHeaderLength > RECORD_HEADER_LENGTH) {
      this.#unchecked = 'written by a patched libpcap, which pcap-parser does not read'
    }
    if (this.#unchecked !== null) this.#packets.length = 0
    return this.#unchecked !== null
  }

  #compare(record: CaptureRecord, { header, data }: ParsedPacket): void {
    const micros = header.timestampMicroseconds
    const theirs = `${header.timestampSeconds + Math.floor(micros / 1e6)}.${fraction(micros % 1e6)}`
    this.#expect(record.number, 'the time', `${record.timeSec}.${fraction(record.timeNsec / 1000)}`, theirs)
    this.#expect(record.number, 'the captured length', record.end - record.start, header.capturedLength)
    this.#expect(record.number, 'the original length', record.originalLength, header.originalLength)
    const octets = record.buffer.subarray(record.start, record.end)
    const same = data.equals(octets)
    if (same) return
    const at = data.findIndex((octet, i) => octet !== octets[i])
    throw this.#disagreement(record.number, `octet ${at}`, String(octets[at]), String(data[at]))
  }

  #expect(number: number, what: string, ours: string | number, theirs: string | number): void {
    if (ours !== theirs) throw this.#disagreement(number, what, String(ours), String(theirs))
  }

  #disagreement(number: number, what: string, ours: string, theirs: string): CaptureError {
    const message = `Record ${number}: the two readers disagree on ${what}: ${ours} here, ${theirs} with pcap-parser: please report it`
    return new CaptureError('CROSS_CHECK_FAILED', this.#file, message)
  }
}

/** Why the package cannot read such a file, `null` where it can. */
function reasonAgainst(header: PcapHeader | undefined): string | null {
  if (header === undefined) return 'no pcap file'
  if (header.nanoseconds) return 'of nanoseconds, which pcap-parser does not read'
  if (header.modified) return 'written by a patched libpcap, which pcap-parser does not read'
  if (header.major !== VERSION_MAJOR || header.minor !== VERSION_MINOR) {
    return `of version ${header.major}.${header.minor}, which pcap-parser does not read`
  }
  return null
}

function fraction(micros: number): string {
  return String(micros).padStart(6, '0')
}
