import type { Warning } from '../core/warning.ts'

/** Warnings of one kind about one file that are worth reading one by one. */
const MAX_ALIKE = 20

/** Collects warnings; of many alike the first ones are kept and the rest counted. */
export class WarningLog {
  private readonly kept: Warning[] = []
  private readonly alike = new Map<string, { readonly first: Warning; number: number }>()

  push(warning: Warning): void {
    const key = `${warning.code} ${warning.file}`
    const group = this.alike.get(key) ?? { first: warning, number: 0 }
    this.alike.set(key, group)
    if (++group.number <= MAX_ALIKE) this.kept.push(warning)
  }

  /** The warnings so far, with one line for each group that was cut short. */
  list(): Warning[] {
    const cut = [...this.alike.values()].filter(({ number }) => number > MAX_ALIKE)
    const counts = cut.map(({ first: { code, file }, number }) => ({
      code,
      file,
      message: `${file === null ? '' : `${file}: `}${number - MAX_ALIKE} more warnings like this one (${code})`,
    }))
    return [...this.kept, ...counts]
  }
}
