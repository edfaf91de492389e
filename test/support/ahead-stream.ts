import { randomUUID } from 'node:crypto'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OctetStream } from '../../src/capture/octet-stream.ts'
import type { ReadAhead } from '../../src/capture/read-ahead.ts'

/** Octets as an open file that has no name any more. */
export async function openFileOf(octets: Uint8Array): Promise<FileHandle> {
  const path = join(tmpdir(), `masqcheck-test-${randomUUID()}`)
  const handle = await open(path, 'wx+')
  await unlink(path)
  await handle.writeFile(octets)
  return handle
}

/** Milliseconds that a busy machine may take to start a thread. */
export const LONG_PATIENCE = 20_000

/** Begins reading a file ahead as soon as the thread is there. @returns False where it does not come to that within `patience` ms. */
export async function beginAhead(
  by: ReadAhead,
  fd: number,
  position: number,
  record: number,
  patience: number = LONG_PATIENCE,
): Promise<boolean> {
  for (const until = performance.now() + patience; performance.now() < until; await sleep(2)) {
    if (by.begin(fd, position, record)) return true
  }
  return false
}

/** Octets of a file whose beginning comes in short chunks, and of which a thread reads the rest ahead as soon as it is offered. */
export class AheadStream implements OctetStream {
  readonly size: number
  bytesRead = 0
  readonly #octets: Uint8Array
  readonly #longest: number
  readonly #patience: number
  #handle: FileHandle | undefined
  #record = 0
  #offered: ReadAhead | undefined
  #ahead: ReadAhead | undefined
  #isOffered = false

  /** @param patience - Milliseconds; of an odd capture it may never be known what its records are like, and nothing be read ahead. */
  constructor(octets: Uint8Array, longest: number, patience: number) {
    this.size = octets.length
    this.#octets = octets
    this.#longest = longest
    this.#patience = patience
  }

  readAhead(by: ReadAhead, record: number): void {
    this.#offered = by
    this.#record = record
  }

  async read(): Promise<Uint8Array | undefined> {
    if (this.#ahead === undefined) await this.#begin()
    const chunk = (await this.#ahead?.next()) ?? this.#short()
    this.bytesRead += chunk.length
    return chunk.length === 0 ? undefined : chunk
  }

  async close(): Promise<void> {
    await this.#ahead?.stop()
    await this.#handle?.close()
  }

  #short(): Uint8Array {
    return this.#octets.slice(this.bytesRead, this.bytesRead + Math.min(this.#longest, 10_000))
  }

  /** Once some records were read, waits for the thread. */
  async #begin(): Promise<void> {
    const by = this.#offered
    if (by === undefined || this.#isOffered || this.bytesRead < 4000) return
    this.#isOffered = true
    this.#handle = await openFileOf(this.#octets)
    if (await beginAhead(by, this.#handle.fd, this.bytesRead, this.#record, this.#patience)) this.#ahead = by
  }
}
