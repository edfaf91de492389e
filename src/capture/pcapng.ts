import type { Warning } from '../core/warning.ts'
import type { ContainerReader } from './container-reader.ts'
import { InterfaceTable } from './interface-table.ts'
import { MAX_BLOCK_LENGTH, MAX_CAPTURED_LENGTH } from './limits.ts'
import { OctetWindow } from './octet-window.ts'
import {
  BLOCK_OVERHEAD,
  BlockType,
  BYTE_ORDER_MAGIC,
  isKnownBlockType,
  skippedBlockReason,
} from './pcapng/block-types.ts'
import {
  type InterfaceDescription,
  MIN_INTERFACE_BODY,
  readInterfaceDescription,
} from './pcapng/interface-description.ts'
import { droppedPackets } from './pcapng/interface-statistics.ts'
import { findOption, optionLength, optionValue } from './pcapng/options.ts'
import { type CaptureInterface, CaptureRecord, Direction } from './record.ts'
import { RecordStretch } from './record-stretch.ts'
import { WarningLog } from './warning-log.ts'

// Field offsets in octets from the start of a block, draft-ietf-opsawg-pcapng §3.1 and §4.
const TYPE = 0
const LENGTH = 4
const BODY = 8
/** Behind the body: the length once more. */
const TRAILER = 4
const SECTION_MAGIC = 8
/** Shortest section header block: magic number, version, section length. */
const SECTION_LENGTH = 28
const TIME = 12
const CAPTURED_LENGTH = 20
const ORIGINAL_LENGTH = 24
const PACKET_DATA = 28
const SIMPLE_ORIGINAL_LENGTH = 8
const SIMPLE_DATA = 12

/** `epb_flags` and, of the obsolete block, `pack_flags`. */
const OPTION_FLAGS = 2
const FLAGS_LENGTH = 4
const FLAGS_DIRECTION = 0x3

/** More interfaces than this are no machine's. */
const MAX_INTERFACES = 16_384

/** An interface of the section at hand. */
type SectionInterface = InterfaceDescription & { readonly index: number }

/**
 * Reads pcapng: any number of sections, each in its own byte order, with any number of interfaces. Blocks without packets
 * are passed over by their length and counted.
 *
 * A block gives its length at both ends. Where the two differ, the octets are searched for the next block that is whole,
 * and a warning says what was passed over.
 *
 * @see draft-ietf-opsawg-pcapng
 */
export class PcapngReader implements ContainerReader {
  readonly format = 'pcapng' as const
  readonly record: CaptureRecord = new CaptureRecord()
  readonly skipped: Record<string, number> = {}
  readonly #window = new OctetWindow()
  readonly #stretch = new RecordStretch()
  readonly #table: InterfaceTable
  readonly #log: WarningLog
  #littleEndian = true
  #section = -1
  #interfaces: SectionInterface[] = []
  /** Number of the last enhanced packet block's interface, −1 behind any other block with a packet. */
  #lastInterface = -1
  /** Octets from the start of the file to the block at hand. */
  #blockAt = 0
  /** Where a search through damage began; −1 outside of one. */
  #lostAt = -1
  #lostExpected = ''
  /** The damage is a block longer than the rest of the file. */
  #lostAtEnd = false

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
    const window = this.#window
    for (;;) {
      if (this.#lostAt >= 0 && !this.#findBlock()) return false
      if (window.at + BLOCK_OVERHEAD > window.end && !window.fill(BLOCK_OVERHEAD)) return this.#finish()
      const littleEndian = this.#byteOrderAt(window.at)
      const length = window.view.getUint32(window.at + LENGTH, littleEndian)
      if (!isBlockLength(length)) {
        this.#lose(`a block of at most ${MAX_BLOCK_LENGTH} octets, found a length of ${length}`)
        continue
      }
      if (window.at + length > window.end && !window.fill(length)) {
        if (!window.ended) return false
        this.#lose(`a block of ${length} octets`, true)
        continue
      }
      const { view, at } = window
      const type = view.getUint32(at + TYPE, littleEndian)
      const repeated = view.getUint32(at + length - TRAILER, littleEndian)
      if (repeated !== length) {
        this.#lose(`the length of ${length} octets again at the end of a block, found ${repeated}`)
        continue
      }
      this.#blockAt = window.offset
      window.at = at + length
      if (this.#take(type, view, at, length, littleEndian)) return true
    }
  }

  stretch(): RecordStretch | null {
    const from = this.#interfaces[this.#lastInterface]
    if (from === undefined || !this.#littleEndian || this.#lostAt >= 0) return null
    const stretch = this.#stretch
    const window = this.#window
    stretch.format = 'pcapng'
    stretch.buffer = window.buffer
    stretch.at = window.at
    stretch.end = window.end
    stretch.linkType = from.described.linkType
    stretch.interfaceIndex = from.index
    stretch.interfaceId = this.#lastInterface
    stretch.timeSec = this.record.timeSec
    stretch.ticksPerSecond = from.clock.ticksPerSecond
    stretch.clockOffset = from.clock.offset
    return stretch
  }

  passOver(stretch: RecordStretch): void {
    const { record } = this
    record.number += stretch.taken
    record.timeNsec = stretch.timeNsec
    record.direction = Direction.Unknown
    this.#window.at = stretch.at
  }

  /** Byte order of the block at `at`: the section's, or the one that a section header begins. */
  #byteOrderAt(at: number): boolean {
    const { view } = this.#window
    if (view.getUint32(at + TYPE) !== BlockType.SectionHeader) return this.#littleEndian
    return view.getUint32(at + SECTION_MAGIC, true) === BYTE_ORDER_MAGIC
  }

  /** Reads a whole block. @returns True when it held a packet, which is in `record` now. */
  #take(type: number, view: DataView, at: number, length: number, littleEndian: boolean): boolean {
    switch (type) {
      case BlockType.EnhancedPacket:
        if (length < PACKET_DATA + TRAILER) return this.#damaged('an enhanced packet block', length)
        this.#lastInterface = view.getUint32(at + BODY, littleEndian)
        return this.#takePacket(this.#lastInterface, view, at, length)
      case BlockType.Packet:
        if (length < PACKET_DATA + TRAILER) return this.#damaged('a packet block', length)
        this.#lastInterface = -1
        return this.#takePacket(view.getUint16(at + BODY, littleEndian), view, at, length)
      case BlockType.SimplePacket:
        if (length < SIMPLE_DATA + TRAILER) return this.#damaged('a simple packet block', length)
        return this.#takeSimplePacket(view, at, length)
      case BlockType.InterfaceDescription:
        if (length < BODY + MIN_INTERFACE_BODY + TRAILER) return this.#damaged('an interface description', length)
        return this.#takeInterface(view, at + BODY, at + length - TRAILER)
      case BlockType.SectionHeader:
        return this.#takeSection(view, at, length, littleEndian)
      case BlockType.InterfaceStatistics:
        return this.#takeStatistics(view, at + BODY, at + length - TRAILER)
      default:
        return this.#skip(skippedBlockReason(type))
    }
  }

