import { type ExpansionLimits, limitError } from '../expansion.ts'

/** Counts what an archive, with all archives in it, comes to. */
export class ArchiveBudget {
  readonly limits: ExpansionLimits
  readonly #archive: string
  #entries = 0
  #spooled = 0

  constructor(archive: string, limits: ExpansionLimits) {
    this.#archive = archive
    this.limits = limits
  }

  /** @throws {CaptureError} `CAPTURE_LIMIT` for one file too many. */
  addEntry(): void {
    this.#entries++
    const { maxEntries } = this.limits
    if (this.#entries > maxEntries) throw limitError(this.#archive, `Holds more than ${maxEntries} files`)
  }

  /** @throws {CaptureError} `CAPTURE_LIMIT` when more would be set aside on disk than may be. */
  addSpooled(octets: number): void {
    this.#spooled += octets
    const { maxSpool } = this.limits
    if (this.#spooled > maxSpool) throw limitError(this.#archive, `Unpacks to more than ${maxSpool} octets`)
  }

  /** @throws {CaptureError} `CAPTURE_LIMIT` for an archive in too many others. */
  checkDepth(depth: number): void {
    const { maxDepth } = this.limits
    if (depth > maxDepth) throw limitError(this.#archive, `Holds archives nested more than ${maxDepth} deep`)
  }
}
