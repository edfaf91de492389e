import type { WhatIf } from '../../audit/analysis.ts'
import type { Verdict } from '../../audit/verdict.ts'
import { escapeTerminal } from '../escape.ts'
import type { RenderOptions } from '../report.ts'
import { whatIfSide, whatIfTitle } from '../what-if.ts'
import { addressText, count, identityText } from '../words.ts'
import { gridPieces, lazily, pieces } from './grid.ts'
import type { Style } from './style.ts'
import { wrap } from './wrap.ts'

const ROWS = 20

/** Flows that other settings would treat or judge otherwise. */
export function whatIfSection(whatIf: WhatIf, options: RenderOptions, style: Style): Iterable<string> {
  const { changes } = whatIf
  const title = wrap(style.bold(escapeTerminal(whatIfTitle(whatIf))), options.width)
  if (changes.length === 0) return title
  const most = options.all ? changes.length : options.limit || ROWS
  const columns = [
    { title: '#', min: 1, align: 'right' as const },
    { title: 'flow', min: 17 },
    { title: 'now', min: 14 },
    { title: 'then', min: 14 },
  ]
  const rows = lazily(changes.slice(0, most), ({ before, after }) => ({
    cells: [String(before.flow.id), flowText(before), sideText(before, style), sideText(after, style)],
  }))
  const more = changes.length - most
  const rest = more > 0 ? [style.dim(`  and ${count(more, 'more flow')} (--all lists them)`)] : []
  return pieces(title, gridPieces(columns, rows, options.width, style.dim), rest)
}

function flowText({ flow, source, destination }: Verdict): string {
  const from = `${addressText(flow.source)} ${identityText(source)}`
  const to = `→ ${addressText(flow.destination)} ${identityText(destination)}`
  return `${escapeTerminal(from)}\n${escapeTerminal(to)}`
}

function sideText(verdict: Verdict, style: Style): string {
  const { verdict: name, decision } = whatIfSide(verdict)
  return `${style.sign(verdict.verdict)} ${style.verdict(verdict.verdict, name)}\n${escapeTerminal(decision)}`
}
