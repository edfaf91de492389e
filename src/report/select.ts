import { countVerdicts } from '../audit/summary.ts'
import { toFlowRecord } from './records/flow-record.ts'
import type { FlowRecord } from './records/types.ts'
import { captureName, isVerdict, type Report } from './report.ts'

/**
 * The report of the flows whose record matches. Counts of flows and verdicts follow; what was read, expectations, and findings
 * about the metadata stay, and a cause stays as long as one of its flows does.
 */
export function selectFlows(report: Report, matches: (record: FlowRecord) => boolean): Report {
  const flows = report.flows.filter((flow) => matches(toFlowRecord(flow, captureName(report, flow.flow.capture))))
  const kept = new Set(flows.map(({ flow }) => flow.id))
  const { whatIf } = report
  return {
    ...report,
    flows,
    setAside: report.flows.length - flows.length,
    findings: report.findings.filter(
      (finding) =>
        finding.flows === undefined || finding.flows.length === 0 || finding.flows.some((id) => kept.has(id)),
    ),
    summary: { ...report.summary, flows: flows.length, ...countVerdicts(flows.filter(isVerdict)) },
    ...(whatIf === undefined
      ? {}
      : { whatIf: { ...whatIf, changes: whatIf.changes.filter(({ before }) => kept.has(before.flow.id)) } }),
  }
}
