import { type OctetStream, StreamOver } from '../octet-stream.ts'

/** Octets kept at most; a file of test traffic that came through a pipe fits. */
const MAX_TAPE = 4 * 1024 * 1024

/** A stream that cannot be opened twice, whose first octets are kept so that they can be read again. */
export class Tape extends StreamOver {
  #chunks: Uint8Array[] | undefined = []
  #length = 0

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

  override async read(): Promise<Uint8Array | undefined> {
    const chunk = await this.inner.read()
    if (chunk === undefined) return undefined
    this.#length += chunk.length
    if (this.#length > MAX_TAPE) this.stop()
    // Chunks are lent until the next one is asked for.
    this.#chunks?.push(chunk.slice())
    return chunk
  }

  override close(): Promise<void> {
    this.stop()
    return this.inner.close()
  }
}
