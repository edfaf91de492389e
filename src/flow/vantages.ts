import type { PacketView } from '../packet/packet-view.ts'

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
  /** Direct-mapped cache over the exact numbers, so that a packet allocates nothing. */
  readonly #cachedPlaces: Int32Array = new Int32Array(CACHE_SLOTS)
  readonly #cachedLinks: Float64Array = new Float64Array(CACHE_SLOTS)
  readonly #cachedIds: Int32Array = new Int32Array(CACHE_SLOTS).fill(-1)
  // Of the packet before: nearly always the same.
  #lastPlace = -1
  #lastLink = -1
  #lastId = 0

  idOf(view: PacketView): number {
    const file = view.interfaceIndex
    const face = this.interfaceMap === null ? file : (this.interfaceMap[file] ?? file)
    // Bits: depth 3, direction 2, SLL packet type 5, interface the rest. Links: VLAN below the kernel's interface index.
    const place = (face << 10) | ((view.sllPacketType + 1) << 5) | (view.direction << 3) | view.depth
    const link = view.ifindex * 0x2000 + view.vlan + 1
    if (place === this.#lastPlace && link === this.#lastLink) return this.#lastId
    this.#lastPlace = place
    this.#lastLink = link
    this.#lastId = this.#find(view, face, place, link)
    return this.#lastId
  }

  /**
   * The place of untagged frames, or of lines of text, of an interface of the file, without direction and outside tunnels, if they were
   * just seen there; −1 otherwise.
   */
  plainId(interfaceIndex: number): number {
    const face = this.interfaceMap === null ? interfaceIndex : (this.interfaceMap[interfaceIndex] ?? interfaceIndex)
    const place = face << 10
    if (place === this.#lastPlace && this.#lastLink === 0) return this.#lastId
    const slot = slotOf(place, 0)
    return this.#cachedPlaces[slot] === place && this.#cachedLinks[slot] === 0 ? (this.#cachedIds[slot] as number) : -1
  }

  placeOf(id: number): VantagePlace {
    return this.#places[id] as VantagePlace
  }

  #find(view: PacketView, face: number, place: number, link: number): number {
    const slot = slotOf(place, link)
    const id = this.#cachedIds[slot] as number
    if (id >= 0 && this.#cachedPlaces[slot] === place && this.#cachedLinks[slot] === link) return id
    return this.#lookUp(view, face, place, link, slot)
  }

  #lookUp(view: PacketView, face: number, place: number, link: number, slot: number): number {
    const name = `${place} ${link}`
    let id = this.#byName.get(name)
    if (id === undefined) {
      id = Math.min(this.#places.length, MAX_VANTAGES - 1)
      if (id === this.#places.length) this.#add(name, face, view)
    }
    this.#cachedPlaces[slot] = place
    this.#cachedLinks[slot] = link
    this.#cachedIds[slot] = id
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

function slotOf(place: number, link: number): number {
  return (place ^ (place >>> 10) ^ link) & (CACHE_SLOTS - 1)
}
