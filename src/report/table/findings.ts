import type { ExpectationResult, Finding } from '../../audit/verdict.ts'
import { escapeTerminal } from '../escape.ts'
import type { RenderOptions } from '../report.ts'
import { count } from '../words.ts'
import { grid, wrap } from './grid.ts'
import type { Style } from './style.ts'
import { findingLines } from './verdicts.ts'

const SEVERITY_WORD = { error: '✗ error', warning: '! warning', info: '· note' } as const

/** Findings about the metadata, each with its message, its places, and how to confirm it. */
export function findingSection(findings: readonly Finding[], options: RenderOptions, style: Style): string {
  const most = options.limit || findings.length
  const lines = findings.slice(0, most).flatMap((finding) => {
    const word = SEVERITY_WORD[finding.severity]
    const painted =
      finding.severity === 'error' ? style.bad(word) : finding.severity === 'warning' ? style.warn(word) : word
    const title = `${painted} ${style.bold(escapeTerminal(finding.code))} ${escapeTerminal(finding.subject)}`
    return [...wrap(title, options.width), ...findingLines(finding, options.width, style)]
  })
  if (findings.length > most) lines.push(style.dim(`  and ${count(findings.length - most, 'more finding')}`))
  return lines.join('\n')
}

/** Expectations with how each came out. */
export function expectationTable(
  expectations: readonly ExpectationResult[],
  options: RenderOptions,
  style: Style,
): string {
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
  return grid(columns, rows, options.width, style.dim)
}
