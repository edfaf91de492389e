import { TableMemory } from '../core/table-memory.ts'
import type { PacketView } from '../packet/packet-view.ts'
import type { AddressTable } from './address-table.ts'
import * as layout from './flow-record.ts'
import { Root } from './flow-roots.ts'
import type { FlowStore } from './flow-store.ts'
import { mixEndpoint, mixEndpoints, type PacketKey } from './packet-key.ts'

const { HASH, KEY_A, KEY_B, KIND, Kind, PORTS } = layout
const { Ipv6, KeyMask, OneWay } = Kind

const INITIAL_SLOTS = 1 << 12

/** Most flows a table can hold: their numbers plus one fit in the lower bits of a slot. */
export const MAX_FLOWS: number = 2 ** 21 - 1
const ENTRY_BITS = 21
const ENTRY_MASK = 2 ** ENTRY_BITS - 1

/**
 * Hash table from packet keys to flows: open addressing with linear probing over one typed array. A slot is one word, 0
 * for empty: the flow's number plus one, and above it eleven bits of the hash, so that a probe that misses hardly ever
 * touches a flow, and a million flows need 8 MiB.
 */
export class FlowIndex {
  /** 1 when the packet last found runs from the responder to the originator. */
  side: 0 | 1 = 0
  #slots: Int32Array
  #mask = INITIAL_SLOTS - 1
  #size = 0
  readonly #store: FlowStore
  readonly #addresses: AddressTable
  readonly #memory: TableMemory

  constructor(store: FlowStore, addresses: AddressTable, memory: TableMemory = new TableMemory()) {
    this.#store = store
    this.#addresses = addresses
    this.#memory = memory
    this.#slots = memory.array(INITIAL_SLOTS)
    this.#noteSlots()
  }

  /** Flow of a packet, the store's cursor on it and {@link side} set; −1 where there is none. */
  find(key: PacketKey): number {
    const slots = this.#slots
    const mask = this.#mask
    const { hash } = key
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot] as number
      if (entry === 0) return -1
      if ((entry ^ hash) >>> ENTRY_BITS !== 0) continue
      const flow = (entry & ENTRY_MASK) - 1
      this.#store.seek(flow)
      const isMatch = (key.kind & Ipv6) === 0 ? this.#matchesIpv4(key) : this.#matchesIpv6(key)
      if (isMatch) return flow
    }
  }

  /** The same for a packet of TCP or UDP over IPv4, as nearly all are, without the detour over a key. */
  findPorts(view: PacketView): number {
    const slots = this.#slots
    const mask = this.#mask
    const src = view.src3 | 0
    const dst = view.dst3 | 0
    const { srcPort, dstPort, protocol } = view
    const hash = mixEndpoints(mixEndpoint(src, srcPort), mixEndpoint(dst, dstPort), protocol)
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot] as number
      if (entry === 0) return -1
      if ((entry ^ hash) >>> ENTRY_BITS !== 0) continue
      const flow = (entry & ENTRY_MASK) - 1
      this.#store.seek(flow)
      const { words, base } = this.#store
      if (((words[base + KIND] as number) & KeyMask) !== protocol) continue
      const a = words[base + KEY_A]
      const b = words[base + KEY_B]
      const ports = words[base + PORTS]
      this.side = 0
      if (a === src && b === dst && ports === ((srcPort << 16) | dstPort)) return flow
      this.side = 1
      if (a === dst && b === src && ports === ((dstPort << 16) | srcPort)) return flow
    }
  }

  /** Enters the flow the cursor is on. */
  insert(): void {
    if (++this.#size * 2 > this.#mask) this.#grow()
    this.#put(this.#slots, this.#store.int(this.#store.base + HASH), this.#store.flow)
  }

  /** Takes out the flow the cursor is on, and closes the hole it leaves (Knuth, TAOCP vol. 3, §6.4 algorithm R). */
  remove(): void {
    const slots = this.#slots
    const mask = this.#mask
    const { flow } = this.#store
    let hole = this.#home(flow)
    while (((slots[hole] as number) & ENTRY_MASK) !== flow + 1) hole = (hole + 1) & mask
    for (let slot = (hole + 1) & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const home = this.#home(((slots[slot] as number) & ENTRY_MASK) - 1)
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue
      slots[hole] = slots[slot] as number
      hole = slot
    }
    slots[hole] = 0
    this.#store.seek(flow)
    this.#size--
  }

  #home(flow: number): number {
    this.#store.seek(flow)
    return this.#store.int(this.#store.base + HASH) & this.#mask
  }

  #matchesIpv4(key: PacketKey): boolean {
    const { words, base } = this.#store
    const ports = words[base + PORTS]
    const a = words[base + KEY_A]
    if (((words[base + KIND] as number) & KeyMask) !== key.kind) return false
    if (ports === key.ports && a === key.src3 && words[base + KEY_B] === key.dst3) {
      this.side = 0
      return true
    }
    this.side = 1
    if (ports !== key.portsReversed || a !== key.dst3 || words[base + KEY_B] !== key.src3) return false
    return (key.kind & OneWay) === 0
  }

  #matchesIpv6(key: PacketKey): boolean {
    const addresses = this.#addresses
    const store = this.#store
    const ports = store.int(store.base + PORTS)
    const a = store.int(store.base + KEY_A)
    const b = store.int(store.base + KEY_B)
    if ((store.int(store.base + KIND) & KeyMask) !== key.kind) return false
    if (
      ports === key.ports &&
      addresses.equals(a, key.src0, key.src1, key.src2, key.src3) &&
      addresses.equals(b, key.dst0, key.dst1, key.dst2, key.dst3)
    ) {
      this.side = 0
      return true
    }
    this.side = 1
    return (
      ports === key.portsReversed &&
      (key.kind & OneWay) === 0 &&
      addresses.equals(a, key.dst0, key.dst1, key.dst2, key.dst3) &&
      addresses.equals(b, key.src0, key.src1, key.src2, key.src3)
    )
  }

  #put(slots: Int32Array, hash: number, flow: number): void {
    const mask = slots.length - 1
    let slot = hash & mask
    while (slots[slot] !== 0) slot = (slot + 1) & mask
    slots[slot] = (hash & ~ENTRY_MASK) | (flow + 1)
  }

  #grow(): void {
    const store = this.#store
    const { flow } = store
    const slots = this.#memory.array(this.#slots.length * 2)
    for (const entry of this.#slots) {
      if (entry === 0) continue
      store.seek((entry & ENTRY_MASK) - 1)
      this.#put(slots, store.int(store.base + HASH), store.flow)
    }
    this.#memory.free(this.#slots)
    this.#slots = slots
    this.#mask = slots.length - 1
    this.#noteSlots()
    store.seek(flow)
  }

  #noteSlots(): void {
    this.#memory.setRoot(Root.Slots, this.#slots.byteOffset)
    this.#memory.setRoot(Root.SlotMask, this.#mask)
  }
}
