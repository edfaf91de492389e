import type { AnalysedCapture, Analysis, AnalysisSummary, WhatIf } from '../audit/analysis.ts'
import { summarise } from '../audit/summary.ts'
import type { ExpectationResult, Finding, Verdict } from '../audit/verdict.ts'
import type { ClusterSnapshot } from '../cluster/snapshot.ts'
import { toFlowRecord } from './records/flow-record.ts'
import type { FlowRecord, ToolRecord } from './records/types.ts'

/** A flow with what is known of its ends, not judged. */
export type Sighting = Pick<Verdict, 'flow' | 'source' | 'destination' | 'point'>

/** What every format is made from: the results of one command, before any text. */
export interface Report {
  readonly tool: ToolRecord
  readonly command: 'analyze' | 'flows' | 'lint'
  readonly captures: readonly AnalysedCapture[]
  /** Judged flows, or for `flows` sightings without a verdict. */
  readonly flows: readonly (Verdict | Sighting)[]
  readonly findings: readonly Finding[]
  readonly expectations: readonly ExpectationResult[]
  readonly summary: AnalysisSummary
  /** What other settings would change (`--what-if`). */
  readonly whatIf?: WhatIf
  /** True where no metadata told anything of the cluster, so that no flow could be judged. */
  readonly unjudged?: boolean
  /** How many flows `--where` left out. */
  readonly setAside?: number
}

/** What `--fail-on` names. */
export type FailOn = 'contradiction' | 'inconclusive' | 'never'

/** How a format should present the report; formats for machines ignore it, except that lists of records keep to `limit`. */
export interface RenderOptions {
  /** Columns of the terminal, at least 40. */
  readonly width: number
  readonly color: boolean
  /** List every flow instead of counting those that need no attention. */
  readonly all: boolean
  /** Most rows of one list; 0 for the format's own measure. */
  readonly limit: number
  /** What counts as a failure for formats that CI reads. */
  readonly failOn: FailOn
  /** Captures and metadata as the command line named them, for hints that can be copied; `<capture…>` without it. */
  readonly again?: string
}

/** One output format: turns a report into text, piece by piece. */
export type Format = (report: Report, options: RenderOptions) => Iterable<string>

/** Report of the main job. */
export function analysisReport(analysis: Analysis, tool: ToolRecord): Report {
  const { captures, verdicts, findings, expectations, summary, whatIf, cluster } = analysis
  const unjudged = !cluster.nodesKnown && !cluster.podsKnown && !cluster.settings.known
  const report = { tool, command: 'analyze' as const, captures, flows: verdicts, findings, expectations, summary }
  return { ...report, ...(whatIf === undefined ? {} : { whatIf }), ...(unjudged ? { unjudged } : {}) }
}

/** Report of metadata alone. */
export function lintReport(
  findings: readonly Finding[],
  { warnings }: Pick<ClusterSnapshot, 'warnings'>,
  tool: ToolRecord,
): Report {
  const summary = summarise([], [], warnings, false)
  return { tool, command: 'lint', captures: [], flows: [], findings, expectations: [], summary }
}

export function isVerdict(flow: Verdict | Sighting): flow is Verdict {
  return 'verdict' in flow
}

/** Verdicts of the report; empty for `flows`. */
export function reportVerdicts(report: Report): Verdict[] {
  return report.flows.filter(isVerdict)
}

/** Name of the capture a flow was seen in. */
export function captureName(report: Pick<Report, 'captures'>, index: number): string {
  return report.captures[index]?.name ?? `capture ${index + 1}`
}

/** Flows that a list of records is to hold: all, or the first `limit`. */
export function listedFlows({ flows }: Report, { limit }: Pick<RenderOptions, 'limit'>): Report['flows'] {
  return limit > 0 ? flows.slice(0, limit) : flows
}

/** Findings that a list of records is to hold; beside flows they are few, and all belong there. */
export function listedFindings(
  { findings, command }: Report,
  { limit }: Pick<RenderOptions, 'limit'>,
): Report['findings'] {
  return command === 'lint' && limit > 0 ? findings.slice(0, limit) : findings
}

/** Records of the flows listed, made one at a time so that memory holds only the flows themselves. */
export function* flowRecords(report: Report, options: Pick<RenderOptions, 'limit'>): Generator<FlowRecord> {
  for (const flow of listedFlows(report, options)) yield toFlowRecord(flow, captureName(report, flow.flow.capture))
}

/** Whether a verdict counts as failed; a contradiction does too where `inconclusive` is asked for. */
export function isFailure(verdict: Verdict, failOn: FailOn): boolean {
  if (failOn === 'never') return false
  return verdict.verdict === 'contradiction' || (failOn === 'inconclusive' && verdict.verdict === 'inconclusive')
}
