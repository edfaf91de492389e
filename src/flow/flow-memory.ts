/** Octets of a WebAssembly page. */
const PAGE = 1 << 16
/** 1 GiB: two million flows, the most a table holds, take less than half of it. */
const MAX_PAGES = 1 << 14
/** Pages to grow by at least; those not written to cost nothing. */
const GROWTH = 256
/** Every array begins a cache line. */
const ALIGNMENT = 64

/**
 * Octets that the flow tables of a run lie in: one WebAssembly memory, so that the fast path reaches them. It is a shared one because
 * that grows in place: arrays over it stay valid, whatever is allocated later.
 */
export class FlowMemory {
  readonly memory: WebAssembly.Memory
  /** First octet never given out. The first lines stay free, so that 0 is nobody's address. */
  #used = ALIGNMENT
  readonly #free: Map<number, Int32Array[]> = new Map()

  private constructor(memory: WebAssembly.Memory) {
    this.memory = memory
  }

  /** @returns `null` where this machine has no WebAssembly, or no address space to spare (`ulimit -v`). */
  static create(): FlowMemory | null {
    try {
      return new FlowMemory(new WebAssembly.Memory({ initial: GROWTH, maximum: MAX_PAGES, shared: true }))
    } catch {
      return null
    }
  }

  /** @returns An array of zeros; its `byteOffset` is its address. @throws {RangeError} when there is no more memory. */
  take(length: number): Int32Array {
    const reused = this.#free.get(length)?.pop()
    if (reused !== undefined) return reused.fill(0)
    const address = this.#used
    const end = address + Math.ceil((length * 4) / ALIGNMENT) * ALIGNMENT
    const missing = Math.ceil((end - this.memory.buffer.byteLength) / PAGE)
    if (missing > 0) this.memory.grow(Math.max(missing, GROWTH))
    this.#used = end
    return new Int32Array(this.memory.buffer, address, length)
  }

  give(array: Int32Array): void {
    const others = this.#free.get(array.length)
    if (others === undefined) this.#free.set(array.length, [array])
    else others.push(array)
  }
}

/** Words of {@link TableMemory.roots}: addresses, in octets. */
export const Root = {
  /** Slots of the flow index. */
  Slots: 0,
  /** Their number less one; no address. */
  SlotMask: 1,
  /** IPv6 addresses. */
  Addresses: 2,
  /** Hot words of the flows, one address a segment from here on. */
  Segments: 3,
} as const

/** A segment holds 2¹³ flows, a table 2²¹. */
const ROOTS: number = Root.Segments + 256

/** The arrays of one flow table. */
export class TableMemory {
  /** By which the fast path finds the arrays; `null` where the table stands alone and has none. */
  readonly roots: Int32Array | null
  readonly #memory: FlowMemory | null
  readonly #taken: Set<Int32Array> = new Set()

  /** @param memory - Of the run; arrays stand alone without. */
  constructor(memory: FlowMemory | null = null) {
    this.#memory = memory
    this.roots = memory === null ? null : this.array(ROOTS)
  }

  /** An array of zeros. */
  array(length: number): Int32Array {
    if (this.#memory === null) return new Int32Array(length)
    const array = this.#memory.take(length)
    this.#taken.add(array)
    return array
  }

  /** Gives back an array that a larger one has replaced. */
  free(array: Int32Array): void {
    if (this.#taken.delete(array)) this.#memory?.give(array)
  }

  /** Notes where an array is, or another number that the fast path needs. @param word - See {@link Root}. */
  setRoot(word: number, value: number): void {
    if (this.roots !== null) this.roots[word] = value
  }

  /** Gives all arrays back: the table has ended. */
  dispose(): void {
    for (const array of this.#taken) this.#memory?.give(array)
    this.#taken.clear()
  }
}
