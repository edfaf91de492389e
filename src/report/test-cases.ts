import type { ExpectationResult, Finding, Verdict } from '../audit/verdict.ts'
import { formatSourceRef } from '../core/source-ref.ts'
import { captureName, isFailure, type RenderOptions, type Report, reportVerdicts } from './report.ts'
import {
  addressText,
  count,
  decisionText,
  identityText,
  NO_DECISION,
  observationText,
  protocolText,
  reasonText,
} from './words.ts'

/** One case of a report that CI reads as tests (JUnit, TAP). Texts are unescaped. */
export interface ReportCase {
  readonly name: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** What kind of failure: a contradiction's code, a finding's code, `failed` or `unmatched`. */
  readonly type: string
  /** The reason in one sentence; may be empty for what passed. */
  readonly message: string
  /** Proof, line by line; for failures. */
  readonly details: readonly string[]
  readonly properties: Readonly<Record<string, string>>
}

export interface ReportSuite {
  readonly name: string
  readonly kind: 'expectations' | 'findings' | 'flows'
  readonly cases: readonly ReportCase[]
}

/** From this many flows on, those that need no attention are one case for each kind instead of one each. */
const CASE_PER_FLOW_UP_TO = 1000

/**
 * The report as suites of cases: expectations, findings, and the flows of each capture. A contradiction (or what `--fail-on`
 * names) fails, and so does its cause, and in `lint` a finding that is an error; a flow of which nothing can be said is skipped.
 */
export function reportSuites(report: Report, options: RenderOptions): ReportSuite[] {
  const suites: ReportSuite[] = []
  if (report.expectations.length > 0) {
    suites.push({ name: 'expectations', kind: 'expectations', cases: report.expectations.map(expectationCase) })
  }
  if (report.findings.length > 0 || report.command === 'lint') {
    const cases = report.findings.map((finding) => findingCase(finding, report, options))
    const clean = { ...PASSED, name: 'cluster metadata does not contradict itself' }
    suites.push({ name: 'findings', kind: 'findings', cases: cases.length > 0 ? cases : [clean] })
  }
  return [...suites, ...flowSuites(report, options)]
}

const PASSED = { outcome: 'passed', type: '', message: '', details: [], properties: {} } as const

// An expectation without matching flows is neither met nor broken; one that wants some (`min`) is `failed` instead.
const EXPECTATION_OUTCOME = { passed: 'passed', failed: 'failed', unmatched: 'skipped' } as const

function expectationCase({ name, status, message, flows }: ExpectationResult): ReportCase {
  const properties = { status, flows: flows.join(' ') }
  return { name, outcome: EXPECTATION_OUTCOME[status], type: status, message, details: [message], properties }
}

function findingCase(finding: Finding, report: Report, options: RenderOptions): ReportCase {
  const { code, severity, message, subject, sources, confirm, flows = [] } = finding
  // As the exit status has it: what is wrong with the metadata alone fails `lint`, not the judgement of captures.
  const counts = report.command === 'lint' || flows.length > 0
  return {
    name: `${code}: ${subject}`,
    outcome: severity === 'error' && counts && options.failOn !== 'never' ? 'failed' : 'passed',
    type: code,
    message,
    details: [message, ...sources.map(formatSourceRef), ...(confirm ? [`confirm with: ${confirm}`] : [])],
    properties: { severity },
  }
}

function flowSuites(report: Report, options: RenderOptions): ReportSuite[] {
  const verdicts = reportVerdicts(report)
  const single = verdicts.length <= CASE_PER_FLOW_UP_TO
  const byCapture: Verdict[][] = report.captures.map(() => [])
  for (const verdict of verdicts) byCapture[verdict.flow.capture]?.push(verdict)
  return byCapture.map((own, index) => {
    const alone = own.filter((verdict) => single || isFailure(verdict, options.failOn))
    const counted = single ? [] : own.filter((verdict) => !isFailure(verdict, options.failOn))
    const cases = [...alone.map((verdict) => flowCase(verdict, report, options)), ...countedCases(counted)]
    return { name: captureName(report, index), kind: 'flows', cases }
  })
}

function countedCases(verdicts: readonly Verdict[]): ReportCase[] {
  const groups = new Map<string, { first: Verdict; n: number }>()
  for (const verdict of verdicts) {
    const { source, destination, expected } = verdict
    const rule = expected === null ? '' : ` by rule ${expected.rule}`
    const key = `${verdict.verdict}: ${source.kind} to ${destination.kind}${rule}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { first: verdict, n: 1 })
    else group.n++
  }
  return [...groups].map(([key, { first, n }]) => ({
    ...PASSED,
    name: `${key}: ${count(n, 'flow')}`,
    outcome: outcomeOf(first),
    message: `such as flow ${first.flow.id}: ${reasonText(first)}`,
  }))
}

function outcomeOf(verdict: Verdict): 'passed' | 'skipped' {
  return verdict.verdict === 'inconclusive' ? 'skipped' : 'passed'
}

function flowCase(verdict: Verdict, report: Report, options: RenderOptions): ReportCase {
  const { flow, source, destination, expected, observed, code, impact } = verdict
  const ends = [
    `${addressText(flow.source)} (${identityText(source)})`,
    `${addressText(flow.destination)} (${identityText(destination)})`,
  ]
  const properties: Record<string, string | null | undefined> = {
    flow: String(flow.id),
    capture: captureName(report, flow.capture),
    verdict: verdict.verdict,
    code,
    expected: expected && decisionText(expected),
    rule: expected?.rule,
    observed: observationText(observed),
    confidence: observed.confidence,
    impact,
  }
  return {
    name: `flow ${flow.id}: ${protocolText(flow.protocol)} ${ends.join(' > ')}`,
    outcome: isFailure(verdict, options.failOn) ? 'failed' : outcomeOf(verdict),
    type: code ?? verdict.verdict,
    message: reasonText(verdict),
    details: proof(verdict),
    properties: Object.fromEntries(
      Object.entries(properties).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    ),
  }
}

function proof({ expected, observed, because, evidence }: Verdict): string[] {
  return [
    `expected: ${expected === null ? NO_DECISION : decisionText(expected)}`,
    `seen: ${observationText(observed)}`,
    ...because,
    ...evidence.map(({ kind, detail, confidence }) => `${kind} (${confidence}): ${detail}`),
  ]
}
