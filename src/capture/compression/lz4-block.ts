/** Shortest match; the token holds what is longer (lz4_Block_format.md). */
const MIN_MATCH = 4
/** A length of 15 goes on in octets that are added to it, up to the first below 255. */
const LONG = 15

/**
 * What a damaged or cut LZ4 block holds in front of the first sequence that cannot be. The package that decodes whole
 * blocks gives nothing of such a one, and a small file is a single block.
 *
 * @param maxLength - Octets out at most.
 * @param history - What stands in front of the block, where it may refer to it.
 * @see https://github.com/lz4/lz4/blob/v1.9.4/doc/lz4_Block_format.md
 */
export function soundStart(block: Uint8Array, maxLength: number, history?: Uint8Array): Uint8Array {
  const before = history?.length ?? 0
  const output = new Uint8Array(before + maxLength)
  if (history !== undefined) output.set(history)
  const input = new BlockInput(block)
  let at = before
  while (!input.isAtEnd) {
    const token = input.octet()
    const literals = input.take(input.length(token >> 4))
    if (at + literals.length > output.length) break
    output.set(literals, at)
    at += literals.length
    const offset = input.octet() | (input.octet() << 8)
    const length = input.length(token & LONG) + MIN_MATCH
    if (input.ranOut || offset === 0 || offset > at || at + length > output.length) break
    // Octet by octet: a match may reach into itself.
    for (const end = at + length; at < end; at++) output[at] = output[at - offset] ?? 0
  }
  return output.subarray(before, at)
}

/** Reads a block field by field; behind its end there are zeros. */
class BlockInput {
  /** True once more was asked for than there is. */
  ranOut = false
  readonly #octets: Uint8Array
  #at = 0

  constructor(octets: Uint8Array) {
    this.#octets = octets
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#octets.length
  }

  octet(): number {
    if (this.isAtEnd) this.ranOut = true
    return this.#octets[this.#at++] ?? 0
  }

  /** The length whose first four bits are given. */
  length(start: number): number {
    let length = start
    if (start < LONG) return length
    for (let octet = 255; octet === 255 && !this.ranOut; length += octet) octet = this.octet()
    return length
  }

  /** At most `count` octets. */
  take(count: number): Uint8Array {
    const taken = this.#octets.subarray(this.#at, this.#at + count)
    this.#at += count
    return taken
  }
}
