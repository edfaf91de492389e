import type { CapturePoint } from '../../audit/verdict.ts'
import type { Identity } from '../../cluster/address-book.ts'
import type { FlowEndpoint } from '../../flow/flow.ts'
import { escapeTerminal } from '../escape.ts'
import { flowSeconds } from '../records/time.ts'
import { captureName, type RenderOptions, type Report, type Sighting } from '../report.ts'
import {
  addressText,
  count,
  duration,
  flowsText,
  groupDigits,
  identityText,
  octets,
  placeText,
  pointText,
  protocolText,
} from '../words.ts'
import { type Column, gridPieces, lazily, type Row } from './grid.ts'
import type { Style } from './style.ts'
import { emptyState, readText } from './summary.ts'

const COLUMNS: readonly Column[] = [
  { title: '#', min: 1, align: 'right', whole: true },
  { title: 'proto', min: 6 },
  { title: 'source', min: 17 },
  { title: 'destination', min: 17 },
  { title: 'device', min: 7 },
  { title: 'state', min: 5 },
  { title: 'history', min: 7 },
  { title: 'packets', min: 7, align: 'right', whole: true },
  { title: 'bytes', min: 7, align: 'right', whole: true },
  { title: 'time', min: 7, align: 'right', whole: true },
]

/** Below this width the columns of WIDE_ONLY give way to the addresses. */
const WIDE_FROM = 92
const WIDE_ONLY: ReadonlySet<string> = new Set(['device', 'history', 'time'])

/** Rows shown unless `--all` or `--limit` says otherwise. */
const ROWS = 100

/** The flows themselves and what became of them, each capture under its name where there are several. */
export function* flowList(report: Report, options: RenderOptions, style: Style): Generator<string, undefined> {
  const { flows } = report
  const most = options.all ? flows.length : options.limit || ROWS
  const listed = flows.slice(0, most)
  const places = placesOf(report, listed, style)
  const narrow = options.width < WIDE_FROM
  const hidden = new Set(narrow ? WIDE_ONLY : places.devices ? [] : ['device'])
  const shown = <T>(cells: readonly T[]) => cells.filter((_, i) => !hidden.has(COLUMNS[i]?.title ?? ''))
  const rows = lazily(listed, (flow, i) => ({
    cells: shown(flowCells(flow, narrow && places.devices, style)),
    ...places.of(i),
  }))
  yield* gridPieces(shown(COLUMNS), rows, options.width, style.dim)
  const more = flows.length - most
  if (more > 0) yield style.dim(`and ${count(more, 'more flow')} (--all lists them)`)
}

/** What `masqcheck flows` ends with: what became of the flows, and totals. */
export function flowsSummary(report: Report, style: Style): string[] {
  return [...emptyState(report), ...totals(report, style)]
}

/** How flows are told where they were seen. */
interface Places {
  /** Whether a capture has several devices, which a column then names. */
  readonly devices: boolean
  /** What is said with a row: a heading where the capture changes, or a note where the order changes it all the time. */
  of(row: number): Pick<Row, 'heading' | 'note'>
}

function placesOf(report: Report, flows: readonly Sighting[], style: Style): Places {
  const points = new Map<number, Map<string, CapturePoint>>()
  for (const { flow, point } of flows) {
    const ofCapture = points.get(flow.capture) ?? new Map<string, CapturePoint>()
    points.set(flow.capture, ofCapture.set(pointText(point), point))
  }
  const texts = new Map([...points].map(([capture, of]) => [capture, captureText(report, capture, [...of.values()])]))
  const devices = [...points.values()].some((of) => of.size > 1)
  const isPlain = points.size === 1 && !devices && flows.every(({ point }) => point.kind === 'unknown')
  const changes = (i: number) => flows[i]?.flow.capture !== flows[i - 1]?.flow.capture
  const headings = flows.filter((_, i) => changes(i)).length <= points.size
  const of = (i: number) => {
    const text = texts.get(flows[i]?.flow.capture ?? -1) ?? ''
    if (isPlain) return {}
    if (!headings) return { note: { label: style.dim('·'), text: style.dim(text) } }
    return changes(i) ? { heading: style.bold(text) } : {}
  }
  return { devices, of }
}

function captureText(report: Report, capture: number, points: readonly CapturePoint[]): string {
  const [point, ...others] = points
  const where =
    point === undefined || others.length > 0 ? null : point.kind === 'unknown' ? placeText(point) : pointText(point)
  return escapeTerminal(`${captureName(report, capture)}${where === null ? '' : `, ${where}`}`)
}

/** @param withDevice - The device under the source, where no column names it. */
function flowCells({ flow, source, destination, point }: Sighting, withDevice: boolean, style: Style): string[] {
  const named = (endpoint: FlowEndpoint, identity: Identity, device: string | null) => {
    const parts = [identity.kind === 'unknown' ? '' : identityText(identity), device === null ? '' : `on ${device}`]
    const under = parts.filter((part) => part !== '').join(' ')
    return `${escapeTerminal(addressText(endpoint))}${under === '' ? '' : `\n${style.dim(escapeTerminal(under))}`}`
  }
  const attention = /^(?:S0|REJ|RST|SH)/.test(flow.connState)
  const { forward, reverse } = flow
  return [
    String(flow.id),
    protocolText(flow.protocol),
    named(flow.source, source, withDevice ? point.interface : null),
    named(flow.destination, destination, null),
    escapeTerminal(point.interface ?? ''),
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
  const lines = [[style.bold(flowsText(report)), readText(report)].join(' · ')]
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
