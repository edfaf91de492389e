import { readSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { setImmediate as turn } from 'node:timers/promises'
import { DamagedStream, type OctetStream } from './octet-stream.ts'

/** Octets read at once: what is read stays in the cache of the core that decodes it (0.14 s a gigabyte; a MiB at once 0.22 s). */
const READ_LENGTH = 128 * 1024
/** Reads between two turns of the event loop, where signals, timers and output have their say. */
const READS_A_TURN = 16

/**
 * Reads a file, or a part of it, into one buffer. Reads without waiting: a thread of the pool would fetch the octets into the cache of another
 * core, and hand-overs cost more than the reading (0.14 against 0.3 s a gigabyte).
 */
export class FileStream implements OctetStream {
  readonly size: number
  bytesRead = 0
  readonly #handle: FileHandle
  readonly #end: number
  readonly #ownsHandle: boolean
  #position: number
  #buffer: Uint8Array | undefined
  #reads = 0
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
    if (++this.#reads % READS_A_TURN === 0) await turn()
    if (this.#closed) return undefined
    this.#buffer ??= new Uint8Array(Math.min(READ_LENGTH, Math.max(this.size, 1)))
    const wanted = Math.min(this.#buffer.length, this.#end - this.#position)
    const length = this.#fill(this.#buffer, wanted)
    if (length === 0) return undefined
    this.#position += length
    this.bytesRead += length
    return this.#buffer.subarray(0, length)
  }

  readInto(buffer: Uint8Array): void {
    this.#buffer = buffer
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    if (this.#ownsHandle) await this.#handle.close()
  }

  #fill(buffer: Uint8Array, length: number): number {
    try {
      return readSync(this.#handle.fd, buffer, 0, length, this.#position)
    } catch (error) {
      throw new DamagedStream(error instanceof Error ? error.message : String(error), false, { cause: error })
    }
  }
}
