import type { Section } from '../section.ts'

/** What to say of an input nothing here reads. */
export interface Unrecognised {
  readonly kind: string
  readonly note: string
  /** Inputs that belong beside metadata (expectations, capture lists) are no reason to warn. */
  readonly warn: boolean
}

/** Known outputs that hold no fact about masquerading, and what to give instead. */
const HINTS: readonly {
  readonly test: RegExp
  readonly kind: string
  readonly note: string
  readonly warn: boolean
}[] = [
  {
    test: /\/¯¯\\/,
    kind: 'cilium-cli-status',
    note: 'status of the cilium CLI, which has no masquerade line; give the output of "kubectl -n kube-system exec ds/cilium -- cilium-dbg status"',
    warn: true,
  },
]

/** Names an input that no format takes, with a hint where it is known to look at something useful from the wrong side. */
export function describeUnrecognised(section: Section, value?: unknown): Unrecognised {
  for (const { test, kind, note, warn } of HINTS) {
    if (test.test(section.text)) return { kind, note: `recognised, not used: ${note}`, warn }
  }
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    const beside = ['captures', 'expectations'].find((key) => key in value)
    if (beside !== undefined) {
      return {
        kind: `${beside}-file`,
        note: `recognised, not used: a list of ${beside}, no cluster metadata`,
        warn: false,
      }
    }
  }
  const line = section.text.split('\n').find((text) => text.trim() !== '') ?? ''
  const start = line.trim().slice(0, 60)
  return { kind: 'unrecognised', note: `not recognised, not used; it begins with "${start}"`, warn: true }
}
