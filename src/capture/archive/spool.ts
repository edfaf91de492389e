import { randomBytes } from 'node:crypto'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileStream } from '../file-stream.ts'
import { DamagedStream, type OctetStream, StreamOver } from '../octet-stream.ts'

/**
 * Octets set aside on disk, for what can only be read once and is needed again. The file has no name any more: it is gone
 * when the last user has closed it, or the process ends.
 */
export class SpooledFile {
  readonly handle: FileHandle
  readonly size: number
  readonly #failure: DamagedStream | undefined
  #users = 1

  /** @param failure - Why it holds no more of what was copied. */
  constructor(handle: FileHandle, size: number, failure?: DamagedStream) {
    this.handle = handle
    this.size = size
    this.#failure = failure
  }

  /**
   * Copies a stream to its end, or to where it is damaged: streams of the copy then end in the same way.
   *
   * @param budget - Throws when more is spooled than may be; told of every chunk.
   */
  static async of(stream: OctetStream, budget: (octets: number) => void): Promise<SpooledFile> {
    const path = join(tmpdir(), `masqcheck-${process.pid}-${randomBytes(8).toString('hex')}`)
    const handle = await open(path, 'wx+', 0o600)
    try {
      // Open files cannot be unlinked everywhere; where they can, no crash leaves one behind.
      await unlink(path)
      const { size, failure } = await copy(stream, handle, budget)
      return new SpooledFile(handle, size, failure)
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /** A stream of all octets. */
  open(): OctetStream {
    const stream = new FileStream(this.handle, this.size, { length: this.size, keepOpen: true })
    return this.#failure === undefined ? stream : new FailingStream(stream, this.#failure)
  }

  /** Adds a user. */
  retain(): void {
    this.#users++
  }

  /** Ends one use; the last one frees the disk. */
  async release(): Promise<void> {
    this.#users--
    if (this.#users === 0) await this.handle.close()
  }
}

/** @returns Octets copied, at least one, and what kept it from copying more. */
async function copy(
  stream: OctetStream,
  handle: FileHandle,
  budget: (octets: number) => void,
): Promise<{ readonly size: number; readonly failure?: DamagedStream }> {
  let size = 0
  try {
    for (let chunk = await stream.read(); chunk !== undefined; chunk = await stream.read()) {
      budget(chunk.length)
      await handle.writeFile(chunk)
      size += chunk.length
    }
  } catch (error) {
    if (!(error instanceof DamagedStream) || size === 0) throw error
    return { size, failure: error }
  }
  return { size }
}

/** A stream with damage at its end. */
class FailingStream extends StreamOver {
  readonly #failure: DamagedStream

  constructor(stream: OctetStream, failure: DamagedStream) {
    super(stream)
    this.#failure = failure
  }

  override async read(): Promise<Uint8Array | undefined> {
    const chunk = await this.inner.read()
    if (chunk === undefined) throw this.#failure
    return chunk
  }
}
