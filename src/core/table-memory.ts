import type { SharedMemory } from './shared-memory.ts'

/** The arrays of one table, which compiled code finds by its roots. */
export class TableMemory {
  readonly #memory: SharedMemory | null
  readonly #taken: Set<Int32Array> = new Set()
  #roots: Int32Array | null

  /**
   * @param memory - Of the run; arrays stand alone without.
   * @param rootWords - Words of {@link roots}.
   */
  constructor(memory: SharedMemory | null = null, rootWords = 0) {
    this.#memory = memory
    this.#roots = memory?.take(rootWords) ?? null
    if (this.#roots !== null) this.#taken.add(this.#roots)
  }

  /** Where the arrays are, as addresses in octets; `null` where not all of them are in the shared memory. */
  get roots(): Int32Array | null {
    return this.#roots
  }

  /** An array of zeros. */
  array(length: number): Int32Array {
    const array = this.#roots === null ? null : (this.#memory?.take(length) ?? null)
    if (array === null) {
      this.#roots = null
      return new Int32Array(length)
    }
    this.#taken.add(array)
    return array
  }

  /** Gives back an array that a larger one has replaced. */
  free(array: Int32Array): void {
    if (this.#taken.delete(array)) this.#memory?.give(array)
  }

  /** Notes where an array is, or another number that compiled code needs. */
  setRoot(word: number, value: number): void {
    if (this.#roots !== null) this.#roots[word] = value
  }

  /** Gives all arrays back: the table has ended. */
  dispose(): void {
    for (const array of this.#taken) this.#memory?.give(array)
    this.#taken.clear()
  }
}
