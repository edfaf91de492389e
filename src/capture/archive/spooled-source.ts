import type { OctetStream } from '../octet-stream.ts'
import type { CaptureSource } from '../source.ts'
import type { SpooledFile } from './spool.ts'

/** A file of an archive that was set aside on disk. */
export class SpooledSource implements CaptureSource {
  readonly name: string
  readonly path: string | null
  readonly size: number
  readonly reopens = true
  readonly #file: SpooledFile
  #closed = false

  constructor(name: string, path: string | null, file: SpooledFile) {
    this.name = name
    this.path = path
    this.size = file.size
    this.#file = file
  }

  async open(): Promise<OctetStream> {
    return this.#file.open()
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#file.release()
  }
}
