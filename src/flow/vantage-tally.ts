import { homeOf } from './copies.ts'
import { type ExtraPool, extraOf, type VantageTally } from './flow-extra.ts'
import { EXTRA, KIND, Kind, PACKETS, SAMPLES, SIDE_WORDS, SIDES, START_TIME, TTL_HOME } from './flow-record.ts'
import type { FlowStore } from './flow-store.ts'
import type { SamplePool } from './samples.ts'

/** Places kept a flow. */
const MAX_TALLIES = 8

/**
 * Lowest and highest TTL of a side in the lower half of a word, the lowest as its distance from 255: a word of 0 says
 * that none was seen.
 */
export function widenTtl(word: number, ttl: number): number {
  // As nearly always: the only one seen so far.
  if (ttl < 0 || (word & 0xffff) === ((ttl << 8) | (255 - ttl))) return word
  const low = Math.max(word & 0xff, 255 - ttl)
  const high = Math.max((word >>> 8) & 0xff, ttl)
  return (word & 0xffff0000) | (high << 8) | low
}

export function lowestTtl(word: number): number | null {
  return (word & 0xffff) === 0 ? null : 255 - (word & 0xff)
}

export function highestTtl(word: number): number | null {
  return (word & 0xffff) === 0 ? null : (word >>> 8) & 0xff
}

/** Knows the places a flow was seen at. */
export class VantageTallies {
  readonly #store: FlowStore
  readonly #extras: ExtraPool
  readonly #samples: SamplePool

  constructor(store: FlowStore, extras: ExtraPool, samples: SamplePool) {
    this.#store = store
    this.#extras = extras
    this.#samples = samples
  }

  /** Whether the flow the cursor is on keeps count of several places. */
  isCounting(): boolean {
    return (this.#extras.get(this.#store.int(this.#store.base + EXTRA))?.vantages ?? null) !== null
  }

  /** Counts a packet, or a copy, at a place other than its direction's home. */
  count(side: 0 | 1, vantage: number, ttl: number, t: number): void {
    const extra = extraOf(this.#store, this.#extras)
    extra.vantages ??= this.#homes()
    this.#store.mark(this.#store.base + KIND, Kind.Irregular)
    const tally = extra.vantages.find((known) => known.vantage === vantage) ?? addTally(extra.vantages, vantage, t)
    if (tally === undefined) return
    tally.packets[side]++
    if (ttl >= 0) tally.minTtl[side] = Math.min(tally.minTtl[side] ?? ttl, ttl)
  }

  /** Places of the flow the cursor is on, in order of first packet. */
  read(): readonly VantageTally[] {
    const extra = this.#extras.get(this.#store.int(this.#store.base + EXTRA))
    return extra?.vantages ?? this.#homes()
  }

  /** Places of a flow that has seen each direction at one place only: its own words say them. */
  #homes(): VantageTally[] {
    const store = this.#store
    const extra = this.#extras.get(store.int(store.base + EXTRA))
    const tallies: VantageTally[] = []
    for (const side of [0, 1] as const) {
      const e = store.base + SIDES + side * SIDE_WORDS
      if (store.int(e + PACKETS) === 0) continue
      const tally = tallies.find((known) => known.vantage === homeOf(store, e)) ?? this.#addHome(tallies, e, side)
      tally.packets[side] = store.int(e + PACKETS) + (extra?.sides[side].duplicates ?? 0)
      tally.minTtl[side] = lowestTtl(store.int(e + TTL_HOME))
    }
    return tallies.sort((a, b) => a.firstTime - b.firstTime)
  }

  #addHome(tallies: VantageTally[], e: number, side: 0 | 1): VantageTally {
    const store = this.#store
    const start = store.double(store.base + START_TIME)
    const firstTime = this.#samples.firstTime(store.coldInt(SAMPLES), side === 0, start)
    const tally: VantageTally = { vantage: homeOf(store, e), packets: [0, 0], minTtl: [null, null], firstTime }
    tallies.push(tally)
    return tally
  }
}

function addTally(tallies: VantageTally[], vantage: number, firstTime: number): VantageTally | undefined {
  if (tallies.length >= MAX_TALLIES) return undefined
  const tally: VantageTally = { vantage, packets: [0, 0], minTtl: [null, null], firstTime }
  tallies.push(tally)
  return tally
}