  #takeSection(view: DataView, at: number, length: number, littleEndian: boolean): false {
    if (length < SECTION_LENGTH || view.getUint32(at + SECTION_MAGIC, littleEndian) !== BYTE_ORDER_MAGIC) {
      return this.#damaged('a section header', length)
    }
    this.#littleEndian = littleEndian
    this.#section++
    this.#interfaces = []
    this.#lastInterface = -1
    this.#table.beginSection()
    return false
  }

  #takeInterface(view: DataView, at: number, end: number): false {
    if (this.#table.list.length >= MAX_INTERFACES) return this.#skip('pcapng-too-many-interfaces')
    const context = { littleEndian: this.#littleEndian, section: Math.max(this.#section, 0) }
    const description = readInterfaceDescription(view, at, end, context)
    const { unsupportedResolution } = description
    if (unsupportedResolution !== undefined) {
      this.#warn(
        'pcapng-time-resolution',
        `Time resolution ${unsupportedResolution} cannot be counted in 64 bits: taken as microseconds`,
      )
    }
    this.#interfaces.push({ ...description, index: this.#table.add(description.described) })
    return false
  }

  #takeStatistics(view: DataView, at: number, end: number): false {
    const dropped = droppedPackets(view, at, end, this.#littleEndian)
    if (dropped > 0) {
      this.#warn(
        'capture-dropped-packets',
        `${dropped} packets were dropped while capturing: gaps may be the capture's own`,
      )
    }
    return false
  }

  /** Enhanced packet block, and the obsolete packet block, which differs in the width of its interface number. */
  #takePacket(id: number, view: DataView, at: number, length: number): boolean {
    const littleEndian = this.#littleEndian
    const captured = view.getUint32(at + CAPTURED_LENGTH, littleEndian)
    if (captured > length - PACKET_DATA - TRAILER || captured > MAX_CAPTURED_LENGTH) {
      return this.#damaged(`a packet of ${captured} captured octets`, length)
    }
    const { record } = this
    const start = at + PACKET_DATA
    const optionsAt = start + captured + (-captured & 3)
    const optionsEnd = at + length - TRAILER
    record.direction =
      optionsEnd - optionsAt < 8 ? Direction.Unknown : directionOf(view, optionsAt, optionsEnd, littleEndian)
    const from = this.#interfaces[id]
    if (from === undefined) return this.#unknownInterface(id)
    from.clock.read(view, at + TIME, littleEndian)
    record.timeSec = from.clock.sec
    record.timeNsec = from.clock.nsec
    record.hasTime = true
    record.originalLength = view.getUint32(at + ORIGINAL_LENGTH, littleEndian)
    return this.#deliver(from, view, start, captured)
  }

  /** A simple packet block has no time, and belongs to the section's first interface. */
  #takeSimplePacket(view: DataView, at: number, length: number): boolean {
    const from = this.#interfaces[0]
    if (from === undefined) return this.#unknownInterface(0)
    this.#lastInterface = -1
    const { record } = this
    const original = view.getUint32(at + SIMPLE_ORIGINAL_LENGTH, this.#littleEndian)
    const kept = from.described.snapLength === 0 ? original : Math.min(original, from.described.snapLength)
    const captured = Math.min(kept, length - SIMPLE_DATA - TRAILER, MAX_CAPTURED_LENGTH)
    record.hasTime = false
    record.direction = Direction.Unknown
    record.originalLength = original
    return this.#deliver(from, view, at + SIMPLE_DATA, captured)
  }

  #deliver(from: SectionInterface, view: DataView, start: number, captured: number): true {
    const { record } = this
    record.number++
    record.interfaceIndex = from.index
    record.linkType = from.described.linkType
    record.start = start
    record.end = start + captured
    record.buffer = this.#window.buffer
    record.view = view
    return true
  }

  #unknownInterface(id: number): false {
    this.#warn(
      'pcapng-unknown-interface',
      `A packet names interface ${id}, which its section does not describe: left out`,
    )
    return this.#skip('pcapng-unknown-interface')
  }

  #damaged(what: string, length: number): false {
    this.#warn('capture-damaged', `A block of ${length} octets does not hold ${what}: left out`)
    return this.#skip('pcapng-damaged-block')
  }

  #skip(reason: string): false {
    this.skipped[reason] = (this.skipped[reason] ?? 0) + 1
    return false
  }

  #warn(code: string, message: string): void {
    this.#log.add(code, message, { offset: this.#blockAt })
  }

  #lose(expected: string, atEnd = false): void {
    this.#lostAt = this.#window.offset
    this.#lostExpected = expected
    this.#lostAtEnd = atEnd
  }

  /** Passes over octets up to the next whole block. @returns False where more octets are needed first. */
  #findBlock(): boolean {
    const window = this.#window
    for (;;) {
      const found = this.#isBlock(1)
      if (found === 'wait') return false
      window.at++
      if (found === 'no') continue
      if (found === 'end') window.at = window.end
      this.#endSearch(found === 'end')
      return true
    }
  }

  #endSearch(nothingFound: boolean): void {
    const lost = this.#window.offset - this.#lostAt
    if (nothingFound && this.#lostAtEnd) {
      this.#truncated(this.#lostExpected, lost)
    } else {
      this.#log.add('capture-damaged', `Expected ${this.#lostExpected}: ${lost} octets passed over`, {
        offset: this.#lostAt,
      })
    }
    this.#lostAt = -1
  }

  /** Whether a whole block of a known type begins `step` octets on. */
  #isBlock(step: number): 'yes' | 'no' | 'wait' | 'end' {
    const window = this.#window
    if (window.at + step + BLOCK_OVERHEAD > window.end && !window.fill(step + BLOCK_OVERHEAD)) {
      return window.ended ? 'end' : 'wait'
    }
    const littleEndian = this.#byteOrderAt(window.at + step)
    if (!isKnownBlockType(window.view.getUint32(window.at + step + TYPE, littleEndian))) return 'no'
    const length = window.view.getUint32(window.at + step + LENGTH, littleEndian)
    if (!isBlockLength(length)) return 'no'
    if (!window.fill(step + length)) return window.ended ? 'no' : 'wait'
    return window.view.getUint32(window.at + step + length - TRAILER, littleEndian) === length ? 'yes' : 'no'
  }

  #finish(): false {
    const window = this.#window
    const rest = window.end - window.at
    if (!window.ended || rest === 0) return false
    this.#lostAt = window.offset
    window.at = window.end
    this.#truncated(`a block of at least ${BLOCK_OVERHEAD} octets`, rest)
    this.#lostAt = -1
    return false
  }

  #truncated(expected: string, found: number): void {
    this.#log.add('capture-truncated', `The file ends early: expected ${expected}, found ${found}`, {
      offset: this.#lostAt,
    })
  }
}

/** Lengths count whole 32-bit words; some writers forget the padding of the last option, which does no harm. */
function isBlockLength(length: number): boolean {
  return length >= BLOCK_OVERHEAD && length <= MAX_BLOCK_LENGTH
}

function directionOf(view: DataView, at: number, end: number, littleEndian: boolean): Direction {
  const option = findOption(view, at, end, OPTION_FLAGS, littleEndian)
  if (option < 0 || optionLength(view, option, littleEndian) !== FLAGS_LENGTH) return Direction.Unknown
  switch (view.getUint32(optionValue(option), littleEndian) & FLAGS_DIRECTION) {
    case 1:
      return Direction.In
    case 2:
      return Direction.Out
    default:
      return Direction.Unknown
  }
}
