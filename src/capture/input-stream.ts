import type { Readable } from 'node:stream'
import { DamagedStream, type OctetStream } from './octet-stream.ts'

/** Reads standard input, or any stream of octets that cannot be opened twice. */
export class InputStream implements OctetStream {
  readonly size = null
  bytesRead = 0
  readonly #input: Readable
  readonly #chunks: AsyncIterator<unknown>

  constructor(input: Readable) {
    this.#input = input
    this.#chunks = input[Symbol.asyncIterator]()
  }

  async read(): Promise<Uint8Array | undefined> {
    let next: IteratorResult<unknown>
    try {
      next = await this.#chunks.next()
    } catch (error) {
      throw new DamagedStream(error instanceof Error ? error.message : String(error), false, { cause: error })
    }
    if (next.done === true) return undefined
    const chunk = octetsOf(next.value)
    this.bytesRead += chunk.length
    return chunk
  }

  async close(): Promise<void> {
    this.#input.destroy()
  }
}

/** A stream with an encoding set hands over strings. */
function octetsOf(chunk: unknown): Uint8Array {
  return chunk instanceof Uint8Array ? chunk : new TextEncoder().encode(String(chunk))
}
