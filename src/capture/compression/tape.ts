import type { OctetStream } from '../octet-stream.ts'

/** Octets kept at most; a file of test traffic that came through a pipe fits. */
const MAX_TAPE = 4 * 1024 * 1024

/** A stream that cannot be opened twice, whose first octets are kept so that they can be read again. */
export class Tape implements OctetStream {
  readonly #input: OctetStream
  #chunks: Uint8Array[] | undefined = []
  #length = 0

  constructor(input: OctetStream) {
    this.#input = input
  }

  get size(): number | null {
    return this.#input.size
  }

  get bytesRead(): number {
    return this.#input.bytesRead
  }

  /** All octets read so far, from the start; `undefined` where they were too many to be kept. */
  replay(): OctetStream | undefined {
    if (this.#chunks === undefined) return undefined
    const chunks = this.#chunks.values()
    return {
      size: this.#length,
      bytesRead: 0,
      read: async () => chunks.next().value,
      close: async () => undefined,
    }
  }

  /** Keeps nothing any more. */
  stop(): void {
    this.#chunks = undefined
  }

  async read(): Promise<Uint8Array | undefined> {
    const chunk = await this.#input.read()
    if (chunk === undefined) return undefined
    this.#length += chunk.length
    if (this.#length > MAX_TAPE) this.stop()
    // Chunks are lent until the next one is asked for.
    this.#chunks?.push(chunk.slice())
    return chunk
  }

  close(): Promise<void> {
    this.stop()
    return this.#input.close()
  }
}
