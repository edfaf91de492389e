/** Octets of a WebAssembly page. */
const PAGE = 1 << 16
/** 1 GiB: two million flows, the most a table holds, take less than half of it. */
const MAX_PAGES = 1 << 14
/** Pages to grow by at least; those not written to cost nothing. */
const GROWTH = 256
/** Every array begins a cache line. */
const ALIGNMENT = 64

/**
 * Octets that compiled code and JavaScript both work on: one WebAssembly memory for a run. It is a shared one because that grows in
 * place: arrays over it stay valid, whatever is allocated later.
 */
export class SharedMemory {
  readonly memory: WebAssembly.Memory
  /** First octet never given out. The first lines stay free, so that 0 is nobody's address. */
  #used = ALIGNMENT
  readonly #free: Map<number, Int32Array[]> = new Map()

  private constructor(memory: WebAssembly.Memory) {
    this.memory = memory
  }

  /** @returns `null` where this machine has no WebAssembly, or no address space to spare (`ulimit -v`). */
  static create(): SharedMemory | null {
    try {
      return new SharedMemory(new WebAssembly.Memory({ initial: GROWTH, maximum: MAX_PAGES, shared: true }))
    } catch {
      return null
    }
  }

  /** @returns An array of zeros, whose `byteOffset` is its address; `null` when there is no more memory. */
  take(length: number): Int32Array | null {
    const reused = this.#free.get(length)?.pop()
    if (reused !== undefined) return reused.fill(0)
    const address = this.#used
    const end = address + Math.ceil((length * 4) / ALIGNMENT) * ALIGNMENT
    if (!this.#reach(end)) return null
    this.#used = end
    return new Int32Array(this.memory.buffer, address, length)
  }

  give(array: Int32Array): void {
    const others = this.#free.get(array.length)
    if (others === undefined) this.#free.set(array.length, [array])
    else others.push(array)
  }

  #reach(end: number): boolean {
    const pages = this.memory.buffer.byteLength / PAGE
    const missing = Math.ceil(end / PAGE) - pages
    if (missing <= 0) return true
    try {
      this.memory.grow(Math.max(missing, Math.min(GROWTH, MAX_PAGES - pages)))
      return true
    } catch {
      return false
    }
  }
}
