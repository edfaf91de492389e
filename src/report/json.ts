import { jsonText } from './escape.ts'
import {
  toCaptureRecord,
  toExpectationRecord,
  toFindingRecord,
  toSummaryRecord,
  toWhatIfRecords,
} from './records/run-records.ts'
import { SCHEMA_VERSION } from './records/types.ts'
import { flowRecords, listedFindings, type RenderOptions, type Report } from './report.ts'

/** One JSON document; written flow by flow, so that a million flows never stand in one string. */
export function* json(report: Report, options: RenderOptions): Generator<string> {
  yield `{"schemaVersion":${SCHEMA_VERSION},"tool":${jsonText(report.tool)}`
  yield* list('captures', report.captures.map(toCaptureRecord))
  yield* list('flows', flowRecords(report, options))
  yield* list('findings', listedFindings(report, options).map(toFindingRecord))
  yield* list('expectations', report.expectations.map(toExpectationRecord))
  if (report.whatIf !== undefined) yield* list('whatIf', toWhatIfRecords(report.whatIf))
  yield `,\n"summary":${jsonText(toSummaryRecord(report.summary, report.tool))}}\n`
}

function* list(name: string, records: Iterable<unknown>): Generator<string> {
  let before = `,\n"${name}":[\n`
  let empty = true
  for (const record of records) {
    yield before + jsonText(record)
    before = ',\n'
    empty = false
  }
  yield empty ? `,\n"${name}":[]` : '\n]'
}
