import type { Finding } from '../audit/verdict.ts'
import { type Cause, causesOf, causeTitle, otherFindings } from './causes.ts'
import { escapeGithubMessage, escapeGithubProperty, escapeTerminal } from './escape.ts'
import { captureName, type RenderOptions, type Report, reportVerdicts } from './report.ts'
import { whatIfSide, whatIfTitle } from './what-if.ts'
import { addressText, count, identityText, noFlowsText, reasonText } from './words.ts'

type Level = 'error' | 'warning' | 'notice'

interface Annotation {
  readonly level: Level
  readonly title: string
  readonly lines: readonly string[]
  readonly file?: string | undefined
  readonly line?: number | undefined
}

/** GitHub shows ten annotations of a level from one step and drops the rest, so the last one says what is left out. */
const MOST = 10

/** Flows named in one annotation. */
const EXAMPLES = 3

/** GitHub Actions workflow commands: one annotation for each cause, unmet expectation and finding. */
export function* github(report: Report, options: RenderOptions): Generator<string> {
  const causes = causesOf(reportVerdicts(report), report.findings)
  const failing: Level = options.failOn === 'never' ? 'warning' : 'error'
  const annotations = [
    ...causes.map((cause) => causeAnnotation(cause, report, failing)),
    ...expectationAnnotations(report),
    ...otherFindings(report.findings, causes).map(findingAnnotation),
    ...whatIfAnnotation(report),
    ...unjudgedAnnotation(report),
    ...inconclusiveAnnotation(report, options.failOn === 'inconclusive' ? 'error' : 'notice'),
  ]
  for (const level of ['error', 'warning', 'notice'] as const) {
    const all = annotations.filter((annotation) => annotation.level === level)
    const shown = all.length > MOST ? all.slice(0, MOST - 1) : all
    for (const annotation of shown) yield annotationText(annotation)
    if (all.length > shown.length) {
      const rest = all.slice(shown.length).map(({ title }) => title)
      yield annotationText({ level, title: `and ${rest.length} more`, lines: rest })
    }
  }
}

function annotationText({ level, title, lines, file, line }: Annotation): string {
  const properties = [`title=${escapeGithubProperty(title)}`]
  if (file !== undefined) properties.push(`file=${escapeGithubProperty(file)}`)
  if (line !== undefined) properties.push(`line=${line}`)
  return `::${level} ${properties.join(',')}::${escapeGithubMessage(lines.map(escapeTerminal).join('\n'))}\n`
}

function causeAnnotation(cause: Cause, report: Report, level: Level): Annotation {
  const { finding, verdicts } = cause
  const examples = verdicts.slice(0, EXAMPLES).map((verdict) => {
    const { flow, source, destination } = verdict
    const ends = `${addressText(flow.source)} (${identityText(source)}) > ${addressText(flow.destination)} (${identityText(destination)})`
    return `flow ${flow.id} in ${captureName(report, flow.capture)}: ${ends}: ${reasonText(verdict)}`
  })
  const more = verdicts.length > EXAMPLES ? [`and ${count(verdicts.length - EXAMPLES, 'more flow')}`] : []
  const place = finding === null ? {} : placeOf(finding)
  return { level, title: causeTitle(cause), lines: [...findingLines(finding), ...examples, ...more], ...place }
}

function findingLines(finding: Finding | null): string[] {
  if (finding === null) return []
  return [finding.message, ...(finding.confirm ? [`confirm with: ${finding.confirm}`] : [])]
}

// Options (`--node`) are no files.
function placeOf({ sources }: Finding): { file?: string | undefined; line?: number | undefined } {
  const [source] = sources.filter(({ file }) => !file.startsWith('--'))
  return source === undefined ? {} : { file: source.file, line: source.line }
}

function expectationAnnotations(report: Report): Annotation[] {
  return report.expectations
    .filter((expectation) => expectation.status !== 'passed')
    .map(
      ({ name, status, message }): Annotation => ({
        level: status === 'failed' ? 'error' : 'warning',
        title: `expectation ${status}: ${name}`,
        lines: [message],
      }),
    )
}

function findingAnnotation(finding: Finding): Annotation {
  const level: Level = finding.severity === 'info' ? 'notice' : finding.severity
  return { level, title: `${finding.code}: ${finding.subject}`, lines: findingLines(finding), ...placeOf(finding) }
}

function whatIfAnnotation({ whatIf }: Report): Annotation[] {
  if (whatIf === undefined) return []
  const examples = whatIf.changes.slice(0, EXAMPLES).map(({ before, after }) => {
    const [now, then] = [whatIfSide(before), whatIfSide(after)]
    return `flow ${before.flow.id}: ${now.verdict}, ${now.decision}; then ${then.verdict}, ${then.decision}`
  })
  return [{ level: 'notice', title: 'other settings', lines: [whatIfTitle(whatIf), ...examples] }]
}

// Nothing judged is nothing wrong, and a check that never sees its metadata would look well for ever.
function unjudgedAnnotation(report: Report): Annotation[] {
  const { unjudged, flows, command, findings, expectations } = report
  if (command !== 'analyze') return []
  if (flows.length === 0 && findings.length + expectations.length === 0)
    return [{ level: 'warning', title: 'no verdicts', lines: [noFlowsText(report)] }]
  if (!unjudged || flows.length === 0) return []
  return [{ level: 'warning', title: 'no verdicts', lines: ['no cluster metadata was given: add --cluster <folder>'] }]
}

function inconclusiveAnnotation(report: Report, level: Level): Annotation[] {
  const undecided = reportVerdicts(report).filter((verdict) => verdict.verdict === 'inconclusive')
  const [first] = undecided
  if (first === undefined) return []
  const title = `${count(undecided.length, 'flow')} cannot be judged`
  return [{ level, title, lines: [`such as flow ${first.flow.id}: ${reasonText(first)}`] }]
}
