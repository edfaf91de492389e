import type { Verdict, VerdictName } from '../../audit/verdict.ts'
import { type Cause, causeTitle } from '../causes.ts'
import { escapeTerminal } from '../escape.ts'
import type { RenderOptions } from '../report.ts'
import {
  addressText,
  count,
  decisionText,
  groupDigits,
  identityText,
  mainReason,
  NO_DECISION,
  observationText,
  placeText,
  protocolText,
  reasonText,
  VERDICT_LABEL,
  VERDICT_ORDER,
} from '../words.ts'
import { findingLines } from './findings.ts'
import { type Column, gridPieces, lazily, type Note, type Row } from './grid.ts'
import type { Style } from './style.ts'
import { wrap } from './wrap.ts'

/** From this width on a name stands beside its address instead of under it. */
const WIDE = 160

/** Rows of one cause shown unless `--all` or `--limit` says otherwise. */
const ROWS_PER_CAUSE = 5

const COLUMNS: readonly Column[] = [
  { title: '#', min: 1, align: 'right' },
  { title: 'proto', min: 4 },
  { title: 'source', min: 21 },
  { title: 'destination', min: 21 },
  { title: 'expected', min: 12 },
  { title: 'seen', min: 12 },
]

/** What a heading says of the flows under it, so that each row need not: why, and the code. */
interface Said {
  readonly cause: boolean
  readonly code: boolean
}

const NOTHING_SAID: Said = { cause: false, code: false }

/**
 * Flows as rows: ends with names, what was expected, what was seen where, and the reason in words underneath.
 *
 * @param said - What a heading above has said of all of them already.
 */
export function flowTable(
  verdicts: readonly Verdict[],
  options: RenderOptions,
  style: Style,
  said: Said = NOTHING_SAID,
): Iterable<string> {
  const rows = lazily(verdicts, (verdict) => flowRow(verdict, options.width, style, said))
  return gridPieces(COLUMNS, rows, options.width, style.dim)
}

function flowRow(verdict: Verdict, width: number, style: Style, said: Said): Row {
  const { flow, expected, observed } = verdict
  const between = width >= WIDE ? ' ' : '\n'
  const ruleText = (rule: string) => `${between}${style.dim(`rule ${escapeTerminal(rule)}`)}`
  const end = (address: string, identity: string) =>
    `${escapeTerminal(address)}${between}${style.dim(escapeTerminal(identity))}`
  const paint = (text: string) => (verdict.verdict === 'contradiction' ? style.bad(text) : text)
  const place = placeText(verdict.point)
  return {
    cells: [
      String(flow.id),
      protocolText(flow.protocol),
      end(addressText(flow.source), identityText(verdict.source)),
      end(addressText(flow.destination), identityText(verdict.destination)),
      expected === null ? NO_DECISION : `${escapeTerminal(decisionText(expected))}${ruleText(expected.rule)}`,
      `${paint(escapeTerminal(observationText(observed)))}${place === null ? '' : `${between}${style.dim(`at ${escapeTerminal(place)}`)}`}`,
    ],
    note: reasonNote(verdict, style, said),
  }
}

function reasonNote(verdict: Verdict, style: Style, said: Said): Note {
  const name = verdict.code ?? VERDICT_LABEL[verdict.verdict]
  const impact = verdict.impact === null ? '' : `; ${verdict.impact}`
  return {
    label: style.sign(verdict.verdict) + (said.code ? '' : ` ${style.verdict(verdict.verdict, name)}:`),
    text: escapeTerminal(`${said.cause ? mainReason(verdict) : reasonText(verdict)}${impact}`),
  }
}

/** One cause with its first flows. */
export function* causeSection(cause: Cause, options: RenderOptions, style: Style): Generator<string, undefined> {
  const { finding, verdicts } = cause
  yield* wrap(`${style.sign('contradiction')} ${style.bad(causeTitle(cause))}`, options.width)
  if (finding !== null) yield* findingLines(finding, options.width, style)
  const most = options.all ? verdicts.length : options.limit || ROWS_PER_CAUSE
  yield ''
  const said = { cause: finding !== null, code: new Set(verdicts.map(({ code }) => code)).size === 1 }
  yield* flowTable(verdicts.slice(0, most), options, style, said)
  if (verdicts.length > most) yield style.dim(`  and ${count(verdicts.length - most, 'more flow')} (--all lists them)`)
}

const COUNT_COLUMNS: readonly Column[] = [
  { title: 'flows', min: 5, align: 'right' },
  { title: 'verdict', min: 12 },
  { title: 'from → to', min: 12 },
  { title: 'expected', min: 10 },
  { title: 'rule', min: 8 },
]

/** Flows that need no attention, counted by what they are and which rule decided. */
export function countTable(verdicts: readonly Verdict[], options: RenderOptions, style: Style): Iterable<string> {
  const groups = new Map<string, { verdict: Verdict; n: number }>()
  for (const verdict of verdicts) {
    const { source, destination, expected } = verdict
    const key = [verdict.verdict, source.kind, destination.kind, expected?.action, expected?.rule].join('|')
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { verdict, n: 1 })
    else group.n++
  }
  const place = (verdict: Verdict) => VERDICT_ORDER.indexOf(verdict.verdict)
  const sorted = [...groups.values()].sort((a, b) => place(a.verdict) - place(b.verdict) || b.n - a.n)
  const rows = sorted.map((group) => countRow(group.verdict, group.n, style))
  return gridPieces(COUNT_COLUMNS, rows, options.width, style.dim)
}

function countRow(verdict: Verdict, n: number, style: Style): Row {
  const kinds = `${verdict.source.kind} → ${verdict.destination.kind}`.replace(/_/g, ' ')
  const name: VerdictName = verdict.verdict
  return {
    cells: [
      groupDigits(n),
      `${style.sign(name)} ${style.verdict(name, VERDICT_LABEL[name])}`,
      kinds,
      verdict.expected?.action ?? NO_DECISION,
      escapeTerminal(verdict.expected?.rule ?? ''),
    ],
    note: { label: '·', text: escapeTerminal(mainReason(verdict)) },
  }
}
