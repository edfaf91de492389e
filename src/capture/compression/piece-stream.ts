import { DamagedStream, type OctetStream, StreamOver } from '../octet-stream.ts'
import { damageOf } from './damage.ts'

/** The pieces that a decoder makes of an octet stream; any error of the decoder is damage of the stream. */
export class PieceStream extends StreamOver {
  readonly #pieces: AsyncGenerator<Uint8Array, void>
  readonly #name: string

  /**
   * @param pieces - Pulls from `input`.
   * @param name - Of the compression, for messages.
   */
  constructor(input: OctetStream, pieces: AsyncGenerator<Uint8Array, void>, name: string) {
    super(input)
    this.#pieces = pieces
    this.#name = name
  }

  override async read(): Promise<Uint8Array | undefined> {
    try {
      const next = await this.#pieces.next()
      return next.done === true ? undefined : next.value
    } catch (error) {
      throw error instanceof DamagedStream ? error : damageOf(error, this.#name)
    }
  }

  override async close(): Promise<void> {
    await this.inner.close()
    await this.#pieces.return()
  }
}
