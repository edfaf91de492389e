import type { Flow } from '../../flow/flow.ts'
import { startSeconds } from './fingerprint.ts'
import type { Join } from './join.ts'

// Enough for a median; connections beyond it would not move it.
const MAX_SAMPLES = 1000

/**
 * How far the clocks of captures are apart, told from connections that both captured: the median difference of their
 * first packets. Captures of one machine share a clock and come out at the microseconds a packet needs; a text without
 * dates is off by whole days and its zone, and so becomes comparable too.
 */
export class ClockSkew {
  readonly #flows: readonly Flow[]
  readonly #differences = new Map<string, number[]>()
  readonly #medians = new Map<string, number>()

  constructor(flows: readonly Flow[]) {
    this.#flows = flows
  }

  /** Takes two flows that are one connection; those of one capture say nothing of clocks. */
  note({ a, b }: Join): void {
    const first = this.#flows[a]
    const second = this.#flows[b]
    if (first === undefined || second === undefined || first.capture === second.capture) return
    if (first.timeKind === 'none' || second.timeKind === 'none') return
    const [low, high] = first.capture < second.capture ? [first, second] : [second, first]
    const key = `${low.capture}/${high.capture}`
    const samples = this.#differences.get(key) ?? []
    if (samples.length < MAX_SAMPLES) samples.push(startSeconds(high) - startSeconds(low))
    this.#differences.set(key, samples)
    this.#medians.delete(key)
  }

  /** Start of a flow on the clock of the run's first capture, as far as that is known. */
  commonTime(flow: Flow): number {
    return startSeconds(flow) + (this.between(flow.capture, 0) ?? 0)
  }

  /** Seconds to add to times of capture `a` to compare them with those of `b`; `null` where nothing tells. */
  between(a: number, b: number): number | null {
    if (a === b) return 0
    const key = a < b ? `${a}/${b}` : `${b}/${a}`
    let median = this.#medians.get(key)
    if (median === undefined) {
      const samples = this.#differences.get(key)
      if (samples === undefined) return null
      samples.sort((x, y) => x - y)
      median = samples[samples.length >> 1] ?? 0
      this.#medians.set(key, median)
    }
    return a < b ? median : -median
  }
}
