import type { Warning } from '../core/warning.ts'

/** Collects warnings; of each code the first is kept and the others are counted in it. */
export class WarningLog {
  readonly list: Warning[] = []
  readonly #file: string
  readonly #places = new Map<string, { index: number; count: number; message: string }>()

  constructor(file: string) {
    this.#file = file
  }

  add(code: string, message: string, place: { offset?: number; line?: number } = {}): void {
    const known = this.#places.get(code)
    if (known === undefined) {
      this.#places.set(code, { index: this.list.length, count: 1, message })
      this.list.push({ code, file: this.#file, message, ...place })
      return
    }
    known.count++
    const first = this.list[known.index]
    if (first) this.list[known.index] = { ...first, message: `${known.message} (and ${known.count - 1} more like it)` }
  }
}
