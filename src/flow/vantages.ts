import type { PacketView } from '../packet/packet-view.ts'

/** Words a vantage: interface, ifindex, SLL packet type, direction, VLAN, depth. */
const WORDS = 6
const CACHE_SLOTS = 256
/** Numbers are kept in 16 bits of a flow; a capture that shows more vantages folds the rest into the last number. */
const MAX_VANTAGES = 0xffff

/** Where a packet was seen, see {@link VantageTable}. */
export interface VantagePlace {
  readonly interfaceIndex: number
  readonly ifindex: number
  readonly sllPacketType: number
  readonly direction: 'in' | 'out' | null
  readonly vlan: number
  readonly depth: number
}

const DIRECTIONS = [null, 'in', 'out'] as const

/**
 * Small numbers for the places a capture saw packets at: (interface, SLL2 interface index, SLL packet type, direction,
 * outermost VLAN, tunnel depth). A capture without any of these has one vantage.
 */
export class VantageTable {
  /** Interfaces of the file being read, as indices into the capture's; `null` where they are the same. */
  interfaceMap: readonly number[] | null = null
  readonly #places: VantagePlace[] = []
  readonly #byName: Map<string, number> = new Map()
  /** Direct-mapped cache over the exact words, so that a packet allocates nothing. */
  readonly #cacheWords: Int32Array = new Int32Array(CACHE_SLOTS * WORDS)
  readonly #cacheIds: Int32Array = new Int32Array(CACHE_SLOTS).fill(-1)

  idOf(view: PacketView): number {
    const file = view.interfaceIndex
    const face = this.interfaceMap === null ? file : (this.interfaceMap[file] ?? file)
    const hash =
      face + view.ifindex * 31 + view.sllPacketType * 7 + view.direction * 11 + view.vlan * 13 + view.depth * 17
    const slot = hash & (CACHE_SLOTS - 1)
    const words = this.#cacheWords
    const at = slot * WORDS
    const id = this.#cacheIds[slot] as number
    if (
      id >= 0 &&
      words[at] === face &&
      words[at + 1] === view.ifindex &&
      words[at + 2] === view.sllPacketType &&
      words[at + 3] === view.direction &&
      words[at + 4] === view.vlan &&
      words[at + 5] === view.depth
    ) {
      return id
    }
    return this.#lookUp(view, face, slot)
  }

  placeOf(id: number): VantagePlace {
    return this.#places[id] as VantagePlace
  }

  #lookUp(view: PacketView, face: number, slot: number): number {
    const words = [face, view.ifindex | 0, view.sllPacketType, view.direction, view.vlan, view.depth]
    const name = words.join()
    let id = this.#byName.get(name)
    if (id === undefined) {
      id = Math.min(this.#places.length, MAX_VANTAGES - 1)
      if (id === this.#places.length) this.#add(name, face, view)
    }
    this.#cacheWords.set(words, slot * WORDS)
    this.#cacheIds[slot] = id
    return id
  }

  #add(name: string, interfaceIndex: number, view: PacketView): void {
    this.#byName.set(name, this.#places.length)
    this.#places.push({
      interfaceIndex,
      ifindex: view.ifindex,
      sllPacketType: view.sllPacketType,
      direction: DIRECTIONS[view.direction] ?? null,
      vlan: view.vlan,
      depth: view.depth,
    })
  }
}
