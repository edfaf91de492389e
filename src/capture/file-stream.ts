import { type FileHandle, open } from 'node:fs/promises'
import { CHUNK_LENGTH } from './limits.ts'
import { DamagedStream, type OctetStream } from './octet-stream.ts'

/**
 * Reads a file, or a part of it, through two buffers: while one is worked on, the other is filled.
 */
export class FileStream implements OctetStream {
  readonly size: number
  bytesRead = 0
  readonly #handle: FileHandle
  readonly #end: number
  readonly #ownsHandle: boolean
  #position: number
  #buffers: [Uint8Array, Uint8Array] | undefined
  #pending: Promise<{ bytesRead: number; buffer: Uint8Array }> | undefined
  #closed = false

  /**
   * @param options.start - First octet, default 0.
   * @param options.length - Octets to read, default to the end of the file as it is when opened.
   * @param options.keepOpen - Leave the handle open on {@link close}: it is shared.
   */
  constructor(handle: FileHandle, size: number, options: { start?: number; length?: number; keepOpen?: boolean } = {}) {
    this.#handle = handle
    this.#position = options.start ?? 0
    this.size = options.length ?? size - this.#position
    this.#end = options.length === undefined ? Number.POSITIVE_INFINITY : this.#position + options.length
    this.#ownsHandle = options.keepOpen !== true
  }

  /** @throws The error of the system when there is no such file, or it may not be read. */
  static async open(path: string): Promise<FileStream> {
    const handle = await open(path)
    try {
      return new FileStream(handle, (await handle.stat()).size)
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /** The last octets of a file. */
  static async openTail(path: string, length: number): Promise<FileStream> {
    const handle = await open(path)
    try {
      const { size } = await handle.stat()
      return new FileStream(handle, size, { start: Math.max(0, size - length) })
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  async read(): Promise<Uint8Array | undefined> {
    if (this.#closed) return undefined
    const { bytesRead, buffer } = await this.#settled(this.#pending ?? this.#start())
    this.#pending = undefined
    if (bytesRead === 0) return undefined
    this.#position += bytesRead
    this.bytesRead += bytesRead
    this.#pending = this.#start()
    return buffer.subarray(0, bytesRead)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#pending?.catch(() => undefined)
    if (this.#ownsHandle) await this.#handle.close()
  }

  /** Begins to fill the buffer that is not in the reader's hands. */
  #start(): Promise<{ bytesRead: number; buffer: Uint8Array }> {
    const length = Math.min(CHUNK_LENGTH, this.#end - this.#position)
    const wanted = Math.min(CHUNK_LENGTH, Math.max(this.size, 1))
    this.#buffers ??= [new Uint8Array(wanted), new Uint8Array(wanted)]
    this.#buffers.reverse()
    const pending = this.#handle.read(this.#buffers[0], 0, Math.min(length, wanted), this.#position)
    // Whoever reads next sees the error; without this, an error nobody waits for yet would end the process.
    pending.catch(() => undefined)
    return pending
  }

  async #settled<T>(pending: Promise<T>): Promise<T> {
    try {
      return await pending
    } catch (error) {
      throw new DamagedStream(error instanceof Error ? error.message : String(error), false, { cause: error })
    }
  }
}
