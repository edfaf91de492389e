import type { Verdict, VerdictName } from '../../audit/verdict.ts'
import { causesOf, otherFindings } from '../causes.ts'
import { type RenderOptions, type Report, reportVerdicts } from '../report.ts'
import { count } from '../words.ts'
import { expectationTable, findingSection } from './findings.ts'
import { flowList, flowsSummary } from './flows.ts'
import { pieces } from './grid.ts'
import { makeStyle, type Style } from './style.ts'
import { emptyState, summaryLine } from './summary.ts'
import { causeSection, countTable, flowTable } from './verdicts.ts'
import { whatIfSection } from './what-if.ts'
import { wrap } from './wrap.ts'

/** Up to this many flows that need no attention are listed; beyond it they are counted. */
const LIST_UP_TO = 12

/** Lines of one part of the report, in pieces. */
type Section = Iterable<string>

/** The report for people at a terminal: contradictions by cause, then what cannot be told, then counts, then one summary line. */
export function* table(report: Report, options: RenderOptions): Generator<string> {
  const style = makeStyle(options.color)
  let first = true
  for (const section of sectionsOf(report, options, style)) {
    if (!first) yield '\n'
    for (const piece of section) yield `${piece}\n`
    first = false
  }
}

function sectionsOf(report: Report, options: RenderOptions, style: Style): Iterable<Section> {
  switch (report.command) {
    case 'flows':
      return flowsSections(report, options, style)
    case 'lint':
      return lintSections(report, options, style)
    case 'analyze':
      return verdictSections(report, options, style)
  }
}

function* flowsSections(report: Report, options: RenderOptions, style: Style): Generator<Section> {
  if (report.flows.length > 0) yield flowList(report, options, style)
  yield flowsSummary(report, style)
}

function* lintSections(report: Report, options: RenderOptions, style: Style): Generator<Section> {
  if (report.findings.length > 0) yield findingSection(report.findings, options, style)
  yield [lintSummary(report, style)]
}

function* verdictSections(report: Report, options: RenderOptions, style: Style): Generator<Section> {
  const byVerdict = groupByVerdict(reportVerdicts(report))
  const causes = causesOf(byVerdict.contradiction, report.findings)
  for (const cause of causes) yield causeSection(cause, options, style)
  const [first] = causes[0]?.verdicts ?? []
  if (first !== undefined) yield showHint(first, options, style)

  if (report.unjudged && report.flows.length > 0) yield flowList(report, options, style)
  else yield* otherFlows(byVerdict, options, style)

  const findings = otherFindings(report.findings, causes)
  if (findings.length > 0) yield findingSection(findings, options, style, !options.all)
  if (report.expectations.length > 0) yield expectationTable(report.expectations, options, style)
  if (report.whatIf !== undefined) yield whatIfSection(report.whatIf, options, style)
  if (report.unjudged && report.flows.length > 0) yield metadataHint(options, style)
  yield [...emptyState(report), summaryLine(report, options.width, style)]
}

function* otherFlows(
  byVerdict: Record<VerdictName, Verdict[]>,
  options: RenderOptions,
  style: Style,
): Generator<Section> {
  const others = [...byVerdict.inconclusive, ...byVerdict.consistent, ...byVerdict.not_applicable]
  if (others.length === 0) return
  const most = options.limit || others.length
  const listed = options.all || others.length <= LIST_UP_TO
  yield listed ? flowTable(others.slice(0, most), options, style) : countTable(others, options, style)
}

function showHint({ flow }: Verdict, { again = '<capture…>' }: RenderOptions, style: Style): string[] {
  const command = style.bold(`masqcheck show ${flow.id} ${again}`)
  return [style.dim(`the packets, the rules and the configuration behind flow ${flow.id}:`), `  ${command}`]
}

function metadataHint({ again = '<capture…>', width }: RenderOptions, style: Style): Section {
  const why =
    'No verdicts: nothing was given that says whose addresses these are and how the cluster masquerades. From files (masqcheck collect -o cluster/ gathers them with kubectl), or by hand, every node of them:'
  return pieces(wrap(why, width), [
    `  ${style.bold(`masqcheck ${again} --cluster cluster/`)}`,
    `  ${style.bold(`masqcheck ${again} --masquerade bpf --routing native --native-routing-cidr 10.244.0.0/16 \\`)}`,
    `    ${style.bold('--node a=172.18.0.2 --pod-cidr a=10.244.1.0/24 --node b=172.18.0.3 --pod-cidr b=10.244.2.0/24')}`,
  ])
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
