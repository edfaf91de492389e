import type { AddressTable } from './address-table.ts'
import { HASH, KEY_A, KEY_B, KIND, Kind, PORTS } from './flow-record.ts'
import type { FlowStore } from './flow-store.ts'
import type { PacketKey } from './packet-key.ts'

const INITIAL_SLOTS = 1 << 12

/**
 * Hash table from packet keys to flows: open addressing with linear probing over one typed array, two words a slot
 * (hash; flow number plus one, 0 for empty), so that a probe that misses never touches the flow.
 */
export class FlowIndex {
  /** 1 when the packet last found runs from the responder to the originator. */
  side: 0 | 1 = 0
  #slots: Int32Array = new Int32Array(INITIAL_SLOTS * 2)
  #mask = INITIAL_SLOTS - 1
  #size = 0
  readonly #store: FlowStore
  readonly #addresses: AddressTable

  constructor(store: FlowStore, addresses: AddressTable) {
    this.#store = store
    this.#addresses = addresses
  }

  /** Flow of a packet, the store's cursor on it and {@link side} set; −1 where there is none. */
  find(key: PacketKey): number {
    const slots = this.#slots
    const mask = this.#mask
    for (let slot = key.hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot * 2 + 1] as number
      if (entry === 0) return -1
      if (slots[slot * 2] === key.hash && this.#matches(entry - 1, key)) return entry - 1
    }
  }

  /** Enters the flow the cursor is on. */
  insert(): void {
    if (++this.#size * 2 > this.#mask) this.#grow()
    this.#put(this.#store.int(this.#store.base + HASH), this.#store.flow + 1)
  }

  /** Takes out the flow the cursor is on, and closes the hole it leaves (Knuth, TAOCP vol. 3, §6.4 algorithm R). */
  remove(): void {
    const slots = this.#slots
    const mask = this.#mask
    const entry = this.#store.flow + 1
    let hole = this.#store.int(this.#store.base + HASH) & mask
    while (slots[hole * 2 + 1] !== entry) hole = (hole + 1) & mask
    for (let slot = (hole + 1) & mask; slots[slot * 2 + 1] !== 0; slot = (slot + 1) & mask) {
      const home = (slots[slot * 2] as number) & mask
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue
      slots[hole * 2] = slots[slot * 2] as number
      slots[hole * 2 + 1] = slots[slot * 2 + 1] as number
      hole = slot
    }
    slots[hole * 2 + 1] = 0
    this.#size--
  }

  #matches(flow: number, key: PacketKey): boolean {
    const store = this.#store
    store.seek(flow)
    const base = store.base
    if ((store.int(base + KIND) & Kind.KeyMask) !== key.kind) return false
    const ports = store.int(base + PORTS)
    const a = store.int(base + KEY_A)
    const b = store.int(base + KEY_B)
    if ((key.kind & Kind.Ipv6) !== 0) return this.#matchesIpv6(key, ports, a, b)
    if (ports === key.ports && a === key.src3 && b === key.dst3) {
      this.side = 0
      return true
    }
    this.side = 1
    return ports === key.portsReversed && a === key.dst3 && b === key.src3 && (key.kind & Kind.OneWay) === 0
  }

  #matchesIpv6(key: PacketKey, ports: number, a: number, b: number): boolean {
    const addresses = this.#addresses
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
      (key.kind & Kind.OneWay) === 0 &&
      addresses.equals(a, key.dst0, key.dst1, key.dst2, key.dst3) &&
      addresses.equals(b, key.src0, key.src1, key.src2, key.src3)
    )
  }

  #put(hash: number, entry: number): void {
    const mask = this.#mask
    let slot = hash & mask
    while (this.#slots[slot * 2 + 1] !== 0) slot = (slot + 1) & mask
    this.#slots[slot * 2] = hash
    this.#slots[slot * 2 + 1] = entry
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Int32Array(old.length * 2)
    this.#mask = this.#slots.length / 2 - 1
    for (let at = 0; at < old.length; at += 2) {
      const entry = old[at + 1] as number
      if (entry !== 0) this.#put(old[at] as number, entry)
    }
  }
}
