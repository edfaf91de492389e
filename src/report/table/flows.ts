import { escapeTerminal } from '../escape.ts'
import { flowSeconds } from '../records/time.ts'
import type { RenderOptions, Report, Sighting } from '../report.ts'
import { addressText, count, duration, groupDigits, identityText, octets, protocolText } from '../words.ts'
import { type Column, grid } from './grid.ts'
import type { Style } from './style.ts'
import { emptyState, readText } from './summary.ts'

const COLUMNS: readonly Column[] = [
  { title: '#', min: 1, align: 'right' },
  { title: 'proto', min: 5 },
  { title: 'source', min: 17 },
  { title: 'destination', min: 17 },
  { title: 'state', min: 5 },
  { title: 'history', min: 7 },
  { title: 'packets', min: 7, align: 'right' },
  { title: 'bytes', min: 7, align: 'right' },
  { title: 'time', min: 7, align: 'right' },
]

/** Below this width the columns of WIDE_ONLY give way to the addresses. */
const WIDE_FROM = 92
const WIDE_ONLY: ReadonlySet<string> = new Set(['history', 'time'])

/** The flows themselves, what became of them, and totals; for `masqcheck flows`. */
export function* flowsReport(report: Report, options: RenderOptions, style: Style): Generator<string> {
  const most = options.all ? report.flows.length : options.limit || 100
  if (report.flows.length > 0) {
    const wide = options.width >= WIDE_FROM
    const shown = <T>(cells: readonly T[]) => cells.filter((_, i) => wide || !WIDE_ONLY.has(COLUMNS[i]?.title ?? ''))
    const rows = report.flows.slice(0, most).map((flow) => ({ cells: shown(flowCells(flow, style)) }))
    yield grid(shown(COLUMNS), rows, options.width, style.dim)
  }
  const more = report.flows.length - most
  if (more > 0) yield style.dim(`and ${count(more, 'more flow')} (--all lists them)`)
  yield [...emptyState(report), ...totals(report, style)].join('\n')
}

function flowCells({ flow, source, destination }: Sighting, style: Style): string[] {
  const named = (address: string, identity: string, known: boolean) =>
    known ? `${escapeTerminal(address)}\n${style.dim(escapeTerminal(identity))}` : escapeTerminal(address)
  const attention = /^(?:S0|REJ|RST|SH)/.test(flow.connState)
  const { forward, reverse } = flow
  return [
    String(flow.id),
    protocolText(flow.protocol),
    named(addressText(flow.source), identityText(source), source.kind !== 'unknown'),
    named(addressText(flow.destination), identityText(destination), destination.kind !== 'unknown'),
    attention ? style.warn(flow.connState) : flow.connState,
    flow.history,
    `${groupDigits(forward.packets)} / ${groupDigits(reverse.packets)}`,
    bothOctets(forward.payloadBytes, reverse.payloadBytes),
    // One packet has no duration.
    forward.packets + reverse.packets > 1 ? duration(flowSeconds(flow)) : '',
  ]
}

// `75 / 238 B`: the unit once where both have the same.
function bothOctets(forward: number, reverse: number): string {
  const [left = '', right = ''] = [octets(forward), octets(reverse)]
  const [number = '', unit] = left.split(' ')
  return right.endsWith(` ${unit}`) ? `${number} / ${right}` : `${left} / ${right}`
}

function totals(report: Report, style: Style): string[] {
  const { flows } = report
  const tcp = flows.filter(({ flow }) => flow.tcp !== null).map(({ flow }) => flow)
  const states = countBy(flows.map(({ flow }) => flow.connState))
  const unanswered = flows.filter(({ flow }) => flow.reverse.packets === 0).length
  const reset = tcp.filter((flow) => flow.forward.resets + flow.reverse.resets > 0).length
  const sent = sum(tcp.map((flow) => flow.forward.packets + flow.reverse.packets))
  const again = sum(tcp.map((flow) => flow.forward.retransmissions + flow.reverse.retransmissions))
  const rate = sent === 0 ? '0' : ((100 * again) / sent).toPrecision(2)
  const lines = [[style.bold(count(flows.length, 'flow')), readText(report)].join(' · ')]
  if (flows.length === 0) return lines
  lines.push(`states: ${states.map(([state, n]) => `${groupDigits(n)} ${state}`).join(', ')}`)
  lines.push(
    `${groupDigits(unanswered)} unanswered · ${groupDigits(reset)} reset · ${Number(rate)} % of TCP packets retransmitted`,
  )
  if (flows.length > 5) lines.push(`most octets: ${topTalkers(report).join(', ')}`)
  return lines
}

function topTalkers(report: Report): string[] {
  const octetsOf = new Map<string, number>()
  for (const { flow } of report.flows) {
    const both = flow.forward.ipBytes + flow.reverse.ipBytes
    for (const end of [flow.source.ip, flow.destination.ip]) octetsOf.set(end, (octetsOf.get(end) ?? 0) + both)
  }
  const most = [...octetsOf].sort((a, b) => b[1] - a[1]).slice(0, 3)
  return most.map(([ip, n]) => `${escapeTerminal(ip)} (${octets(n)})`)
}

function countBy(names: readonly string[]): [string, number][] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1])
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0)
}
