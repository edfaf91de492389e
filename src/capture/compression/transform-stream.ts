import type { Duplex } from 'node:stream'
import { CHUNK_LENGTH } from '../limits.ts'
import { type OctetStream, StreamOver } from '../octet-stream.ts'
import { damageOf } from './damage.ts'

/**
 * For the transforms of node:zlib. Large chunks make three times the speed of the default; with a high-water mark of one
 * octet they stop as soon as a chunk waits to be read.
 */
export const DECODER_OPTIONS: { readonly chunkSize: number; readonly readableHighWaterMark: number } = {
  chunkSize: CHUNK_LENGTH,
  readableHighWaterMark: 1,
}

/** Chunks that may wait to be read before the transform is paused. */
const MAX_QUEUE = 2

/**
 * What a Node transform makes of an octet stream, pulled. One chunk is written at a time, and all that comes of it is taken
 * before an error of the transform is thrown, so that nothing in front of the damage is lost.
 */
export class TransformStream extends StreamOver {
  readonly #transform: Duplex
  readonly #name: string
  readonly #queue: Uint8Array[] = []
  #writing = false
  #inputFailure: unknown
  #failure: Error | undefined
  #ended = false
  #wake: (() => void) | undefined

  /**
   * @param transform - Emits `data`, and an `error` for what it cannot read.
   * @param name - Of the compression, for messages.
   */
  constructor(input: OctetStream, transform: Duplex, name: string) {
    super(input)
    this.#transform = transform
    this.#name = name
    transform.on('data', (chunk: Uint8Array) => this.#take(chunk))
    transform.on('error', (error: Error) => {
      this.#failure ??= error
      this.#wakeUp()
    })
    const end = (): void => {
      this.#ended = true
      this.#wakeUp()
    }
    transform.on('end', end)
    transform.on('close', end)
  }

  override async read(): Promise<Uint8Array | undefined> {
    for (;;) {
      const chunk = this.#queue.shift()
      if (chunk !== undefined) {
        if (this.#queue.length === 0) this.#transform.resume()
        return chunk
      }
      if (this.#failure !== undefined) throw damageOf(this.#failure, this.#name)
      if (this.#ended) {
        if (this.#inputFailure !== undefined) throw this.#inputFailure
        return undefined
      }
      if (this.#writing) await this.#event()
      else await this.#feed()
    }
  }

  override async close(): Promise<void> {
    this.#transform.destroy()
    await this.inner.close()
  }

  async #feed(): Promise<void> {
    const chunk = await this.#nextInput()
    this.#writing = true
    if (chunk === undefined) {
      this.#transform.end()
      return
    }
    this.#transform.write(chunk, () => {
      this.#writing = false
      this.#wakeUp()
    })
  }

  /** Where the input itself is damaged, what came before it is still worth decompressing. */
  async #nextInput(): Promise<Uint8Array | undefined> {
    try {
      return await this.inner.read()
    } catch (error) {
      this.#inputFailure = error
      return undefined
    }
  }

  #take(chunk: Uint8Array): void {
    this.#queue.push(chunk)
    if (this.#queue.length >= MAX_QUEUE) this.#transform.pause()
    this.#wakeUp()
  }

  #event(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  #wakeUp(): void {
    this.#wake?.()
    this.#wake = undefined
  }
}
