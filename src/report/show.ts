import type { Verdict } from '../audit/verdict.ts'
import type { Identity } from '../cluster/address-book.ts'
import { formatSourceRef } from '../core/source-ref.ts'
import type { FlowEndpoint } from '../flow/flow.ts'
import type { Decision } from '../masquerade/decision.ts'
import { escapeTerminal } from './escape.ts'
import { ladder } from './ladder.ts'
import { flowSeconds } from './records/time.ts'
import { captureName, type Report, reportVerdicts } from './report.ts'
import { findingLines } from './table/findings.ts'
import { grid } from './table/grid.ts'
import { makeStyle, type Style } from './table/style.ts'
import { wrap } from './table/wrap.ts'
import { caveats, type Quote, sourceText, traceTable } from './trace.ts'
import {
  addressText,
  decisionText,
  duration,
  identityText,
  NO_DECISION,
  observationText,
  octets,
  pointText,
  protocolText,
  VERDICT_LABEL,
} from './words.ts'

export interface ShowOptions {
  readonly width: number
  readonly color: boolean
  readonly quote: Quote
}

/** One flow in full: verdict, ends, packets of all its sightings side by side, evidence, and the rules with their lines. */
export function* show(verdict: Verdict, report: Report, options: ShowOptions): Generator<string> {
  const style = makeStyle(options.color)
  const { width, quote } = options
  yield `${headline(verdict, width, style)}\n\n`
  yield `${factTable(verdict, report, width, style)}\n`
  for (const finding of report.findings.filter(({ flows }) => flows?.includes(verdict.flow.id))) {
    const lines = [title(`cause: ${escapeTerminal(finding.code)}`, style), ...findingLines(finding, width, style)]
    yield `\n${lines.join('\n')}\n`
  }
  const { connection } = verdict
  const sightings = (connection === null ? null : sightingsByConnection(reportVerdicts(report)).get(connection)) ?? [
    verdict,
  ]
  yield `\n${title('packets', style)}\n${ladderTable(sightings, report, width, style)}\n`
  if (verdict.evidence.length > 0) yield `\n${title('evidence', style)}\n${evidenceTable(verdict, options, style)}\n`
  for (const [name, decision] of [
    ['settings', verdict.expected],
    ['installed rules', verdict.installed],
  ] as const) {
    if (decision === null) continue
    const lines = [
      title(`${name}: ${escapeTerminal(decisionText(decision))}`, style),
      ...caveats(decision, width, style),
    ]
    yield `\n${lines.join('\n')}\n${traceTable(decision, quote, width, style)}\n`
  }
}

function title(text: string, style: Style): string {
  return style.bold(text)
}

function headline(verdict: Verdict, width: number, style: Style): string {
  const name = verdict.code ?? VERDICT_LABEL[verdict.verdict]
  const impact = verdict.impact === null ? '' : `; ${verdict.impact}`
  const sign = `${style.sign(verdict.verdict)} ${style.verdict(verdict.verdict, name)}`
  return wrap(`flow ${verdict.flow.id} ${sign}: ${escapeTerminal(`${reasons(verdict)}${impact}`)}`, width).join('\n')
}

// What the rule compared stands in its own table below.
function reasons({ because, expected, observed }: Verdict): string {
  const shown = because.filter((reason) => expected === null || !reason.startsWith(`rule ${expected.rule}:`))
  return shown.length > 0 ? shown.join('; ') : observed.basis
}

function factTable(verdict: Verdict, report: Report, width: number, style: Style): string {
  const { flow, source, destination, expected, installed, observed } = verdict
  const state = flow.tcp === null ? flow.connState : `${flow.tcp.connState} ${flow.tcp.history}`
  const original = observed.originalSource
  const facts: [string, string][] = [
    ['source', endText(flow.source, source)],
    ['destination', endText(flow.destination, destination)],
    ['capture', `${captureName(report, flow.capture)}, ${pointText(verdict.point)}`],
    [
      'flow',
      `${protocolText(flow.protocol)} ${state}, ${duration(flowSeconds(flow))}, packets ${flow.forward.packets} / ${flow.reverse.packets}, payload ${octets(flow.forward.payloadBytes)} / ${octets(flow.reverse.payloadBytes)}`,
    ],
    ['expected', expected === null ? NO_DECISION : ruledText(expected)],
    ...(installed === null ? [] : [['installed', ruledText(installed)] as [string, string]]),
    ['seen', `${observationText(observed)} (confidence ${observed.confidence}): ${observed.basis}`],
    ...(original === null
      ? []
      : [
          ['before SNAT', `${addressText(original)}${original.name === null ? '' : ` (${original.name})`}`] as [
            string,
            string,
          ],
        ]),
  ]
  const columns = [
    { title: '', min: 11 },
    { title: '', min: 20 },
  ]
  const rows = facts.map(([name, text]) => ({ cells: [style.dim(name), escapeTerminal(text)] }))
  return grid(columns, rows, width, style.dim)
}

