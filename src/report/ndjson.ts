import { jsonText } from './escape.ts'
import {
  toCaptureRecord,
  toExpectationRecord,
  toFindingRecord,
  toSummaryRecord,
  toWhatIfRecords,
} from './records/run-records.ts'
import { flowRecords, listedFindings, type RenderOptions, type Report } from './report.ts'

/** One record a line: captures, flows, findings, expectations, and the summary last. */
export function* ndjson(report: Report, options: RenderOptions): Generator<string> {
  for (const capture of report.captures) yield ndjsonLine(toCaptureRecord(capture))
  for (const flow of flowRecords(report, options)) yield ndjsonLine(flow)
  for (const finding of listedFindings(report, options)) yield ndjsonLine(toFindingRecord(finding))
  for (const expectation of report.expectations) yield ndjsonLine(toExpectationRecord(expectation))
  for (const change of report.whatIf ? toWhatIfRecords(report.whatIf) : []) yield ndjsonLine(change)
  yield ndjsonLine(toSummaryRecord(report.summary, report.tool))
}

/** One record as a line. */
export function ndjsonLine(record: { readonly record: string }): string {
  return `${jsonText(record)}\n`
}
