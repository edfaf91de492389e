import { TableMemory } from '../core/table-memory.ts'
import { COLD_WORDS, HOT_WORDS } from './flow-record.ts'
import { Root } from './flow-roots.ts'

/** Flows in a segment, as a shift. Growing by segments never copies, so that memory and time a packet stay even. */
const SEGMENT_SHIFT = 13
const SEGMENT_FLOWS = 1 << SEGMENT_SHIFT

interface Segment {
  readonly words: Int32Array
  readonly doubles: Float64Array
  readonly cold: Int32Array
  readonly coldDoubles: Float64Array
}

const NO_SEGMENT: Segment = {
  words: new Int32Array(0),
  doubles: new Float64Array(0),
  cold: new Int32Array(0),
  coldDoubles: new Float64Array(0),
}

function makeSegment(words: Int32Array): Segment {
  const cold = new ArrayBuffer(SEGMENT_FLOWS * COLD_WORDS * 4)
  return {
    words,
    doubles: new Float64Array(words.buffer, words.byteOffset, words.length / 2),
    cold: new Int32Array(cold),
    coldDoubles: new Float64Array(cold),
  }
}

/**
 * The table's flows as words of typed arrays, addressed by small numbers; freed numbers are used again.
 *
 * A cursor: {@link FlowStore.seek} puts it on a flow, and every other method speaks of that flow. `at` is a word offset
 * named in `flow-record.ts`, for the hot words on top of {@link FlowStore.base}.
 */
export class FlowStore {
  /** Flow the cursor is on. */
  flow = 0
  /** First hot word of that flow. */
  base = 0
  /** Flows alive. */
  size = 0
  /** One above the highest number in use so far. */
  limit = 0
  /** Hot words of the segment the cursor is in, and the same octets as doubles. */
  words: Int32Array = new Int32Array(0)
  doubles: Float64Array = new Float64Array(0)
  readonly #memory: TableMemory
  readonly #segments: Segment[] = []
  readonly #free: number[] = []
  #live: Uint8Array = new Uint8Array(SEGMENT_FLOWS)
  #segment: Segment = NO_SEGMENT
  #segmentNumber = -1

  constructor(memory: TableMemory = new TableMemory()) {
    this.#memory = memory
  }

  /** Takes a free number, all its words 0, and puts the cursor on it. */
  allocate(): number {
    const reused = this.#free.pop()
    const flow = reused ?? this.limit++
    if (flow >> SEGMENT_SHIFT === this.#segments.length) this.#addSegment()
    if (flow >= this.#live.length) this.#growLive()
    this.#live[flow] = 1
    this.size++
    this.seek(flow)
    if (reused !== undefined) this.#clear()
    return flow
  }

  /** Gives a number back. Its words stay readable until the next {@link allocate}. */
  release(flow: number): void {
    this.#live[flow] = 0
    this.#free.push(flow)
    this.size--
  }

  isLive(flow: number): boolean {
    return this.#live[flow] === 1
  }

  seek(flow: number): void {
    const number = flow >> SEGMENT_SHIFT
    this.flow = flow
    this.base = (flow & (SEGMENT_FLOWS - 1)) * HOT_WORDS
    if (number === this.#segmentNumber) return
    const segment = this.#segments[number] as Segment
    this.#segmentNumber = number
    this.#segment = segment
    this.words = segment.words
    this.doubles = segment.doubles
  }

  /** Signed 32-bit word. */
  int(at: number): number {
    return this.words[at] as number
  }

  setInt(at: number, value: number): void {
    this.words[at] = value
  }

  addInt(at: number, value: number): void {
    this.words[at] = (this.words[at] as number) + value
  }

  /** Sets bits of a word. */
  mark(at: number, bits: number): void {
    this.words[at] = (this.words[at] as number) | bits
  }

  /** Double in the word pair at `at`, which is even. */
  double(at: number): number {
    return this.doubles[at >> 1] as number
  }

  setDouble(at: number, value: number): void {
    this.doubles[at >> 1] = value
  }

  addDouble(at: number, value: number): void {
    this.doubles[at >> 1] = (this.doubles[at >> 1] as number) + value
  }

  /** Cold word; `at` counts from the flow's first cold word. */
  coldInt(at: number): number {
    return this.#segment.cold[this.#coldBase + at] as number
  }

  setColdInt(at: number, value: number): void {
    this.#segment.cold[this.#coldBase + at] = value
  }

  coldDouble(at: number): number {
    return this.#segment.coldDoubles[(this.#coldBase + at) >> 1] as number
  }

  setColdDouble(at: number, value: number): void {
    this.#segment.coldDoubles[(this.#coldBase + at) >> 1] = value
  }

  get #coldBase(): number {
    return (this.flow & (SEGMENT_FLOWS - 1)) * COLD_WORDS
  }

  #clear(): void {
    const cold = this.#coldBase
    this.words.fill(0, this.base, this.base + HOT_WORDS)
    this.#segment.cold.fill(0, cold, cold + COLD_WORDS)
  }

  #addSegment(): void {
    const words = this.#memory.array(SEGMENT_FLOWS * HOT_WORDS)
    this.#memory.setRoot(Root.Segments + this.#segments.length, words.byteOffset)
    this.#segments.push(makeSegment(words))
  }

  #growLive(): void {
    const live = new Uint8Array(this.#live.length * 2)
    live.set(this.#live)
    this.#live = live
  }
}