function ruledText(decision: Decision): string {
  return `${decisionText(decision)}, rule ${decision.rule}`
}

function endText(endpoint: FlowEndpoint, identity: Identity): string {
  const place = identity.source === null ? '' : `, ${formatSourceRef(identity.source)}`
  const on = identity.kind === 'pod' && identity.node !== null ? ` on ${identity.node}` : ''
  return `${addressText(endpoint)}, ${identityText(identity)}${on} (${identity.basis}${place})`
}

const NEARNESS = { before: 0, both: 1, overlay: 2, after: 3 } as const

/** Verdicts of one connection by its id, the sighting nearest the pod first. */
export function sightingsByConnection(verdicts: readonly Verdict[]): Map<string, Verdict[]> {
  const groups = new Map<string, Verdict[]>()
  for (const verdict of verdicts) {
    if (verdict.connection === null) continue
    const group = groups.get(verdict.connection)
    if (group === undefined) groups.set(verdict.connection, [verdict])
    else group.push(verdict)
  }
  for (const group of groups.values()) {
    group.sort((a, b) => NEARNESS[a.point.side] - NEARNESS[b.point.side] || a.flow.id - b.flow.id)
  }
  return groups
}

function ladderTable(sightings: readonly Verdict[], report: Report, width: number, style: Style): string {
  const rungs = ladder(sightings.map(({ flow }) => flow))
  if (rungs.length === 0) return style.dim('none kept')
  const narrow = sightings.length > 2
  const columns = [
    { title: 'time', min: 8, align: 'right' as const, whole: true as const },
    { title: '', min: 1 },
    ...sightings.map((sighting) => ({
      title: narrow ? `flow\n${sighting.flow.id}` : sightingTitle(sighting, report),
      min: narrow ? 4 : 8,
    })),
    { title: SAID_BY[sightings.length] ?? 'what all say', min: 20 },
  ]
  const rows = rungs.map(({ forward, seconds, text, records }) => ({
    cells: [
      seconds.toFixed(6),
      forward ? '→' : '←',
      ...records.map((record) => (record === null ? '' : `#${record}`)),
      text,
    ],
  }))
  const names = sightings.map(({ flow, point }) => {
    const arrow = `${addressText(flow.source)} → ${addressText(flow.destination)}`
    const where = `${captureName(report, flow.capture)}, ${pointText(point)}`
    return { cells: [style.bold(sightingTitle({ flow, point }, report)), escapeTerminal(`${arrow}, ${where}`)] }
  })
  const untitled = [
    { title: '', min: 6 },
    { title: '', min: 20 },
  ]
  return [grid(untitled, names, width, style.dim), '', grid(columns, rows, width, style.dim)].join('\n')
}

const SAID_BY: Readonly<Record<number, string>> = { 1: 'packet', 2: 'what both say' }

function sightingTitle({ flow, point }: Pick<Verdict, 'flow' | 'point'>, report: Report): string {
  return escapeTerminal(`flow ${flow.id} ${point.interface ?? captureName(report, flow.capture)}`)
}

function evidenceTable(verdict: Verdict, { width, quote }: ShowOptions, style: Style): string {
  const columns = [
    { title: 'kind', min: 10 },
    { title: 'confidence', min: 10 },
    { title: 'what it shows', min: 24 },
  ]
  const rows = verdict.evidence.map(({ kind, confidence, detail, packets, source }) => {
    const proof = (packets ?? []).map(({ file, record }) => `${file} #${record}`).join(', ')
    const places = [proof, source === undefined ? '' : sourceText(source, quote)].filter((text) => text !== '')
    const under = places.map((text) => `\n${style.dim(escapeTerminal(text))}`).join('')
    return { cells: [kind, confidence, `${escapeTerminal(detail)}${under}`] }
  })
  return grid(columns, rows, width, style.dim)
}
