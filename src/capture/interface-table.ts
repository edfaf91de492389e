import type { CaptureInterface } from './record.ts'

/**
 * Interfaces of a capture, numbered over all its sections and files.
 *
 * Sections of a pcapng file and files of a rotated set describe the same devices again and again. The n-th interface of a
 * section with some description is taken for the n-th one with that description in the sections before, so that a flow
 * which goes on in the next file is still seen on the same interface.
 */
export class InterfaceTable {
  readonly list: CaptureInterface[] = []
  readonly #known = new Map<string, number[]>()
  #met = new Map<string, number>()

  /** Says that a section or a file begins. */
  beginSection(): void {
    this.#met = new Map()
  }

  /** @returns Index of the interface in {@link list}. */
  add(described: CaptureInterface): number {
    const key = JSON.stringify([described.name, described.description, described.linkType, described.filter])
    const ordinal = this.#met.get(key) ?? 0
    this.#met.set(key, ordinal + 1)
    const known = this.#known.get(key) ?? []
    const index = known[ordinal]
    if (index !== undefined) return index
    this.#known.set(key, [...known, this.list.length])
    return this.list.push(described) - 1
  }
}
