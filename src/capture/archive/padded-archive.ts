import { DamagedStream, type OctetStream } from '../octet-stream.ts'

const CHUNK_LENGTH = 64 * 1024
/** More than all buffers on the way hold. */
const MAX_CHUNKS = 32

/**
 * The octets of a damaged archive with zeros behind them.
 *
 * The archive reader throws away what it holds of a file when the archive ends within it. With zeros behind, it hands all
 * over, and whoever takes a file out stops at {@link end}.
 */
export class PaddedArchive {
  /** What ended the archive early, once it has. */
  failure: DamagedStream | undefined
  /** Octets of the archive, until it failed infinitely many. */
  end: number = Number.POSITIVE_INFINITY
  readonly #stream: OctetStream

  constructor(stream: OctetStream) {
    this.#stream = stream
  }

  async *chunks(): AsyncGenerator<Uint8Array, void> {
    let length = 0
    try {
      for (let chunk = await this.#stream.read(); chunk !== undefined; chunk = await this.#stream.read()) {
        length += chunk.length
        // Copied: the archive reader keeps chunks longer than the stream lends them.
        yield chunk.slice()
      }
    } catch (error) {
      if (!(error instanceof DamagedStream)) throw error
      this.failure = error
      this.end = length
    }
    if (this.failure !== undefined) for (let i = 0; i < MAX_CHUNKS; i++) yield new Uint8Array(CHUNK_LENGTH)
  }

  /**
   * A file of the archive as far as the archive goes.
   *
   * @param entry - As the archive reader hands it over.
   * @param start - Octets of the archive in front of it.
   */
  file(entry: OctetStream, start: number): OctetStream {
    let position = start
    return {
      size: entry.size,
      bytesRead: 0,
      read: async () => {
        const chunk = await entry.read()
        const sound = chunk?.subarray(0, Math.max(0, this.end - position))
        if (this.failure !== undefined && (sound === undefined || sound.length === 0)) throw this.failure
        position += sound?.length ?? 0
        return sound
      },
      close: () => entry.close(),
    }
  }
}
