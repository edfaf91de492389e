import type { Verdict, VerdictName } from '../../audit/verdict.ts'
import { causesOf, otherFindings } from '../causes.ts'
import { type RenderOptions, type Report, reportVerdicts } from '../report.ts'
import { count } from '../words.ts'
import { expectationTable, findingSection } from './findings.ts'
import { flowsReport } from './flows.ts'
import { wrap } from './grid.ts'
import { makeStyle, type Style } from './style.ts'
import { emptyState, summaryLine } from './summary.ts'
import { causeSection, countTable, flowTable } from './verdicts.ts'
import { whatIfSection } from './what-if.ts'

/** Up to this many flows that need no attention are listed; beyond it they are counted. */
const LIST_UP_TO = 12

/** The report for people at a terminal: contradictions by cause, then what cannot be told, then counts, then one summary line. */
export function* table(report: Report, options: RenderOptions): Generator<string> {
  const style = makeStyle(options.color)
  const sections =
    report.command === 'flows' ? flowsReport(report, options, style) : verdictSections(report, options, style)
  let first = true
  for (const section of sections) {
    yield first ? `${section}\n` : `\n${section}\n`
    first = false
  }
}

function* verdictSections(report: Report, options: RenderOptions, style: Style): Generator<string> {
  const byVerdict = groupByVerdict(reportVerdicts(report))
  const causes = causesOf(byVerdict.contradiction, report.findings)
  for (const cause of causes) yield causeSection(cause, options, style)
  const [first] = causes[0]?.verdicts ?? []
  if (first !== undefined) {
    const hint = `masqcheck show ${first.flow.id} <capture…> gives the packets, the rules and the configuration behind flow ${first.flow.id}`
    yield wrap(style.dim(hint), options.width).join('\n')
  }

  const others = [...byVerdict.inconclusive, ...byVerdict.consistent, ...byVerdict.not_applicable]
  const listed = options.all || others.length <= LIST_UP_TO
  if (others.length > 0) {
    const most = options.limit || others.length
    yield listed ? flowTable(others.slice(0, most), options, style) : countTable(others, options, style)
  }

  const findings = otherFindings(report.findings, causes)
  if (findings.length > 0) yield findingSection(findings, options, style)
  if (report.expectations.length > 0) yield expectationTable(report.expectations, options, style)
  if (report.whatIf !== undefined) yield whatIfSection(report.whatIf, options, style)
  if (report.command === 'lint') yield lintSummary(report, style)
  else yield [...emptyState(report), summaryLine(report, options.width, style)].join('\n')
}

function groupByVerdict(verdicts: readonly Verdict[]): Record<VerdictName, Verdict[]> {
  const groups: Record<VerdictName, Verdict[]> = {
    contradiction: [],
    inconclusive: [],
    consistent: [],
    not_applicable: [],
  }
  for (const verdict of verdicts) groups[verdict.verdict].push(verdict)
  return groups
}

function lintSummary(report: Report, style: Style): string {
  const n = (severity: string) => report.findings.filter((finding) => finding.severity === severity).length
  if (report.findings.length === 0) return style.good('✓ nothing in the metadata contradicts itself')
  const errors = count(n('error'), 'error')
  return [n('error') > 0 ? style.bad(errors) : errors, count(n('warning'), 'warning'), count(n('info'), 'note')].join(
    ' · ',
  )
}
