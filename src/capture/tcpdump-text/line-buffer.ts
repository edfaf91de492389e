import { Buffer } from 'node:buffer'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/** Longest line kept, in octets; `-A` of the largest IP packet without a line break stays below it. */
export const MAX_LINE_LENGTH: number = 256 * 1024

const MIN_STORAGE = 4096

/** Cuts octets that arrive in chunks into lines, without copying the lines. */
export class LineBuffer {
  /** What is buffered; positions below point into it and are void after {@link push}. */
  bytes: Buffer = Buffer.alloc(0)
  /** Over the same octets as `bytes`. */
  view: DataView = new DataView(this.bytes.buffer, 0, 0)
  /** First octet of the current line. */
  start = 0
  /** One past its last octet, carriage returns and line feed excluded. */
  end = 0
  /** 1-based number of the current line. */
  number = 0
  /** True when the current line was longer than {@link MAX_LINE_LENGTH} and is cut there. */
  cut = false
  /** True when the current line is the last of the input and has no line feed. */
  unterminated = false

  #next = 0
  #searched = 0
  #discarding = false
  #ended = false
  #base = 0
  #home: Buffer | undefined

  /** Octets from the start of the text to the current line. */
  get offset(): number {
    return this.#base + this.start
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Keeps lines in this memory where they have room there; call before the first {@link push}. */
  keepIn(memory: Uint8Array): void {
    this.#home = Buffer.from(memory.buffer, memory.byteOffset, memory.length)
  }

  /** Appends a copy of `chunk`; what was read is dropped. */
  push(chunk: Uint8Array): void {
    const rest = this.bytes.length - this.#next
    const size = rest + chunk.length
    const storage = this.#storageFor(size)
    this.bytes.copy(storage, 0, this.#next)
    storage.set(chunk, rest)
    this.#base += this.#next
    this.#searched = Math.max(0, this.#searched - this.#next)
    this.#next = 0
    this.bytes = storage.subarray(0, size)
    this.view = new DataView(storage.buffer, storage.byteOffset, size)
  }

  /** Says that nothing follows. */
  finish(): void {
    this.#ended = true
  }

  /** Moves to the next line. @returns False when it is not complete yet, or all lines were read. */
  advance(): boolean {
    if (this.#discarding && !this.#discard()) return false
    const at = this.#next
    const from = Math.max(this.#searched, at)
    let feed = this.bytes.indexOf(LINE_FEED, from)
    this.unterminated = false
    if (feed < 0 || from >= this.bytes.length) {
      if (!this.#ended && this.bytes.length - at <= MAX_LINE_LENGTH) {
        this.#searched = this.bytes.length
        return false
      }
      if (at >= this.bytes.length) return false
      feed = this.bytes.length
      if (this.#ended) this.unterminated = true
      else this.#discarding = true
    }
    this.#setLine(at, feed)
    return true
  }

  /** Takes the current line back: the next {@link advance} yields it again. */
  unread(): void {
    this.#next = this.start
    this.#discarding = false
    this.number--
  }

  /** Passes over lines from the current one on. @param next - First octet behind them, `lines` their number. */
  passOver(next: number, lines: number): void {
    this.#next = next
    this.#searched = 0
    this.number += lines - 1
  }

  /** Whether `octets` octets from the start of the current line, or all that will ever come, are buffered. */
  hasAhead(octets: number): boolean {
    return this.#ended || this.bytes.length - this.start >= octets
  }

  /** First octet after the current line. */
  get next(): number {
    return this.#next
  }

  #storageFor(size: number): Buffer {
    const home = this.#home
    if (home !== undefined && size <= home.length) return home
    const { buffer } = this.bytes
    if (buffer !== home?.buffer && buffer.byteLength >= size) return Buffer.from(buffer)
    // Twice what is needed: a line's rest more or less must not make the next push allocate again.
    return Buffer.from(new ArrayBuffer(2 * size + MIN_STORAGE))
  }

  #setLine(at: number, feed: number): void {
    this.cut = feed - at > MAX_LINE_LENGTH
    let end = this.cut ? at + MAX_LINE_LENGTH : feed
    while (end > at && this.bytes[end - 1] === CARRIAGE_RETURN) end--
    this.start = at
    this.end = end
    this.number++
    this.#next = feed < this.bytes.length ? feed + 1 : feed
    this.#searched = 0
  }

  // Inside a line that was delivered cut: drops the rest of it.
  #discard(): boolean {
    const feed = this.bytes.indexOf(LINE_FEED, this.#next)
    if (feed < 0 || this.#next >= this.bytes.length) {
      this.#next = this.bytes.length
      return false
    }
    this.#next = feed + 1
    this.#discarding = false
    return true
  }
}
