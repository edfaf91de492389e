import { type ExtraPool, extraOf, holesOf } from './flow-extra.ts'
import * as layout from './flow-record.ts'
import type { FlowStore } from './flow-store.ts'
import { addLetter, isPowerOfTen, Letter } from './history.ts'
import { previousStateOf, stateOf, TcpState } from './tcp-state.ts'

const { BITS, EXTRA, FIN_END, MAX, SIDE_WORDS, SIDES, SideBit } = layout
const { ShownFin } = SideBit
const { Closed, Established } = TcpState

/** Counts what one side sent, the other acknowledges, and the capture does not have (flow reference, 3.6). */
export class AcknowledgedGaps {
  readonly #store: FlowStore
  readonly #extras: ExtraPool
  /** Side whose octets are missing. */
  #side: 0 | 1 = 0
  readonly #countGap: (octets: number) => void

  constructor(store: FlowStore, extras: ExtraPool) {
    this.#store = store
    this.#extras = extras
    this.#countGap = (octets) => this.#count(octets)
  }

  /**
   * Looks at an acknowledgment in the flow the cursor is on.
   *
   * @param side - Side whose data is acknowledged.
   * @param ack - From that side's start.
   */
  look(side: 0 | 1, ack: number): void {
    const store = this.#store
    const e = store.base + SIDES + side * SIDE_WORDS
    const other = store.base + SIDES + (1 - side) * SIDE_WORDS
    const bits = store.int(e + BITS)
    if (!isOpen(bits) || !isOpen(store.int(other + BITS))) return
    const max = store.double(e + MAX)
    // The FIN itself is no octet of data.
    const fin = max + ((store.int(e + FIN_END) - max) | 0) - 1
    const limit = (bits & ShownFin) !== 0 ? Math.min(ack, fin) : ack
    const isWhole = (this.#extras.get(store.int(store.base + EXTRA))?.sides[side].holes ?? null) === null
    if (isWhole && limit <= max) return
    this.#side = side
    holesOf(store, this.#extras, side).acknowledge(limit, max, this.#countGap)
  }

  #count(octets: number): void {
    const side = extraOf(this.#store, this.#extras).sides[this.#side]
    side.missedBytes += octets
    if (isPowerOfTen(++side.gaps)) addLetter(this.#store, this.#extras, Letter.Gap, this.#side)
  }
}

/** Established, or closed out of established. */
function isOpen(bits: number): boolean {
  const state = stateOf(bits)
  if (state === Closed) return previousStateOf(bits) === Established
  return state === Established
}
