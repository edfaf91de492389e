import type { Verdict } from '../audit/verdict.ts'
import { jsonText } from './escape.ts'
import { toFlowRecord } from './records/flow-record.ts'
import { captureName, type Report } from './report.ts'

/** The record of one flow alone. */
export function* flowJson(verdict: Verdict, report: Report, format: 'json' | 'ndjson'): Generator<string> {
  const record = toFlowRecord(verdict, captureName(report, verdict.flow.capture))
  yield `${format === 'json' ? jsonText(record, 2) : jsonText(record)}\n`
}
