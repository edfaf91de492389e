import { formatSourceRef, type SourceRef } from '../core/source-ref.ts'
import type { Decision } from '../masquerade/decision.ts'
import { escapeTerminal } from './escape.ts'
import { type Column, grid, type Row } from './table/grid.ts'
import type { Style } from './table/style.ts'
import { wordWidth, wrap } from './table/wrap.ts'
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
  const places = decision.trace.map(({ source, detail }) => (source === null ? '' : sourceText(source, quote, detail)))
  const nameWidth = Math.max(...decision.trace.map(({ rule }) => rule.length), 0)
  // Lines of configuration stand under the reason or, where their paths would be broken there, across the table.
  const inside = places.every((place) => wordWidth(place) <= width - nameWidth - 5)
  const rows = decision.trace.map(({ rule, matched, detail }, i): Row => {
    const paint = matched ? style.bold : (text: string) => text
    const place = places[i] ?? ''
    const under = place !== '' && inside ? `\n${style.dim(place)}` : ''
    const cells = [
      matched ? style.good('▶') : '',
      paint(escapeTerminal(rule)),
      `${paint(escapeTerminal(detail))}${under}`,
    ]
    return place === '' || inside ? { cells } : { cells, note: { label: style.dim('·'), text: style.dim(place) } }
  })
  return grid(COLUMNS, rows, width, style.dim)
}

/**
 * `cilium-config.yaml:12: ipv4-native-routing-cidr: 10.244.0.0/16`.
 *
 * @param said - What stands beside it; a line that it repeats is left out.
 */
export function sourceText(source: SourceRef, quote: Quote, said = ''): string {
  const line = quote(source)?.trim().replace(/\s+/g, ' ')
  const isSaid = line === undefined || said.includes(line.replace(/^-A \S+ /, ''))
  return escapeTerminal(`${formatSourceRef(source)}${isSaid ? '' : `: ${line}`}`)
}

/** {@link caveatTexts} as lines for a terminal. */
export function caveats(decision: Decision, width: number, style: Style): string[] {
  return caveatTexts(decision).flatMap(({ label, text }) => wrap(`${style.warn(label)} ${escapeTerminal(text)}`, width))
}
