import type { FileReader } from './read-ahead.ts'

/** Octets of a file, of standard input or of what is packed in them, pulled in chunks. */
export interface OctetStream {
  /** Size of the stored file in octets, `null` where it is not known. */
  readonly size: number | null
  /** Octets read from storage so far; of a compressed file, compressed ones. */
  readonly bytesRead: number
  /**
   * @returns The next octets, valid until the next call; `undefined` at the end.
   * @throws {DamagedStream} when what follows cannot be read; everything before it was handed over.
   */
  read(): Promise<Uint8Array | undefined>
  /** Offers a buffer that chunks are best read into. A stream that has its own ignores it. */
  readInto?(buffer: Uint8Array): void
  /**
   * Offers a thread that may do the reading from here on. A stream that is no long file ignores it; it may be offered again.
   *
   * @param record - Octets from the beginning to the start of a record, not long before those that come next.
   */
  readAhead?(by: FileReader, record: number): void
  /** Releases what is held; safe to call twice. */
  close(): Promise<void>
}

/** The octets from here on cannot be had: a cut or corrupt compressed file, or an error of the machine. */
export class DamagedStream extends Error {
  override readonly name = 'DamagedStream'
  /** True when the input merely ends early. */
  readonly truncated: boolean

  constructor(message: string, truncated: boolean, options?: ErrorOptions) {
    super(message, options)
    this.truncated = truncated
  }
}

/** A stream over another one, which it closes and whose counters it shows: reading is what it does in its own way. */
export abstract class StreamOver implements OctetStream {
  protected readonly inner: OctetStream

  constructor(inner: OctetStream) {
    this.inner = inner
  }

  get size(): number | null {
    return this.inner.size
  }

  get bytesRead(): number {
    return this.inner.bytesRead
  }

  abstract read(): Promise<Uint8Array | undefined>

  close(): Promise<void> {
    return this.inner.close()
  }
}

/** A stream whose first octets were looked at and come again. */
export class PeekedStream extends StreamOver {
  #first: Uint8Array = new Uint8Array(0)
  #ended = false
  #failure: DamagedStream | undefined

  /** Damage met while peeking, which {@link read} will throw behind the octets in front of it. */
  get failure(): DamagedStream | undefined {
    return this.#failure
  }

  /**
   * Looks at the first octets until enough of them are seen. Damage behind the octets looked at is thrown by
   * {@link read}, not here.
   *
   * @param decide - Returns `undefined` to see more; not when `complete`.
   */
  async peek<T>(decide: (start: Uint8Array, complete: boolean) => T | undefined): Promise<T | undefined> {
    for (;;) {
      const decided = decide(this.#first, this.#ended)
      if (decided !== undefined || this.#ended) return decided
      // A chunk is valid until the next one is asked for.
      const seen = this.#first.slice()
      const chunk = await this.#readMore()
      if (chunk === undefined) this.#ended = true
      this.#first = join(seen, chunk)
    }
  }

  async #readMore(): Promise<Uint8Array | undefined> {
    try {
      return await this.inner.read()
    } catch (error) {
      if (!(error instanceof DamagedStream)) throw error
      this.#failure = error
      return undefined
    }
  }

  readInto(buffer: Uint8Array): void {
    this.inner.readInto?.(buffer)
  }

  readAhead(by: FileReader, record: number): void {
    if (this.#first.length === 0) this.inner.readAhead?.(by, record)
  }

  override async read(): Promise<Uint8Array | undefined> {
    if (this.#first.length > 0) {
      const first = this.#first
      this.#first = new Uint8Array(0)
      return first
    }
    if (this.#failure !== undefined) throw this.#failure
    return this.#ended ? undefined : this.inner.read()
  }
}

function join(first: Uint8Array, second: Uint8Array | undefined): Uint8Array {
  if (second === undefined) return first
  if (first.length === 0) return second
  const joined = new Uint8Array(first.length + second.length)
  joined.set(first)
  joined.set(second, first.length)
  return joined
}
