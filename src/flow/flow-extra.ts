import type { IcmpError } from './flow.ts'
import { EXTRA, KIND, Kind } from './flow-record.ts'
import type { FlowStore } from './flow-store.ts'
import { SequenceHoles } from './sequence-holes.ts'

/** What only some flows have of a direction; a flow without incidents has none of it. */
export class SideExtra {
  retransmissions = 0
  outOfOrder = 0
  duplicates = 0
  keepAlives = 0
  /** Segments with window 0 (letter W counts these). */
  zeroWindows = 0
  /** Segments with payload that did not advance the sequence (letter T counts these). */
  rewinds = 0
  /** Gaps acknowledged by the peer (letter G counts these). */
  gaps = 0
  missedBytes = 0
  holes: SequenceHoles | null = null
}

/** One place the flow was seen at, with what was seen there, copies included. */
export interface VantageTally {
  readonly vantage: number
  readonly packets: [number, number]
  readonly minTtl: [number | null, number | null]
  readonly firstTime: number
}

/** Number of an interned tunnel, and further rare facts of one flow: ordinary objects, because few flows need them. */
export class FlowExtra {
  readonly sides: readonly [SideExtra, SideExtra] = [new SideExtra(), new SideExtra()]
  /** Places, once one direction was seen at more than one. */
  vantages: VantageTally[] | null = null
  icmpErrors: IcmpError[] | null = null
  /** Letters after the twelve that the flow's own words hold. */
  historyTail = ''
}

/** The extras of the flows alive, by the number that `EXTRA` holds. */
export class ExtraPool {
  readonly #extras: (FlowExtra | undefined)[] = [undefined]
  readonly #free: number[] = []

  /** A new extra's number, never 0. */
  allocate(): number {
    const number = this.#free.pop() ?? this.#extras.length
    this.#extras[number] = new FlowExtra()
    return number
  }

  /** The extra of a number; `undefined` for 0. */
  get(number: number): FlowExtra | undefined {
    return this.#extras[number]
  }

  release(number: number): void {
    if (number === 0) return
    this.#extras[number] = undefined
    this.#free.push(number)
  }
}

/** Extra of the flow the cursor is on, made if it has none. */
export function extraOf(store: FlowStore, extras: ExtraPool): FlowExtra {
  const at = store.base + EXTRA
  if (store.int(at) === 0) store.setInt(at, extras.allocate())
  return extras.get(store.int(at)) as FlowExtra
}

/** Holes of a side of the flow the cursor is on, made if it has none; the fast path is not for its segments until {@link settleHoles}. */
export function holesOf(store: FlowStore, extras: ExtraPool, side: 0 | 1): SequenceHoles {
  const extra = extraOf(store, extras).sides[side]
  extra.holes ??= new SequenceHoles()
  store.mark(store.base + KIND, Kind.Irregular)
  return extra.holes
}

/** Gives the segments of the flow the cursor is on back to the fast path, once holes were all there was against it and they are settled. */
export function settleHoles(store: FlowStore, extras: ExtraPool): void {
  const extra = extras.get(store.int(store.base + EXTRA))
  if (extra === undefined || extra.vantages !== null) return
  if (extra.sides.some(({ holes }) => holes?.settled === false)) return
  const kind = store.base + KIND
  store.setInt(kind, store.int(kind) & ~Kind.Irregular)
}
