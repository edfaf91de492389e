import { escapeTerminal } from '../escape.ts'
import type { Report } from '../report.ts'
import { count, flowsText, noFlowsText, protocolCounts, skippedText, VERDICT_LABEL, VERDICT_ORDER } from '../words.ts'
import type { Style } from './style.ts'
import { wrap } from './wrap.ts'

/** Says what was there instead where there are no flows, or none of TCP. */
export function emptyState(report: Report): string[] {
  const { flows, summary, setAside = 0 } = report
  if (flows.some(({ flow }) => flow.protocol === 6)) return []
  // What was left out may be of TCP.
  if (setAside > 0) return flows.length > 0 ? [] : [`No flows: ${noFlowsText(report)}`]
  const where = summary.captures === 1 ? 'this capture' : 'these captures'
  const seen = flows.length === 0 ? '' : `flows of ${protocolCounts(flows.map(({ flow }) => flow))}`
  const what = [seen, skippedText(summary.skipped)].filter((text) => text !== '').join('; ')
  const nothing = summary.packets === 0 ? 'no packets at all' : 'nothing else'
  return [`No TCP in ${where}: ${escapeTerminal(what || nothing)}`]
}

/** One line that counts: verdicts, then what was read; more lines only where the terminal is narrow. */
export function summaryLine(report: Report, width: number, style: Style): string {
  const { summary } = report
  const verdicts = VERDICT_ORDER.filter((name) => summary.verdicts[name] > 0 || name === 'contradiction').map(
    (name) => {
      const n = summary.verdicts[name]
      const text =
        name === 'contradiction' ? count(n, 'contradiction') : count(n, VERDICT_LABEL[name], VERDICT_LABEL[name])
      return n > 0 ? style.verdict(name, text) : text
    },
  )
  const interrupted = summary.interrupted ? [style.bad('interrupted: only what was read until then')] : []
  return wrap([style.bold(flowsText(report)), ...verdicts, readText(report), ...interrupted].join(' · '), width).join(
    '\n',
  )
}

/** `10 packets in 2 captures`. */
export function readText({ summary }: Report): string {
  return `${count(summary.packets, 'packet')} in ${count(summary.captures, 'capture')}`
}
