import { DamagedStream, type OctetStream, StreamOver } from '../octet-stream.ts'

/**
 * Opens compressed octets once more, from the first; `undefined` where they cannot be had again. The caller closes what
 * it gets.
 */
export type Reopen = () => Promise<OctetStream | undefined>

/** Makes a decompressor of a stream of compressed octets. */
export type Decoder = (input: OctetStream) => OctetStream | Promise<OctetStream>

/**
 * Octets handed to the decompressor at once around the damage, attempt by attempt: with single ones it has given out all
 * that it made before it notices.
 */
const PIECES = [512, 1] as const

/**
 * A decompressed stream that is read right up to where it is damaged.
 *
 * Decompressors throw away what they have made of the chunk in which they notice damage; of a small file that is all. So
 * the octets are then decompressed again, those around the damage in small pieces. That happens once a file, if at all,
 * and costs nothing until then.
 */
export class RecoveringStream extends StreamOver {
  readonly #decoder: Decoder
  readonly #reopen: Reopen
  #fed: PiecewiseStream
  #plain: OctetStream | undefined
  #delivered = 0
  #attempts = 0
  #closed = false

  /**
   * @param input - Compressed; closed with this stream.
   * @param decoder - Called for every attempt.
   * @param reopen - Gives the octets of `input` again.
   */
  constructor(input: OctetStream, decoder: Decoder, reopen: Reopen) {
    super(input)
    this.#decoder = decoder
    this.#reopen = reopen
    this.#fed = new PiecewiseStream(input)
  }

  override async read(): Promise<Uint8Array | undefined> {
    for (;;) {
      if (this.#closed) return undefined
      try {
        this.#plain ??= await this.#decoder(this.#fed)
        const chunk = await this.#plain.read()
        this.#delivered += chunk?.length ?? 0
        return chunk
      } catch (error) {
        if (!(error instanceof DamagedStream) || !this.#isWorthARetry(error) || !(await this.#retry())) throw error
      }
    }
  }

  override async close(): Promise<void> {
    this.#closed = true
    await this.#plain?.close()
    await this.inner.close()
  }

  // Of what merely ends early, or cannot be read at all, everything was handed over.
  #isWorthARetry(error: DamagedStream): boolean {
    return !error.truncated && !this.#fed.failed && !this.#closed
  }

  /** Reads anew up to what was handed over already. @returns False where that is not possible, or was done enough. */
  async #retry(): Promise<boolean> {
    const length = PIECES[this.#attempts++]
    const again = length === undefined ? undefined : await this.#reopen()
    if (again === undefined || length === undefined) return false
    await this.#closeAttempt()
    const fed = new PiecewiseStream(again, { from: this.#fed.lastStart, length })
    const plain = await this.#decoder(fed)
    this.#fed = fed
    this.#plain = plain
    let repeated = 0
    while (repeated < this.#delivered) {
      const chunk = await plain.read()
      if (chunk === undefined) return false
      repeated += chunk.length
      if (repeated > this.#delivered) this.#plain = withFirst(chunk.slice(this.#delivered - repeated), plain)
    }
    return true
  }

  async #closeAttempt(): Promise<void> {
    // The first attempt reads the input itself, whose counters are still wanted.
    if (this.#attempts > 1) await this.#plain?.close()
  }
}

function withFirst(chunk: Uint8Array, rest: OctetStream): OctetStream {
  let first: Uint8Array | undefined = chunk
  return {
    size: null,
    bytesRead: 0,
    async read() {
      const next = first ?? (await rest.read())
      first = undefined
      return next
    },
    close: () => rest.close(),
  }
}

/** Hands octets on as they come; from one place on in pieces. */
class PiecewiseStream extends StreamOver {
  /** Octets in front of the piece that was handed over last. */
  lastStart = 0
  /** True when the input itself could not be read further. */
  failed = false
  readonly #from: number
  readonly #length: number
  #position = 0
  #rest: Uint8Array = new Uint8Array(0)

  constructor(
    input: OctetStream,
    pieces: { from: number; length: number } = { from: Number.POSITIVE_INFINITY, length: 1 },
  ) {
    super(input)
    this.#from = pieces.from
    this.#length = pieces.length
  }

  override async read(): Promise<Uint8Array | undefined> {
    if (this.#rest.length === 0) {
      const chunk = await this.#readInput()
      if (chunk === undefined) return undefined
      this.#rest = chunk
    }
    const left = this.#from - this.#position
    const piece = this.#rest.subarray(0, left > 0 ? left : this.#length)
    this.#rest = this.#rest.subarray(piece.length)
    this.lastStart = this.#position
    this.#position += piece.length
    return piece
  }

  async #readInput(): Promise<Uint8Array | undefined> {
    try {
      return await this.inner.read()
    } catch (error) {
      this.failed = true
      throw error
    }
  }
}
