import junitReportBuilder, { type Builder, type TestCase } from 'junit-report-builder'
import type { ExpectationResult, Finding, Verdict } from '../audit/verdict.ts'
import { formatSourceRef } from '../core/source-ref.ts'
import { escapeXml } from './escape.ts'
import { captureName, isFailure, type RenderOptions, type Report, reportVerdicts } from './report.ts'
import { addressText, count, decisionText, identityText, observationText, protocolText, reasonText } from './words.ts'

// The package is CommonJS that exports a builder, described by types that say it exports one as `default`.
const ROOT = junitReportBuilder as unknown as Builder

/** From this many flows on, those that need no attention are one case for each kind instead of one each. */
const CASE_PER_FLOW_UP_TO = 1000

/**
 * JUnit XML: a suite of expectations, one of findings, and one of flows for each capture. A contradiction (or what `--fail-on`
 * names) is a failure; a flow that nothing can be said of is skipped, with the reason in its output.
 */
export function* junit(report: Report, options: RenderOptions): Generator<string> {
  const builder = ROOT.newBuilder().name('masqcheck')
  if (report.expectations.length > 0) expectationSuite(builder, report.expectations)
  if (report.findings.length > 0 || report.command === 'lint') findingSuite(builder, report, options)
  flowSuites(builder, report, options)
  yield `${builder.build()}\n`
}

function expectationSuite(builder: Builder, expectations: readonly ExpectationResult[]): void {
  const suite = builder.testSuite().name('expectations')
  for (const { name, status, message, flows } of expectations) {
    const testCase = suite.testCase().className('masqcheck.expectations').name(escapeXml(name))
    testCase.property('status', status).property('flows', flows.join(' '))
    if (status !== 'passed') testCase.failure(escapeXml(message), status)
  }
}

function findingSuite(builder: Builder, report: Report, options: RenderOptions): void {
  const suite = builder.testSuite().name('findings')
  for (const finding of report.findings) {
    const testCase = suite.testCase().className('masqcheck.findings')
    testCase.name(escapeXml(`${finding.code}: ${finding.subject}`)).property('severity', finding.severity)
    if (finding.severity === 'error' && options.failOn !== 'never') {
      testCase.failure(escapeXml(finding.message), finding.code).stacktrace(findingPlaces(finding))
    } else testCase.standardOutput(escapeXml(finding.message))
  }
  if (report.findings.length === 0) suite.testCase().className('masqcheck.findings').name('cluster metadata')
}

function findingPlaces(finding: Finding): string {
  const places = finding.sources.map((source) => escapeXml(formatSourceRef(source)))
  const confirm = finding.confirm === undefined ? [] : [`confirm with: ${escapeXml(finding.confirm)}`]
  return [escapeXml(finding.message), ...places, ...confirm].join('\n')
}

function flowSuites(builder: Builder, report: Report, options: RenderOptions): void {
  const verdicts = reportVerdicts(report)
  const single = verdicts.length <= CASE_PER_FLOW_UP_TO
  for (const [index, capture] of report.captures.entries()) {
    const suite = builder.testSuite().name(escapeXml(capture.name))
    suite.property('packets', String(capture.packets))
    const counted = new Map<string, Verdict[]>()
    for (const verdict of verdicts) {
      if (verdict.flow.capture !== index) continue
      const key = groupKey(verdict)
      if (single || isFailure(verdict, options.failOn)) flowCase(suite.testCase(), verdict, report, options)
      else counted.set(key, [...(counted.get(key) ?? []), verdict])
    }
    for (const [name, group] of counted) {
      const testCase = suite
        .testCase()
        .className('masqcheck.flows')
        .name(escapeXml(`${name}: ${count(group.length, 'flow')}`))
      if (group[0]?.verdict === 'inconclusive') testCase.skipped()
    }
  }
}

function groupKey({ verdict, source, destination, expected }: Verdict): string {
  return `${verdict}: ${source.kind} to ${destination.kind}${expected === null ? '' : ` by rule ${expected.rule}`}`
}

function flowCase(testCase: TestCase, verdict: Verdict, report: Report, options: RenderOptions): void {
  const { flow, source, destination, expected, observed } = verdict
  const ends = `${addressText(flow.source)} (${identityText(source)}) > ${addressText(flow.destination)} (${identityText(destination)})`
  testCase.className('masqcheck.flows').name(escapeXml(`flow ${flow.id}: ${protocolText(flow.protocol)} ${ends}`))
  const properties: [string, string | null | undefined][] = [
    ['flow', String(flow.id)],
    ['capture', captureName(report, flow.capture)],
    ['verdict', verdict.verdict],
    ['code', verdict.code],
    ['expected', expected && decisionText(expected)],
    ['rule', expected?.rule],
    ['observed', observationText(observed)],
    ['confidence', observed.confidence],
    ['impact', verdict.impact],
  ]
  for (const [name, value] of properties) if (value) testCase.property(name, escapeXml(value))
  const reason = escapeXml(reasonText(verdict))
  if (isFailure(verdict, options.failOn)) {
    testCase.failure(reason, verdict.code ?? verdict.verdict).stacktrace(proof(verdict))
  } else {
    testCase.standardOutput(reason)
    if (verdict.verdict === 'inconclusive') testCase.skipped()
  }
}

function proof(verdict: Verdict): string {
  const expected = verdict.expected === null ? 'nothing known' : decisionText(verdict.expected)
  const lines = [`expected: ${expected}`, `seen: ${observationText(verdict.observed)}`, ...verdict.because]
  for (const { kind, detail, confidence } of verdict.evidence) lines.push(`${kind} (${confidence}): ${detail}`)
  return lines.map(escapeXml).join('\n')
}
