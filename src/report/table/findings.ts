import type { ExpectationResult, Finding } from '../../audit/verdict.ts'
import { formatSourceRef } from '../../core/source-ref.ts'
import { escapeTerminal } from '../escape.ts'
import type { RenderOptions } from '../report.ts'
import { count } from '../words.ts'
import { gridPieces } from './grid.ts'
import type { Style } from './style.ts'
import { wrap } from './wrap.ts'

const SEVERITY_WORD = { error: '✗ error', warning: '! warning', info: '· note' } as const

/**
 * Findings about the metadata, each with its message, its places, and how to confirm it.
 *
 * @param brief - Of what is no error, the fact alone.
 */
export function* findingSection(
  findings: readonly Finding[],
  options: RenderOptions,
  style: Style,
  brief = false,
): Generator<string, undefined> {
  const most = options.limit || findings.length
  for (const finding of findings.slice(0, most)) {
    const { severity, code, subject } = finding
    const word = SEVERITY_WORD[severity]
    const painted = severity === 'error' ? style.bad(word) : severity === 'warning' ? style.warn(word) : word
    const title = `${painted} ${style.bold(escapeTerminal(code))} ${escapeTerminal(subject)}`
    if (brief && severity !== 'error') yield wrap(`${title}: ${factText(finding)}`, options.width).join('\n')
    else yield [...wrap(title, options.width), ...findingLines(finding, options.width, style)].join('\n')
  }
  if (findings.length > most) yield style.dim(`  and ${count(findings.length - most, 'more finding')}`)
  if (brief && findings.some(({ severity }) => severity !== 'error'))
    yield style.dim('  --all, or masqcheck lint, says what they mean and where they come from')
}

/** The first sentence of a finding, and its place. */
function factText({ message, sources: [source] }: Finding): string {
  const [fact = message] = message.split(/\.(?= [A-Z])/)
  return escapeTerminal(source === undefined ? fact : `${fact} (${formatSourceRef(source)})`)
}

/** Message, places and the command that would confirm a finding. */
export function findingLines(finding: Finding, width: number, style: Style): string[] {
  const lines = wrap(escapeTerminal(finding.message), width - 2).map((line) => `  ${line}`)
  // Paths and commands stay unbroken, so that they can be copied.
  for (const source of finding.sources) lines.push(`  ${style.dim(`see ${escapeTerminal(formatSourceRef(source))}`)}`)
  if (finding.confirm) lines.push('  confirm with:', `    ${style.bold(escapeTerminal(finding.confirm))}`)
  return lines
}

/** Expectations with how each came out. */
export function expectationTable(
  expectations: readonly ExpectationResult[],
  options: RenderOptions,
  style: Style,
): Iterable<string> {
  const rows = expectations.map(({ name, status, message, flows }) => {
    const word = {
      passed: style.good('✓ passed'),
      failed: style.bad('✗ failed'),
      unmatched: style.warn('? unmatched'),
    }[status]
    return {
      cells: [
        word,
        String(flows.length),
        `${escapeTerminal(name)}${message ? `\n${style.dim(escapeTerminal(message))}` : ''}`,
      ],
    }
  })
  const columns = [
    { title: 'outcome', min: 11 },
    { title: 'flows', min: 5, align: 'right' as const },
    { title: 'expectation', min: 20 },
  ]
  return gridPieces(columns, rows, options.width, style.dim)
}
