import type { RecordStretch } from '../../capture/record-stretch.ts'
import type { SharedMemory } from '../../core/shared-memory.ts'
import { SEED } from '../packet-key.ts'
import type { SampleNumbers } from '../samples.ts'
import { compile } from './compile.ts'
import { CODE } from './text.generated.ts'

/** Octets of lines kept at once. */
const BUFFER_LENGTH = 256 * 1024
/** Words behind them: numbers are read eight octets at a time, and checked afterwards. */
const SLACK = 256
/** Words of the code's own: two addresses, then what a call has come to. */
const ROOM = 11
const TAKEN = 8
const NSEC = 9
const UNSAMPLED = 10
/** Octets that a line begins with up to the fraction of its second: as many as the code can compare. */
const SHORTEST_SECOND = 8
const LONGEST_SECOND = 24
/** Nanoseconds, 36 years: a hostile clock exceeds what the code can count in microseconds. */
const MAX_START = 2 ** 60

/** What wasm/text.ts exports. */
interface Code {
  setSeed(seed: number): void
  setRoom(address: number): void
  takeText(
    at: number,
    end: number,
    second: number,
    digits: number,
    start: number,
    vantage: number,
    samples: number,
    wanted: number,
    roots: number,
    conversations: number,
  ): number
}

/** The same as `FastPath` for lines of tcpdump text. */
export class TextPath {
  /** Where the lines must lie. */
  readonly buffer: Uint8Array
  readonly #code: Code
  readonly #room: Int32Array

  private constructor(memory: SharedMemory, words: Int32Array, room: Int32Array) {
    this.buffer = new Uint8Array(words.buffer, words.byteOffset, BUFFER_LENGTH)
    this.#code = compile<Code>(CODE, memory)
    this.#code.setSeed(SEED)
    this.#room = room
    this.#code.setRoom(room.byteOffset)
  }

  /** @returns `undefined` where there is no more memory. */
  static create(memory: SharedMemory): TextPath | undefined {
    const words = memory.take(BUFFER_LENGTH / 4 + SLACK)
    const room = memory.take(ROOM)
    return words === null || room === null ? undefined : new TextPath(memory, words, room)
  }

  /**
   * Takes lines from the beginning of a stretch, see `FastPath.take()`.
   *
   * @param conversations - Roots of what the decoder knows of the section.
   */
  take(
    stretch: RecordStretch,
    roots: Int32Array,
    start: number,
    vantage: number,
    samples: SampleNumbers,
    conversations: Int32Array,
  ): boolean {
    const { buffer, secondLength, fractionDigits } = stretch
    if (buffer.buffer !== this.buffer.buffer) return false
    if (secondLength < SHORTEST_SECOND || secondLength > LONGEST_SECOND || Math.abs(start) > MAX_START) return false
    const { byteOffset } = buffer
    const next = this.#code.takeText(
      byteOffset + stretch.at,
      byteOffset + stretch.end,
      secondLength,
      fractionDigits,
      start,
      vantage,
      samples.mostASide,
      samples.wanted,
      roots.byteOffset,
      conversations.byteOffset,
    )
    stretch.at = next - byteOffset
    stretch.taken = this.#room[TAKEN] as number
    stretch.timeNsec = this.#room[NSEC] as number
    return stretch.taken > 0
  }

  /** See `FastPath.leftSampleOut`. */
  get leftSampleOut(): boolean {
    return this.#room[UNSAMPLED] !== 0
  }
}
