import type { AnalysisSummary } from '../audit/analysis.ts'
import type { Verdict, VerdictName } from '../audit/verdict.ts'
import { toFlowRecord } from './records/flow-record.ts'
import type { FlowRecord } from './records/types.ts'
import { captureName, isVerdict, type Report, type Sighting } from './report.ts'

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
    findings: report.findings.filter(
      (finding) =>
        finding.flows === undefined || finding.flows.length === 0 || finding.flows.some((id) => kept.has(id)),
    ),
    summary: { ...report.summary, ...countsOf(flows) },
    ...(whatIf === undefined
      ? {}
      : { whatIf: { ...whatIf, changes: whatIf.changes.filter(({ before }) => kept.has(before.flow.id)) } }),
  }
}

function countsOf(flows: readonly (Verdict | Sighting)[]): Pick<AnalysisSummary, 'flows' | 'verdicts' | 'codes'> {
  const verdicts: Record<VerdictName, number> = { consistent: 0, contradiction: 0, inconclusive: 0, not_applicable: 0 }
  const codes: Record<string, number> = {}
  for (const { verdict, code } of flows.filter(isVerdict)) {
    verdicts[verdict]++
    if (code !== null) codes[code] = (codes[code] ?? 0) + 1
  }
  return { flows: flows.length, verdicts, codes }
}
