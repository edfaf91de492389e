import { DamagedStream, type OctetStream } from './octet-stream.ts'

/** What is needed of a stream of Node's, or of one that is like it. */
export interface ByteInput extends AsyncIterable<unknown> {
  destroy(): unknown
}

/** Reads standard input, or any stream of octets that cannot be opened twice. */
export class InputStream implements OctetStream {
  readonly size: number | null
  bytesRead = 0
  readonly #input: ByteInput
  readonly #chunks: AsyncIterator<unknown>

  /** @param size - In octets, where it is known beforehand. */
  constructor(input: ByteInput, size: number | null = null) {
    this.size = size
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
