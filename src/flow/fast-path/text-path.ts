import type { RecordStretch } from '../../capture/record-stretch.ts'
import type { SharedMemory } from '../../core/shared-memory.ts'
import { SEED } from '../packet-key.ts'
import type { SamplePool } from '../samples.ts'
import { compile, link, noteTaken, prepare, type TakingCode } from './compile.ts'
import { CODE } from './text.generated.ts'

/** Octets of lines kept at once. */
const BUFFER_LENGTH = 256 * 1024
/** Words behind them: numbers are read eight octets at a time, and checked afterwards. */
const SLACK = 256
/** Words of two addresses. */
const ADDRESSES = 8
/** Octets that a line begins with up to the fraction of its second: as many as the code can compare. */
const SHORTEST_SECOND = 8
const LONGEST_SECOND = 24

/** What wasm/text.ts exports. */
interface Code extends TakingCode {
  setAddresses(address: number): void
  takeText(
    at: number,
    end: number,
    second: number,
    digits: number,
    start: number,
    vantage: number,
    conversations: number,
  ): number
}

/** The same as `FastPath` for lines of tcpdump text. */
export class TextPath {
  /** Where the lines must lie. */
  readonly buffer: Uint8Array
  readonly #code: Code

  private constructor(memory: SharedMemory, words: Int32Array, addresses: Int32Array) {
    this.buffer = new Uint8Array(words.buffer, words.byteOffset, BUFFER_LENGTH)
    this.#code = link<Code>(compile(CODE), memory)
    this.#code.setSeed(SEED)
    this.#code.setAddresses(addresses.byteOffset)
  }

  /** @returns `undefined` where there is no more memory. */
  static create(memory: SharedMemory): TextPath | undefined {
    const words = memory.take(BUFFER_LENGTH / 4 + SLACK)
    const addresses = memory.take(ADDRESSES)
    return words === null || addresses === null ? undefined : new TextPath(memory, words, addresses)
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
    samples: SamplePool,
    conversations: Int32Array,
  ): boolean {
    const { buffer, secondLength, fractionDigits } = stretch
    if (buffer.buffer !== this.buffer.buffer) return false
    if (secondLength < SHORTEST_SECOND || secondLength > LONGEST_SECOND) return false
    const { byteOffset } = buffer
    const code = this.#code
    prepare(code, roots, samples)
    const next = code.takeText(
      byteOffset + stretch.at,
      byteOffset + stretch.end,
      secondLength,
      fractionDigits,
      start,
      vantage,
      conversations.byteOffset,
    )
    return noteTaken(code, stretch, next, samples)
  }
}
