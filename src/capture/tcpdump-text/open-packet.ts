import { Buffer } from 'node:buffer'
import { type CaptureRecord, Direction, LINKTYPE_TCPDUMP_TEXT } from '../record.ts'
import type { HeadLine } from './head-line.ts'
import type { LineBuffer } from './line-buffer.ts'

const LINE_FEED = 0x0a
/** Octets kept of one packet's lines; a hex dump of the largest IP packet takes 300 KB. */
const MAX_PACKET_LENGTH = 1024 * 1024

/**
 * The packet whose lines are being read.
 *
 * Packets of one line, which are nearly all, stay where they are in the line buffer. As soon as there is another line,
 * or the line buffer moves on, they are gathered in a buffer of the packet's own, separated by single line feeds.
 */
export class OpenPacket {
  isOpen = false
  timeSec = 0
  timeNsec = 0
  hasTime = false
  interfaceIndex = 0
  packetType = -1
  /** Lines of an `-A` dump so far: characters with their line feeds, and line feeds. Both 0 outside a dump. */
  dumpChars = 0
  dumpBreaks = 0
  /** Octets of the IP packet as printed, 0 where unknown; `undefined` until asked for. */
  dumpLength: number | undefined
  /** Whether the dump, taken whole, ends at the end of a line; `undefined` until asked for. */
  dumpEndsOnLine: boolean | undefined

  #inPlace = false
  #start = 0
  #end = 0
  #headEnd = 0
  // Two, taken in turn: the record of the packet before may still be in use.
  #own: Buffer = Buffer.alloc(0)
  #spare: Buffer = Buffer.alloc(0)
  #ownView: DataView = new DataView(new ArrayBuffer(0))
  #used = 0

  /** Begins a packet whose first line stands in the line buffer. */
  openInPlace(head: HeadLine, lines: LineBuffer): void {
    this.#open(head)
    this.#inPlace = true
    this.#start = head.body
    this.#end = lines.end
    this.#headEnd = lines.end
  }

  /** Whether it is, so far, the current line as it stands. */
  isLine(lines: LineBuffer): boolean {
    return this.isOpen && this.#inPlace && this.#end === lines.end
  }

  /** Begins a packet whose first line was cleaned: `head` was read from `line`. */
  openCopy(head: HeadLine, line: Uint8Array): void {
    this.#open(head)
    this.#inPlace = false
    this.#used = 0
    const before = this.#own
    this.#own = this.#spare
    this.#spare = before
    this.#append(line, head.body, line.length)
    this.#headEnd = this.#used
  }

  /** Adds a continuation line; what is too much for one packet is left out. */
  extend(line: Uint8Array, lines: LineBuffer): void {
    this.gather(lines)
    if (this.#used + line.length >= MAX_PACKET_LENGTH) return
    this.#append(LINE_BREAK, 0, 1)
    this.#append(line, 0, line.length)
  }

  /** Moves what stands in the line buffer into the packet's own; call before the line buffer changes. */
  gather(lines: LineBuffer): void {
    if (!this.isOpen || !this.#inPlace) return
    const before = this.#own
    this.#own = this.#spare
    this.#spare = before
    this.#used = 0
    this.#headEnd -= this.#start
    this.#append(lines.bytes, this.#start, this.#end)
    this.#inPlace = false
  }

  /** Octets of the packet from `from` on; valid until the next change. */
  octets(lines: LineBuffer): Uint8Array {
    return this.#inPlace ? lines.bytes.subarray(this.#start, this.#end) : this.#own.subarray(0, this.#used)
  }

  /** Closes the packet into `record`, all but its number. */
  close(record: CaptureRecord, lines: LineBuffer): void {
    this.isOpen = false
    record.timeSec = this.timeSec
    record.timeNsec = this.timeNsec
    record.hasTime = this.hasTime
    record.interfaceIndex = this.interfaceIndex
    record.sllPacketType = this.packetType
    record.direction = directionOf(this.packetType)
    record.linkType = LINKTYPE_TCPDUMP_TEXT
    record.start = this.#inPlace ? this.#start : 0
    record.end = this.#inPlace ? this.#end : this.#used
    record.headEnd = this.#headEnd
    record.originalLength = record.end - record.start
    record.buffer = this.#inPlace ? lines.bytes : this.#own
    record.view = this.#inPlace ? lines.view : this.#ownView
  }

  #open(head: HeadLine): void {
    this.isOpen = true
    this.packetType = head.packetType
    this.dumpChars = 0
    this.dumpBreaks = 0
    this.dumpLength = undefined
    this.dumpEndsOnLine = undefined
  }

  #append(bytes: Uint8Array, start: number, end: number): void {
    const size = this.#used + end - start
    // One octet more for a line feed behind the last line: scanners of digits stop there, and not at what stood there before.
    if (size >= this.#own.length) {
      const larger = Buffer.from(new ArrayBuffer(Math.max(1024, 2 * size)))
      larger.set(this.#own.subarray(0, this.#used))
      this.#own = larger
    }
    if (this.#ownView.buffer !== this.#own.buffer) this.#ownView = new DataView(this.#own.buffer)
    this.#own.set(bytes.subarray(start, end), this.#used)
    this.#own[size] = LINE_FEED
    this.#used = size
  }
}

const LINE_BREAK = Uint8Array.of(LINE_FEED)

function directionOf(packetType: number): Direction {
  if (packetType === 4) return Direction.Out
  return packetType >= 0 && packetType <= 2 ? Direction.In : Direction.Unknown
}
