import type { AnalysedCapture, AnalysisSummary, WhatIf } from '../../audit/analysis.ts'
import type { ExpectationResult, Finding, Verdict } from '../../audit/verdict.ts'
import type { Decision } from '../../masquerade/decision.ts'
import { expectedRecord, pointRecord } from './flow-record.ts'
import { offsetOf, timestampOf } from './time.ts'
import {
  type CaptureInfoRecord,
  type DecisionRecord,
  type ExpectationRecord,
  type FindingRecord,
  SCHEMA_VERSION,
  type SummaryRecord,
  type ToolRecord,
  type WhatIfRecord,
  type WhatIfSide,
} from './types.ts'

/** The public record of one capture. */
export function toCaptureRecord(capture: AnalysedCapture): CaptureInfoRecord {
  const { name, files, format, compression, packets, bytes, timeKind, warnings, skipped } = capture
  // The times of a capture without packets are placeholders.
  const kind = packets === 0 ? 'none' : timeKind
  return {
    record: 'capture',
    name,
    files,
    format,
    compression,
    packets,
    bytes,
    start: timestampOf(kind, capture.startSec, capture.startNsec),
    end: timestampOf(kind, capture.endSec, capture.endNsec),
    offsetSeconds: offsetOf(kind, capture.startSec, capture.startNsec),
    interfaces: capture.interfaces.map((each, i) => {
      const point = capture.points[i]
      const { linkType, snapLength, host, filter } = each
      return { name: each.name, linkType, snapLength, host, filter, point: point ? pointRecord(point) : null }
    }),
    warnings,
    skipped,
    ...(capture.crossCheck === undefined ? {} : { crossCheck: capture.crossCheck }),
  }
}

/** The public record of a finding of `lint` or a root cause. */
export function toFindingRecord(finding: Finding): FindingRecord {
  const { code, severity, message, subject, sources, flows = [], confirm = null } = finding
  return { record: 'finding', code, severity, message, subject, sources, flows: flows.map(String), confirm }
}

/** The public record of one expectation. */
export function toExpectationRecord({ name, status, flows, message }: ExpectationResult): ExpectationRecord {
  return { record: 'expectation', name, status, flows: flows.map(String), message }
}

/** The record that closes a run. */
export function toSummaryRecord(summary: AnalysisSummary, tool: ToolRecord): SummaryRecord {
  const { captures, packets, bytes, flows, verdicts, codes, warnings, skipped, interrupted } = summary
  return {
    record: 'summary',
    schemaVersion: SCHEMA_VERSION,
    tool,
    captures,
    packets,
    bytes,
    flows,
    verdicts,
    codes: codes as Record<string, number>,
    warnings,
    skipped,
    interrupted,
  }
}

/** The public record of a decision. */
export function toDecisionRecord(decision: Decision): DecisionRecord {
  const { engine, action, address, addresses, rule, node, trace, assumptions, alternatives, continuesAt } = decision
  return {
    record: 'decision',
    engine,
    action,
    address,
    addresses,
    rule,
    node,
    trace,
    assumptions,
    alternatives,
    continuesAt,
  }
}

/** The public records of what other settings would change, one for each flow that they change. */
export function toWhatIfRecords({ settings, changes }: WhatIf): WhatIfRecord[] {
  return changes.map(({ before, after }) => ({
    record: 'what-if',
    flow: String(before.flow.id),
    settings,
    before: whatIfSide(before),
    after: whatIfSide(after),
  }))
}

function whatIfSide({ verdict, code, expected, because }: Verdict): WhatIfSide {
  return { verdict, code, expected: expected && expectedRecord(expected, because) }
}
