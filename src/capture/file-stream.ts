import { readSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { setImmediate as turn } from 'node:timers/promises'
import { DamagedStream, type OctetStream } from './octet-stream.ts'
import type { FileReader } from './read-ahead.ts'

/** Octets read at once: what is read stays in the cache of the core that decodes it (0.14 s a gigabyte; a MiB at once 0.22 s). */
const READ_LENGTH = 128 * 1024
/** Reads between two turns of the event loop, where signals, timers and output have their say. */
const READS_A_TURN = 16
/** Octets left for which a second thread is worth its start. */
const READ_AHEAD_FROM = 64 * 1024 * 1024

/**
 * Reads a file, or a part of it, into one buffer. Reads without waiting: a thread of the pool would fetch the octets into the cache of another
 * core, and hand-overs cost more than the reading (0.14 against 0.3 s a gigabyte). What pays is a thread that does more than reading:
 * see {@link readAhead}.
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
  #ahead: FileReader | undefined
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
    const ahead = await this.#ahead?.next()
    if (this.#closed) return undefined
    const chunk = ahead ?? this.#readNow()
    if (chunk.length === 0) return undefined
    this.#position += chunk.length
    this.bytesRead += chunk.length
    return chunk
  }

  readInto(buffer: Uint8Array): void {
    this.#buffer = buffer
  }

  readAhead(by: FileReader, record: number): void {
    const isLong = this.#end === Number.POSITIVE_INFINITY && this.size - this.bytesRead >= READ_AHEAD_FROM
    if (this.#ahead !== undefined || !isLong) return
    if (by.begin(this.#handle.fd, this.#position, record)) this.#ahead = by
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#ahead?.stop()
    if (this.#ownsHandle) await this.#handle.close()
  }

  #readNow(): Uint8Array {
    this.#buffer ??= new Uint8Array(Math.min(READ_LENGTH, Math.max(this.size, 1)))
    const wanted = Math.min(this.#buffer.length, this.#end - this.#position)
    try {
      return this.#buffer.subarray(0, readSync(this.#handle.fd, this.#buffer, 0, wanted, this.#position))
    } catch (error) {
      throw new DamagedStream(error instanceof Error ? error.message : String(error), false, { cause: error })
    }
  }
}
