import type { SharedMemory } from '../../core/shared-memory.ts'
import { TableMemory } from '../../core/table-memory.ts'
import type { PacketView } from '../packet-view.ts'

// Words of an entry. 0–3 lower address, 4–7 higher address, 8 ports, then by side (0 the lower endpoint):
/** Number that the side's printed ones count from. */
export const BASE = 9
/** End of what the side sent so far, as far as seen or acknowledged. */
export const NEXT = 11
/** Number behind the side's last SYN without ACK. */
export const SYN = 13
/** {@link Known} bits. */
export const STATE = 15
const WORDS = 16

/** What is known of a conversation; the bits of side 1 are those of side 0 one to the left. */
export const Known = {
  /** A packet with ACK was seen. */
  Base: 1,
  /** `NEXT` is valid. */
  Next: 2,
  /** `SYN` is valid: the SYN was seen, and nothing behind it. */
  Syn: 8,
  /** The side's base was not printed: its numbers count from 0. */
  Unsaid: 32,
  /** `BASE` is what absolute numbers (`-S`) of a side with `Unsaid` are reduced by. */
  Anchor: 128,
} as const

/** Words of the roots of a table, `TableMemory.roots`. */
const Root = {
  /** Addresses of slots and entries of the young generation; how many slots, less one. */
  Slots: 0,
  SlotMask: 1,
  Words: 2,
  /** Where hashes start from. */
  Seed: 3,
  /** 1 where the section's numbers are printed relative, 2 where absolute. */
  Printed: 4,
} as const
const ROOT_WORDS = 5

/** Entries of one generation; two are kept. 32 MiB together when full. */
const MAX_ENTRIES = 1 << 18
const INITIAL_ENTRIES = 64

/**
 * Numbers of the conversations of one section, by unordered pair of endpoints.
 *
 * tcpdump never forgets a conversation. This table keeps two generations: when one is full it becomes the old one, and
 * the old one, whose conversations were not heard of since, is dropped. So memory is bounded.
 */
export class ConversationTable {
  readonly #memory: TableMemory
  #young: Generation
  #old: Generation | undefined
  /** Of all conversations; those of the current one begin at {@link entry}. Replaced by {@link find}. */
  words: Int32Array
  entry = 0
  readonly #key: Int32Array = new Int32Array(9)

  /** @param memory - To keep the table in. */
  constructor(memory: SharedMemory | null = null) {
    this.#memory = new TableMemory(memory, ROOT_WORDS)
    this.#memory.setRoot(Root.Seed, SEED)
    this.#young = new Generation(INITIAL_ENTRIES, this.#memory)
    this.#young.noteRoots()
    this.words = this.#young.words
  }

  /** By which compiled code finds the table; `null` where it is not in shared memory. */
  roots(absolute: boolean): Int32Array | null {
    this.#memory.setRoot(Root.Printed, absolute ? 2 : 1)
    return this.#memory.roots
  }

  /** Gives the memory back. */
  dispose(): void {
    this.#memory.dispose()
  }

  /** Makes the conversation of a packet the current one. @returns The sender's side, 0 or 1. */
  find(view: PacketView): number {
    const sender = this.#setKey(view)
    let entry = this.#young.find(this.#key)
    if (entry < 0) entry = this.#insert()
    this.words = this.#young.words
    this.entry = entry
    return sender
  }

  /** Word of the current conversation, as a signed number: V8 keeps those without allocating. */
  get(word: number): number {
    return this.words[this.entry + word] as number
  }

  set(word: number, value: number): void {
    this.words[this.entry + word] = value
  }

  has(bit: number, side: number): boolean {
    return ((this.words[this.entry + STATE] as number) & (bit << side)) !== 0
  }

  mark(bit: number, side: number): void {
    this.words[this.entry + STATE] = (this.words[this.entry + STATE] as number) | (bit << side)
  }

  clear(bit: number, side: number): void {
    this.words[this.entry + STATE] = (this.words[this.entry + STATE] as number) & ~(bit << side)
  }

