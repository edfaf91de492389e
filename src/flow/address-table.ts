import { formatIp, type IpText } from '../core/ip.ts'
import { TableMemory } from '../core/table-memory.ts'
import { Root } from './flow-roots.ts'

const EMPTY = -1
const INITIAL_IDS = 64

/**
 * IPv6 addresses of the live flows, each kept once under a small number. IPv4 addresses need none: they are their own
 * number. Counts references, so that memory follows the flows alive and not the addresses ever seen.
 */
export class AddressTable {
  /** Four words an address. */
  #words: Int32Array
  #references: Int32Array = new Int32Array(INITIAL_IDS)
  /** Canonical texts of addresses that several flows share: a server's is asked for by every flow to it. */
  readonly #texts: Map<number, IpText> = new Map()
  readonly #free: number[] = []
  #count = 0
  /** Open addressing: id, or −1. Twice as many slots as ids at least. */
  #slots: Int32Array = new Int32Array(2 * INITIAL_IDS).fill(EMPTY)
  readonly #seed = (Math.random() * 0x7fffffff) | 0
  readonly #memory: TableMemory

  constructor(memory: TableMemory = new TableMemory()) {
    this.#memory = memory
    this.#words = memory.array(4 * INITIAL_IDS)
    memory.setRoot(Root.Addresses, this.#words.byteOffset)
  }

  /** Addresses alive. */
  get size(): number {
    return this.#count - this.#free.length
  }

  /** Number of an address, one reference more. */
  acquire(w0: number, w1: number, w2: number, w3: number): number {
    let slot = this.#home(w0, w1, w2, w3)
    const mask = this.#slots.length - 1
    for (;;) {
      const id = this.#slots[slot] as number
      if (id === EMPTY) break
      if (this.equals(id, w0, w1, w2, w3)) {
        this.#references[id] = (this.#references[id] as number) + 1
        return id
      }
      slot = (slot + 1) & mask
    }
    return this.#insert(slot, w0, w1, w2, w3)
  }

  /** Takes one more reference to a known number. */
  retain(id: number): void {
    this.#references[id] = (this.#references[id] as number) + 1
  }

  /** Gives a reference back; the last one frees the number. */
  release(id: number): void {
    const left = (this.#references[id] as number) - 1
    this.#references[id] = left
    if (left > 0) return
    this.#unlink(id)
    this.#free.push(id)
  }

  /** Whether `id` stands for the address; words may be signed or unsigned. */
  equals(id: number, w0: number, w1: number, w2: number, w3: number): boolean {
    const at = id * 4
    const words = this.#words
    return (
      words[at + 3] === (w3 | 0) && words[at + 2] === (w2 | 0) && words[at + 1] === (w1 | 0) && words[at] === (w0 | 0)
    )
  }

  /** Canonical text. */
  text(id: number): IpText {
    const known = this.#texts.get(id)
    if (known !== undefined) return known
    const word = (i: number): number => (this.#words[id * 4 + i] as number) >>> 0
    const text = formatIp(6, word(0), word(1), word(2), word(3))
    if ((this.#references[id] as number) > 1) this.#texts.set(id, text)
    return text
  }

  #insert(slot: number, w0: number, w1: number, w2: number, w3: number): number {
    const id = this.#free.pop() ?? this.#count++
    const full = id >= this.#references.length
    if (full) this.#grow()
    this.#words[id * 4] = w0
    this.#words[id * 4 + 1] = w1
    this.#words[id * 4 + 2] = w2
    this.#words[id * 4 + 3] = w3
    this.#references[id] = 1
    this.#texts.delete(id)
    // Growing has moved the slots.
    if (full) this.#link(id)
    else this.#slots[slot] = id
    return id
  }

  #home(w0: number, w1: number, w2: number, w3: number): number {
    let h = Math.imul(w0 ^ this.#seed, 0x9e3779b1)
    h = Math.imul((h ^ (h >>> 15)) + w1, 0x85ebca6b)
    h = Math.imul((h ^ (h >>> 13)) + w2, 0xc2b2ae35)
    h = Math.imul((h ^ (h >>> 16)) + w3, 0x27d4eb2f)
    return (h ^ (h >>> 15)) & (this.#slots.length - 1)
  }

  #homeOf(id: number): number {
    const word = (i: number): number => this.#words[id * 4 + i] as number
    return this.#home(word(0), word(1), word(2), word(3))
  }

  #link(id: number): void {
    const mask = this.#slots.length - 1
    let slot = this.#homeOf(id)
    while (this.#slots[slot] !== EMPTY) slot = (slot + 1) & mask
    this.#slots[slot] = id
  }

  /** Removes an id and closes the hole it leaves (Knuth, TAOCP vol. 3, §6.4 algorithm R). */
  #unlink(id: number): void {
    const mask = this.#slots.length - 1
    let hole = this.#homeOf(id)
    while (this.#slots[hole] !== id) hole = (hole + 1) & mask
    for (let slot = (hole + 1) & mask; this.#slots[slot] !== EMPTY; slot = (slot + 1) & mask) {
      const home = this.#homeOf(this.#slots[slot] as number)
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue
      this.#slots[hole] = this.#slots[slot] as number
      hole = slot
    }
    this.#slots[hole] = EMPTY
  }

  #grow(): void {
    const capacity = this.#references.length * 2
    const words = this.#memory.array(capacity * 4)
    words.set(this.#words)
    this.#memory.free(this.#words)
    this.#memory.setRoot(Root.Addresses, words.byteOffset)
    const references = new Int32Array(capacity)
    references.set(this.#references)
    const old = this.#slots
    this.#words = words
    this.#references = references
    this.#slots = new Int32Array(capacity * 2).fill(EMPTY)
    for (const id of old) if (id !== EMPTY) this.#link(id)
  }
}
