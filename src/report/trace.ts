import { formatSourceRef, type SourceRef } from '../core/source-ref.ts'
import type { Decision } from '../masquerade/decision.ts'
import { escapeTerminal } from './escape.ts'
import { type Column, grid, wrap } from './table/grid.ts'
import type { Style } from './table/style.ts'
import { caveatTexts } from './words.ts'

/** Finds the text of a line of metadata, or `null` where it cannot be shown. */
export type Quote = (source: SourceRef) => string | null

const COLUMNS: readonly Column[] = [
  { title: '', min: 1 },
  { title: 'rule', min: 12 },
  { title: 'why', min: 24 },
]

/** Every rule asked, in order, the one that decided marked, and under it the line of configuration it read. */
export function traceTable(decision: Decision, quote: Quote, width: number, style: Style): string {
  const rows = decision.trace.map(({ rule, matched, detail, source }) => {
    const paint = matched ? style.bold : (text: string) => text
    const place = source === null ? '' : `\n${style.dim(sourceText(source, quote))}`
    return {
      cells: [matched ? style.good('▶') : '', paint(escapeTerminal(rule)), `${paint(escapeTerminal(detail))}${place}`],
    }
  })
  return grid(COLUMNS, rows, width, style.dim)
}

/** `cilium-config.yaml:12: ipv4-native-routing-cidr: 10.244.0.0/16`. */
export function sourceText(source: SourceRef, quote: Quote): string {
  const line = quote(source)?.trim()
  return escapeTerminal(`${formatSourceRef(source)}${line ? `: ${line}` : ''}`)
}

/** {@link caveatTexts} as lines for a terminal. */
export function caveats(decision: Decision, width: number, style: Style): string[] {
  return caveatTexts(decision).flatMap(({ label, text }) => wrap(`${style.warn(label)} ${escapeTerminal(text)}`, width))
}