  #insert(): number {
    if (this.#young.isFull) {
      if (this.#young.capacity >= MAX_ENTRIES) {
        this.#old?.release()
        this.#old = this.#young
        this.#young = new Generation(INITIAL_ENTRIES, this.#memory)
      } else this.#young = this.#young.grown()
      this.#young.noteRoots()
    }
    const entry = this.#young.insert(this.#key)
    const before = this.#old?.find(this.#key) ?? -1
    if (before >= 0 && this.#old !== undefined) {
      this.#young.words.set(this.#old.words.subarray(before, before + WORDS), entry)
    }
    return entry
  }

  #setKey(view: PacketView): number {
    const key = this.#key
    const swap = comesBefore(view)
    const low = swap ? 4 : 0
    const high = 4 - low
    key[low] = view.src0
    key[low + 1] = view.src1
    key[low + 2] = view.src2
    key[low + 3] = view.src3
    key[high] = view.dst0
    key[high + 1] = view.dst1
    key[high + 2] = view.dst2
    key[high + 3] = view.dst3
    key[8] = swap ? (view.dstPort << 16) | view.srcPort : (view.srcPort << 16) | view.dstPort
    return swap ? 1 : 0
  }
}

/** Whether the destination is the lower endpoint. */
function comesBefore(view: PacketView): boolean {
  if (view.src3 !== view.dst3) return view.dst3 < view.src3
  if (view.src2 !== view.dst2) return view.dst2 < view.src2
  if (view.src1 !== view.dst1) return view.dst1 < view.src1
  if (view.src0 !== view.dst0) return view.dst0 < view.src0
  return view.dstPort < view.srcPort
}

const SEED = (Math.random() * 0x7fffffff) | 0

/** Open addressing over one Int32Array of entries. */
class Generation {
  readonly capacity: number
  readonly words: Int32Array
  /** First word of the entry, or −1; four slots an entry. */
  readonly #slots: Int32Array
  readonly #memory: TableMemory
  #count = 0

  constructor(capacity: number, memory: TableMemory) {
    this.capacity = capacity
    this.#memory = memory
    this.words = memory.array(capacity * WORDS)
    this.#slots = memory.array(capacity * 4).fill(-1)
  }

  /** Makes this the generation that {@link ConversationTable.roots} lead to. */
  noteRoots(): void {
    this.#memory.setRoot(Root.Slots, this.#slots.byteOffset)
    this.#memory.setRoot(Root.SlotMask, this.#slots.length - 1)
    this.#memory.setRoot(Root.Words, this.words.byteOffset)
  }

  /** Gives the memory back. */
  release(): void {
    this.#memory.free(this.#slots)
    this.#memory.free(this.words)
  }

  get isFull(): boolean {
    return this.#count >= this.capacity
  }

  /** @returns First word of the entry, −1 where there is none. */
  find(key: Int32Array): number {
    const mask = this.#slots.length - 1
    for (let slot = hash(key) & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] as number
      if (entry < 0 || this.#equals(entry, key)) return entry
    }
  }

  insert(key: Int32Array): number {
    const entry = this.#count++ * WORDS
    this.words.set(key, entry)
    this.#link(entry, key)
    return entry
  }

  grown(): Generation {
    const larger = new Generation(Math.min(MAX_ENTRIES, this.capacity * 4), this.#memory)
    larger.words.set(this.words)
    for (let i = 0; i < this.#count; i++) larger.#link(i * WORDS, larger.words.subarray(i * WORDS, i * WORDS + 9))
    larger.#count = this.#count
    this.release()
    return larger
  }

  #link(entry: number, key: Int32Array): void {
    const mask = this.#slots.length - 1
    let slot = hash(key) & mask
    while ((this.#slots[slot] as number) >= 0) slot = (slot + 1) & mask
    this.#slots[slot] = entry
  }

  #equals(entry: number, key: Int32Array): boolean {
    const { words } = this
    // Ports and the low words differ most often.
    if (words[entry + 8] !== key[8] || words[entry + 3] !== key[3] || words[entry + 7] !== key[7]) return false
    for (let i = 0; i < 8; i++) if (words[entry + i] !== key[i]) return false
    return true
  }
}

// IPv4 has five words that are always the same.
function hash(key: Int32Array): number {
  let h = mix(mix(mix(SEED, key[3] as number), key[7] as number), key[8] as number)
  if (key[2] !== 0xffff) {
    h = mix(mix(mix(h, key[0] as number), key[1] as number), key[2] as number)
    h = mix(mix(mix(h, key[4] as number), key[5] as number), key[6] as number)
  }
  return h ^ (h >>> 16)
}

function mix(h: number, word: number): number {
  const product = Math.imul(h ^ word, 0x85ebca6b)
  return product ^ (product >>> 13)
}
