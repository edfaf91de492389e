import type { Finding, Verdict } from '../audit/verdict.ts'
import { CODE_MEANING, count } from './words.ts'

/** Contradictions that share a cause. */
export interface Cause {
  /** Root cause found by the audit; `null` where the flows share their code alone. */
  readonly finding: Finding | null
  /** At least one. */
  readonly verdicts: readonly Verdict[]
}

/** Groups contradictions by root cause in the order of the findings, and the rest by code, the largest group first. */
export function causesOf(verdicts: readonly Verdict[], findings: readonly Finding[]): Cause[] {
  const left = new Map<number, Verdict>()
  for (const verdict of verdicts) if (verdict.verdict === 'contradiction') left.set(verdict.flow.id, verdict)
  const causes: Cause[] = []
  for (const finding of findings) {
    const explained = (finding.flows ?? []).flatMap((id) => left.get(id) ?? [])
    for (const verdict of explained) left.delete(verdict.flow.id)
    if (explained.length > 0) causes.push({ finding, verdicts: explained })
  }
  const rest = new Map<string, Verdict[]>()
  for (const verdict of left.values()) {
    const group = rest.get(verdict.code ?? '')
    if (group === undefined) rest.set(verdict.code ?? '', [verdict])
    else group.push(verdict)
  }
  const others = [...rest.values()].map((group) => ({ finding: null, verdicts: group }))
  return [...causes, ...others.sort((a, b) => b.verdicts.length - a.verdicts.length)]
}

/** `MASQUERADE_MISSING: pod address kept although the settings masquerade it (3 flows)`. */
export function causeTitle({ verdicts }: Cause): string {
  const numbers = new Map<NonNullable<Verdict['code']>, number>()
  for (const { code } of verdicts) if (code !== null) numbers.set(code, (numbers.get(code) ?? 0) + 1)
  return [...numbers].map(([code, n]) => `${code}: ${CODE_MEANING[code]} (${count(n, 'flow')})`).join('; ')
}

/** Findings that are not the cause of any flow shown. */
export function otherFindings(findings: readonly Finding[], causes: readonly Cause[]): Finding[] {
  const shown = new Set(causes.map((cause) => cause.finding))
  return findings.filter((finding) => !shown.has(finding))
}
