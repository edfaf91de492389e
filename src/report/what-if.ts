import type { WhatIf } from '../audit/analysis.ts'
import type { Verdict } from '../audit/verdict.ts'
import { count, decisionText, NO_DECISION, VERDICT_LABEL } from './words.ts'

/** `With routing-mode=tunnel: 2 flows would be decided otherwise, 1 verdict would change`. Not escaped. */
export function whatIfTitle({ settings, changes }: WhatIf): string {
  const verdicts = changes.filter(({ before, after }) => before.verdict !== after.verdict || before.code !== after.code)
  return `With ${settings.join(', ')}: ${count(changes.length, 'flow')} would be decided otherwise, ${count(verdicts.length, 'verdict')} would change`
}

/** How a flow is judged and decided, on one side of the comparison: `consistent`, `masquerade to 172.17.0.4 (rule local-endpoint)`. */
export function whatIfSide({ verdict, code, expected }: Verdict): {
  readonly verdict: string
  readonly decision: string
} {
  const decision = expected === null ? NO_DECISION : `${decisionText(expected)} (rule ${expected.rule})`
  return { verdict: code ?? VERDICT_LABEL[verdict], decision }
}
