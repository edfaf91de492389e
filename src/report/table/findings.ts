import type { ExpectationResult, Finding } from '../../audit/verdict.ts'
import { formatSourceRef } from '../../core/source-ref.ts'
import { escapeTerminal } from '../escape.ts'
import type { RenderOptions } from '../report.ts'
import { count } from '../words.ts'
import { gridPieces } from './grid.ts'
import type { Style } from './style.ts'
import { wrap } from './wrap.ts'

const SEVERITY_WORD = { error: '✗ error', warning: '! warning', info: '· note' } as const

/** Findings about the metadata, each with its message, its places, and how to confirm it. */
export function* findingSection(
  findings: readonly Finding[],
  options: RenderOptions,
  style: Style,
): Generator<string, undefined> {
  const most = options.limit || findings.length
  for (const finding of findings.slice(0, most)) {
    const word = SEVERITY_WORD[finding.severity]
    const painted =
      finding.severity === 'error' ? style.bad(word) : finding.severity === 'warning' ? style.warn(word) : word
    const title = `${painted} ${style.bold(escapeTerminal(finding.code))} ${escapeTerminal(finding.subject)}`
    yield [...wrap(title, options.width), ...findingLines(finding, options.width, style)].join('\n')
  }
  if (findings.length > most) yield style.dim(`  and ${count(findings.length - most, 'more finding')}`)
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
