import { formatSourceRef, type SourceRef } from '../core/source-ref.ts'
import type { Decision } from '../masquerade/decision.ts'
import { escapeTerminal } from './escape.ts'
import { type Column, grid, wrap } from './table/grid.ts'
import type { Style } from './table/style.ts'
import { decisionText } from './words.ts'

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

/** What the decision rests on and nothing stated, what would hold otherwise, and what keeps the settings from working. */
export function caveats(decision: Decision, width: number, style: Style): string[] {
  const lines: string[] = []
  const add = (label: string, text: string): void => {
    lines.push(...wrap(`${style.warn(label)} ${escapeTerminal(text)}`, width))
  }
  if (decision.defeat !== null) {
    const { reason, intended } = decision.defeat
    const wanted = decisionText({ address: intended.addresses[0] ?? null, ...intended })
    add('! not what the settings ask for:', `${reason}; they ask to ${wanted}`)
  }
  if (decision.continuesAt !== null)
    add('→', `the packet goes on untranslated to node ${decision.continuesAt}, which decides next`)
  for (const assumption of decision.assumptions) add('? assumed:', assumption)
  for (const { action, addresses, rule, when } of decision.alternatives) {
    add(
      '? otherwise:',
      `${decisionText({ action, addresses, address: addresses[0] ?? null })} (rule ${rule}) if ${when}`,
    )
  }
  return lines
}
