import { LAST_TIME } from './flow-record.ts'
import type { FlowStore } from './flow-store.ts'

/** One look at all flows finds this share of them, so that evicting costs the same a flow however large the table. */
const SHARE = 16

/** Finds the flows that have been idle longest, without a list that every packet would have to keep in order. */
export class IdleFlows {
  /** Flow numbers and their last times when found, longest idle last. */
  #candidates: { flow: number; last: number }[] = []

  /** The flow idle longest; the table must not be empty. */
  take(store: FlowStore): number {
    for (;;) {
      const candidate = this.#candidates.pop()
      if (candidate === undefined) {
        this.#look(store)
        continue
      }
      if (!store.isLive(candidate.flow)) continue
      store.seek(candidate.flow)
      // Heard of since: all other candidates are older.
      if (store.double(store.base + LAST_TIME) === candidate.last) return candidate.flow
    }
  }

  #look(store: FlowStore): void {
    const all: { flow: number; last: number }[] = []
    for (let flow = 0; flow < store.limit; flow++) {
      if (!store.isLive(flow)) continue
      store.seek(flow)
      all.push({ flow, last: store.double(store.base + LAST_TIME) })
    }
    all.sort((a, b) => b.last - a.last || b.flow - a.flow)
    this.#candidates = all.slice(-Math.max(1, Math.ceil(all.length / SHARE)))
  }
}
