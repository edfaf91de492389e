import type { Flow } from '../../flow/flow.ts'

/** Two flows that are one connection; what they agree in, `agreementText` says. */
export interface Join {
  /** Indices into the flows of the run. */
  readonly a: number
  readonly b: number
  readonly confidence: 'high' | 'medium' | 'low'
}

/** Groups of flows by union-find with path halving; the smallest index stands for its group. */
export class Groups {
  readonly #parent: Int32Array

  constructor(size: number) {
    this.#parent = Int32Array.from({ length: size }, (_, i) => i)
  }

  find(i: number): number {
    let at = i
    for (;;) {
      const parent = this.#parent[at] ?? at
      if (parent === at) return at
      const grandparent = this.#parent[parent] ?? parent
      this.#parent[at] = grandparent
      at = grandparent
    }
  }

  /** @returns False when both were in one group already. */
  unite(a: number, b: number): boolean {
    const rootA = this.find(a)
    const rootB = this.find(b)
    if (rootA === rootB) return false
    this.#parent[Math.max(rootA, rootB)] = Math.min(rootA, rootB)
    return true
  }
}

/**
 * Index from a key to the flows that carry it, in order. A key with more flows than {@link limit} tells nothing and is
 * cut off there, so that looking all flows up against each other stays linear.
 */
export class FlowIndex<Key> {
  readonly #first = new Map<Key, number>()
  readonly #next: Int32Array
  readonly #limit: number

  constructor(size: number, limit = 32) {
    this.#next = new Int32Array(size).fill(-1)
    this.#limit = limit
  }

  /** Calls `visit` with the flows added under the key so far, latest first, until it returns true or the limit is met. */
  probe(key: Key, visit: (index: number) => boolean): void {
    let at = this.#first.get(key) ?? -1
    for (let left = this.#limit; at >= 0 && left > 0; left--) {
      if (visit(at)) return
      at = this.#next[at] ?? -1
    }
  }

  /** Adds a flow under one key; a flow can be in one list only. */
  add(key: Key, index: number): void {
    this.#next[index] = this.#first.get(key) ?? -1
    this.#first.set(key, index)
  }
}

/** A flow is one link of a chain: flows that can be paired at all share these. */
export function mayPair(a: Flow, b: Flow): boolean {
  return a.protocol === b.protocol && a.family === b.family
}
