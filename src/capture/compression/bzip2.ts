import { Buffer } from 'node:buffer'
import bitIterator from 'unbzip2-stream/lib/bit_iterator.js'
import bzip2 from 'unbzip2-stream/lib/bzip2.js'
import { DamagedStream, type OctetStream } from '../octet-stream.ts'
import { PieceStream } from './piece-stream.ts'

/** No block is longer compressed: 900,000 symbols of at most 20 bits, and its tables. */
const MAX_BLOCK = 2_500_000
const MAX_LEVEL = 9
const OCTETS_PER_LEVEL = 100_000
const FIRST_OUTPUT = 1024 * 1024

/**
 * Undoes bzip2, of any number of streams, block by block. The stream interface of the package would hold all that a small
 * hostile file expands to; its block decoder holds one block.
 */
export function bunzip2(input: OctetStream): OctetStream {
  return new PieceStream(input, blocks(input), 'bzip2')
}

async function* blocks(input: OctetStream): AsyncGenerator<Uint8Array, void> {
  const queue: Buffer[] = []
  let received = 0
  let ended = false
  const receive = async (): Promise<void> => {
    const chunk = await input.read()
    if (chunk === undefined) ended = true
    else {
      queue.push(Buffer.from(chunk))
      received += chunk.length
    }
  }
  await receive()
  const bits = bitIterator(() => {
    const next = queue.shift()
    if (next === undefined) throw new DamagedStream('the bzip2 data ends early', true)
    return next
  })
  const symbols = new Int32Array(MAX_LEVEL * OCTETS_PER_LEVEL)
  const output = new GrowingOctets()
  let level = 0
  let crc: number | null = 0
  for (;;) {
    while (!ended && received - bits.bytesRead < MAX_BLOCK) await receive()
    if (level === 0) {
      if (received <= bits.bytesRead) return
      level = bzip2.header(bits)
      crc = 0
    }
    output.length = 0
    crc = bzip2.decompress(bits, output.append, symbols, level * OCTETS_PER_LEVEL, crc ?? 0)
    if (crc === null) level = 0
    else yield output.octets
  }
}

/** Takes single octets, as the block decoder hands them over. */
class GrowingOctets {
  length = 0
  #octets: Uint8Array = new Uint8Array(FIRST_OUTPUT)

  get octets(): Uint8Array {
    return this.#octets.subarray(0, this.length)
  }

  readonly append = (octet: number): void => {
    if (this.length === this.#octets.length) {
      const grown = new Uint8Array(2 * this.length)
      grown.set(this.#octets)
      this.#octets = grown
    }
    this.#octets[this.length++] = octet
  }
}
