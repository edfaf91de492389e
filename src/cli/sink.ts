import { createWriteStream, lstatSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Writable } from 'node:stream'
import { isAscii } from '../core/ascii.ts'
import { MasqcheckError } from '../core/errors.ts'

/** Somewhere text goes. */
export interface Sink {
  /** Waits while the reader is slower than we are. Returns false when nobody reads any more; then further text is lost. */
  write(text: string): Promise<boolean>
  /** Makes what was written final. @throws {MasqcheckError} `OUTPUT_FAILED` */
  close(): Promise<void>
  /** Drops what was written, as far as it is not out of the house yet. Never throws. */
  abandon(): Promise<void>
}

/** Pieces are joined up to this many characters before they are written. */
export const BATCH: number = 1 << 16

/** A standard stream. A reader that goes away (`masqcheck … | head`) ends the writing quietly. */
export class StreamSink implements Sink {
  readonly #stream: Writable
  #pending = ''
  #closed = false

  constructor(stream: Writable) {
    this.#stream = stream
    stream.on('error', this.#onError)
    stream.on('close', this.#onClose)
  }

  readonly #onClose = (): void => {
    this.#closed = true
  }

  readonly #onError = (error: NodeJS.ErrnoException): void => {
    this.#closed = true
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') this.#failure = error
  }

  #failure: Error | null = null

  async write(text: string): Promise<boolean> {
    this.#pending += text
    if (this.#pending.length >= BATCH) await this.#flush()
    return !this.#closed
  }

  async close(): Promise<void> {
    await this.#flush()
    this.#stream.off('close', this.#onClose)
    if (this.#failure !== null) throw writeFailed('standard output', this.#failure)
  }

  async abandon(): Promise<void> {
    this.#pending = ''
  }

  async #flush(): Promise<void> {
    const text = this.#pending
    this.#pending = ''
    if (this.#closed || text === '') return
    // The callback comes when the text has left, also with an error; `drain` would never come from a closed pipe.
    await new Promise<void>((resolve) => this.#stream.write(octets(text), () => resolve()))
  }
}

/** A file that appears under its name whole or not at all: written beside it and renamed at the end. */
export class FileSink implements Sink {
  readonly #file: string
  readonly #temporary: string
  readonly #stream: Writable
  #failure: Error | null = null

  constructor(file: string) {
    this.#file = file
    // A device or a pipe (/dev/stdout, >(…)) cannot be replaced by a file.
    this.#temporary = isSpecial(file) ? file : join(dirname(file), `.${basename(file)}.${process.pid}.tmp`)
    this.#stream = createWriteStream(this.#temporary)
    this.#stream.on('error', (error) => {
      this.#failure ??= error
    })
  }

  async write(text: string): Promise<boolean> {
    if (this.#failure !== null) throw writeFailed(this.#file, this.#failure)
    if (!this.#stream.write(octets(text))) await this.#drained()
    return true
  }

  // A stream that failed closes and never drains.
  async #drained(): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#stream.off('drain', done)
        this.#stream.off('close', done)
        resolve()
      }
      this.#stream.on('drain', done)
      this.#stream.on('close', done)
    })
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#stream.once('close', resolve)
      this.#stream.end()
      if (this.#stream.destroyed && this.#stream.closed) resolve()
    })
    if (this.#failure !== null) throw writeFailed(this.#file, this.#failure)
    if (this.#temporary === this.#file) return
    try {
      await rename(this.#temporary, this.#file)
    } catch (error) {
      await this.abandon()
      throw writeFailed(this.#file, error as Error)
    }
  }

  async abandon(): Promise<void> {
    this.#stream.destroy()
    if (this.#temporary !== this.#file) await rm(this.#temporary, { force: true }).catch(() => undefined)
  }
}

/** Text as UTF-8. What is ASCII, as nearly all output is, is copied and not converted. */
function octets(text: string): Buffer {
  return Buffer.from(text, isAscii(text) ? 'latin1' : 'utf8')
}

function isSpecial(file: string): boolean {
  const stats = lstatSync(file, { throwIfNoEntry: false })
  return stats !== undefined && !stats.isFile() && !stats.isDirectory()
}

/** The error for a file or folder that the system does not let us write. */
export function writeFailed(file: string, cause: NodeJS.ErrnoException): MasqcheckError {
  const why: Readonly<Record<string, string>> = {
    ENOENT: 'the folder does not exist',
    EACCES: 'permission denied',
    EROFS: 'the file system is read-only',
    ENOSPC: 'no space is left',
    EISDIR: 'it is a folder',
    EEXIST: 'a file of that name is there',
    ENOTDIR: 'a part of the path is no folder',
  }
  return new MasqcheckError('OUTPUT_FAILED', `${file}: cannot be written: ${why[cause.code ?? ''] ?? cause.message}`, {
    cause,
  })
}
