import { markdownTable } from 'markdown-table'
import type { WhatIf } from '../audit/analysis.ts'
import type { Finding, Verdict, VerdictName } from '../audit/verdict.ts'
import { formatSourceRef } from '../core/source-ref.ts'
import { type Cause, causesOf, causeTitle, otherFindings } from './causes.ts'
import { escapeMarkdown, markdownCode } from './escape.ts'
import { type RenderOptions, type Report, reportVerdicts } from './report.ts'
import { whatIfSide, whatIfTitle } from './what-if.ts'
import {
  addressText,
  count,
  decisionText,
  groupDigits,
  identityText,
  NO_DECISION,
  noFlowsText,
  observationText,
  protocolText,
  reasonText,
  VERDICT_LABEL,
  VERDICT_ORDER,
} from './words.ts'

/** Rows of one table shown unless `--all` or `--limit` says otherwise. */
const ROWS = 20

/** GitHub-flavoured Markdown: counts, contradictions by cause, expectations, findings, and what cannot be told. */
export function* markdown(report: Report, options: RenderOptions): Generator<string> {
  const verdicts = reportVerdicts(report)
  const causes = causesOf(verdicts, report.findings)
  yield `# masqcheck\n\n${headline(report)}\n`
  if (report.command !== 'lint') yield `\n${verdictCounts(report)}\n`
  if (causes.length > 0) yield '\n## Contradictions\n'
  for (const cause of causes) yield causeSection(cause, options)
  if (report.expectations.length > 0) yield `\n## Expectations\n\n${expectationRows(report)}\n`
  if (report.whatIf !== undefined) yield whatIfSection(report.whatIf, options)
  const findings = otherFindings(report.findings, causes)
  if (findings.length > 0) yield `\n## Findings\n\n${findings.map(findingItem).join('')}`
  for (const name of VERDICT_ORDER.filter((each) => each !== 'contradiction')) {
    yield* flowSection(
      name,
      verdicts.filter((verdict) => verdict.verdict === name),
      options,
    )
  }
  yield `\n${escapeMarkdown(`${report.tool.name} ${report.tool.version}`)} · ${count(report.summary.packets, 'packet')} in ${count(report.summary.captures, 'capture')}\n`
}

function headline(report: Report): string {
  const bad = report.summary.verdicts.contradiction
  const errors = report.findings.filter((finding) => finding.severity === 'error').length
  const failed = report.expectations.filter((expectation) => expectation.status === 'failed').length
  if (report.flows.length === 0 && bad + errors + failed === 0 && report.command !== 'lint')
    return `⚠️ Nothing was judged: ${escapeMarkdown(noFlowsText(report))}.`
  if (report.unjudged) return '⚠️ No verdicts: no cluster metadata was given.'
  if (bad + errors + failed === 0) return '✅ Nothing contradicts the settings.'
  const parts = [
    bad > 0 ? count(bad, 'contradiction') : '',
    failed > 0 ? `${count(failed, 'expectation')} not met` : '',
    errors > 0 ? count(errors, 'error') : '',
  ]
  return `❌ ${parts.filter((part) => part !== '').join(', ')}.`
}

function verdictCounts({ summary }: Report): string {
  const rows = VERDICT_ORDER.map((name) => [VERDICT_LABEL[name], groupDigits(summary.verdicts[name])])
  return markdownTable([['verdict', 'flows'], ...rows], { align: ['l', 'r'] })
}

function causeSection(cause: Cause, options: RenderOptions): string {
  const lines = [`\n### ${escapeMarkdown(causeTitle(cause))}\n`]
  if (cause.finding !== null) lines.push(`\n${findingItem(cause.finding)}`)
  lines.push(`\n${flowRows(cause.verdicts, options)}\n`)
  return lines.join('')
}

function findingItem({ code, severity, message, subject, sources, confirm }: Finding): string {
  const places =
    sources.length === 0 ? '' : ` (${sources.map((source) => markdownCode(formatSourceRef(source))).join(', ')})`
  const command = confirm ? `\n  Confirm with: ${markdownCode(confirm)}` : ''
  return `- **${severity}** ${markdownCode(code)} ${escapeMarkdown(subject)}: ${escapeMarkdown(message)}${places}${command}\n`
}

function flowRows(verdicts: readonly Verdict[], options: RenderOptions): string {
  const most = options.all ? verdicts.length : options.limit || ROWS
  const rows = verdicts.slice(0, most).map((verdict) => {
    const { flow, source, destination, expected, observed } = verdict
    return [
      String(flow.id),
      protocolText(flow.protocol),
      `${markdownCode(addressText(flow.source), true)} ${escapeMarkdown(identityText(source))}`,
      `${markdownCode(addressText(flow.destination), true)} ${escapeMarkdown(identityText(destination))}`,
      escapeMarkdown(expected === null ? NO_DECISION : decisionText(expected)),
      escapeMarkdown(observationText(observed)),
      escapeMarkdown(`${reasonText(verdict)}${verdict.impact === null ? '' : `; ${verdict.impact}`}`),
    ]
  })
  const head = ['flow', 'protocol', 'source', 'destination', 'expected', 'seen', 'because']
  const table = markdownTable([head, ...rows], { align: ['r'], alignDelimiters: false })
  return verdicts.length > most ? `${table}\n\nand ${count(verdicts.length - most, 'more flow')}` : table
}

function expectationRows(report: Report): string {
  const rows = report.expectations.map(({ name, status, flows, message }) => [
    { passed: '✅ passed', failed: '❌ failed', unmatched: '⚠️ unmatched' }[status],
    escapeMarkdown(name),
    String(flows.length),
    escapeMarkdown(message),
  ])
  return markdownTable([['outcome', 'expectation', 'flows', ''], ...rows])
}

function whatIfSection(whatIf: WhatIf, options: RenderOptions): string {
  const { changes } = whatIf
  const text = `\n## With other settings\n\n${escapeMarkdown(whatIfTitle(whatIf))}\n`
  if (changes.length === 0) return text
  const most = options.all ? changes.length : options.limit || ROWS
  const side = (of: Verdict): string => {
    const { verdict, decision } = whatIfSide(of)
    return escapeMarkdown(`${verdict}: ${decision}`)
  }
  const rows = changes.slice(0, most).map(({ before, after }) => {
    const { flow } = before
    const ends = `${markdownCode(addressText(flow.source), true)} → ${markdownCode(addressText(flow.destination), true)}`
    return [String(flow.id), ends, side(before), side(after)]
  })
  const table = markdownTable([['flow', 'ends', 'now', 'then'], ...rows], { align: ['r'], alignDelimiters: false })
  const more = changes.length > most ? `\nand ${count(changes.length - most, 'more flow')}\n` : ''
  return `${text}\n${table}\n${more}`
}

function* flowSection(name: VerdictName, verdicts: readonly Verdict[], options: RenderOptions): Generator<string> {
  if (verdicts.length === 0) return
  const title = VERDICT_LABEL[name]
  yield `\n## ${title.charAt(0).toUpperCase()}${title.slice(1)}\n\n<details><summary>${count(verdicts.length, 'flow')}</summary>\n\n`
  yield `${flowRows(verdicts, options)}\n\n</details>\n`
}
