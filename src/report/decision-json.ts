import type { Decision } from '../masquerade/decision.ts'
import { jsonText } from './escape.ts'
import type { Difference } from './explain.ts'
import { toDecisionRecord } from './records/run-records.ts'

/**
 * A decision as a record. With `--diff` the other decision is its `diff` member in `json`, and a line of its own in `ndjson`.
 */
export function* decisionJson(
  decision: Decision,
  difference: Difference | null,
  format: 'json' | 'ndjson',
): Generator<string> {
  const record = toDecisionRecord(decision)
  const other = difference && { settings: difference.settings, decision: toDecisionRecord(difference.decision) }
  if (format === 'json') {
    yield `${jsonText(other === null ? record : { ...record, diff: other }, 2)}\n`
    return
  }
  yield `${jsonText(record)}\n`
  if (other !== null) yield `${jsonText({ ...other.decision, settings: other.settings })}\n`
}
