/** Holes kept a direction; beyond it the lowest is given up and gaps are no longer looked for. */
const MAX_HOLES = 64
/** Octets above a hole, with nothing ever acknowledged, after which gaps are no longer looked for (Zeek's limit). */
const MAX_ABOVE_UNACKNOWLEDGED = 16384

interface Hole {
  from: number
  /** Exclusive. */
  to: number
  /** Acknowledged although never captured; counted as missed. */
  missed: boolean
}

/**
 * What was *not* captured of one direction's sequence space below its highest number. Numbers count from the side's
 * start. Exists only once a segment has left a hole, so that in-order traffic costs nothing.
 */
export class SequenceHoles {
  /** In order, apart from each other. */
  readonly #holes: Hole[] = []
  /** Acknowledged beyond the highest number captured, and counted as missed up to here. */
  #missedUpTo = 0
  /** Too many holes, or too much above one that nobody acknowledges: the capture cannot tell gaps from loss. */
  gaveUp = false

  get open(): boolean {
    return this.#holes.length > 0
  }

  /** Segments in order and acknowledgments of them change nothing any more: what is missing was counted. */
  get settled(): boolean {
    return this.gaveUp || this.#holes.every(({ missed }) => missed)
  }

  /** Whether any octet of [from, to) lies in captured space; `low` and `max` bound what was sent so far. */
  wasSeen(from: number, to: number, low: number, max: number): boolean {
    let at = Math.max(from, low)
    const end = Math.min(to, max)
    for (const hole of this.#holes) {
      if (hole.to <= at) continue
      if (at >= end || at < hole.from) break
      at = hole.to
    }
    return at < end
  }

  /** A segment [from, to) arrived that begins above `max`: what lies between was not captured yet. */
  leave(from: number, max: number): void {
    const missedTo = Math.min(this.#missedUpTo, from)
    if (missedTo > max) this.#push({ from: max, to: missedTo, missed: true })
    const rest = Math.max(max, missedTo)
    if (from > rest) this.#push({ from: rest, to: from, missed: false })
  }

  /** A segment [from, to) arrived below the highest number: closes what it covers of the holes. */
  fill(from: number, to: number): void {
    for (let i = this.#holes.length - 1; i >= 0; i--) {
      const hole = this.#holes[i] as Hole
      if (hole.to <= from) break
      if (hole.from >= to) continue
      const parts: Hole[] = []
      if (hole.from < from) parts.push({ from: hole.from, to: from, missed: hole.missed })
      if (to < hole.to) parts.push({ from: to, to: hole.to, missed: hole.missed })
      this.#holes.splice(i, 1, ...parts)
    }
    if (this.#holes.length > MAX_HOLES) this.#dropLowest()
  }

  /** Gives up looking for gaps where data runs far ahead of a hole that nobody acknowledges. */
  checkUnacknowledged(max: number): void {
    const lowest = this.#holes[0]
    if (lowest === undefined || max - lowest.to <= MAX_ABOVE_UNACKNOWLEDGED) return
    let above = max - lowest.to
    for (let i = 1; i < this.#holes.length; i++) {
      const hole = this.#holes[i] as Hole
      above -= hole.to - hole.from
    }
    if (above > MAX_ABOVE_UNACKNOWLEDGED) this.gaveUp = true
  }

  /**
   * The peer acknowledged everything below `limit`: counts holes below it, once.
   *
   * @param onGap - Called for each new gap with its length in octets.
   */
  acknowledge(limit: number, max: number, onGap: (octets: number) => void): void {
    if (this.gaveUp) return
    for (let i = 0; i < this.#holes.length; i++) {
      const hole = this.#holes[i] as Hole
      if (hole.from >= limit) return
      if (hole.missed) continue
      if (hole.to > limit) this.#holes.splice(i + 1, 0, { from: limit, to: hole.to, missed: false })
      hole.to = Math.min(hole.to, limit)
      hole.missed = true
      onGap(hole.to - hole.from)
    }
    const from = Math.max(max, this.#missedUpTo)
    if (limit <= from) return
    this.#missedUpTo = limit
    onGap(limit - from)
  }

  #push(hole: Hole): void {
    this.#holes.push(hole)
    if (this.#holes.length > MAX_HOLES) this.#dropLowest()
  }

  #dropLowest(): void {
    this.#holes.shift()
    this.gaveUp = true
  }
}
