import type { WhatIf } from '../../audit/analysis.ts'
import type { Finding, Verdict } from '../../audit/verdict.ts'
import type { Identity } from '../../cluster/address-book.ts'
import { formatSourceRef } from '../../core/source-ref.ts'
import type { Decision } from '../../masquerade/decision.ts'
import { causesOf, causeTitle, otherFindings } from '../causes.ts'
import { escapeTerminal } from '../escape.ts'
import { ladder } from '../ladder.ts'
import { flowSeconds, offsetOf } from '../records/time.ts'
import { captureName, isVerdict, type Report, reportVerdicts, type Sighting } from '../report.ts'
import { sightingsByConnection } from '../show.ts'
import { whatIfSide, whatIfTitle } from '../what-if.ts'
import {
  addressText,
  caveatTexts,
  count,
  decisionText,
  identityText,
  observationText,
  octets,
  pointText,
  protocolText,
  reasonText,
} from '../words.ts'
import {
  type PageData,
  type PageDecision,
  type PageDetail,
  type PageEnd,
  type PageFinding,
  type PageRow,
  type PageWhatIf,
  VERDICTS,
} from './page-data.ts'

/** Flows whose packets and evidence the page carries: all up to here, beyond it those that need attention, up to here. */
const MOST_DETAILS = 5000

/** The report as the page's data; every text has its invisible and direction-changing characters made visible. */
export function encodePage(report: Report): PageData {
  const tables = new Tables()
  const verdicts = reportVerdicts(report)
  const epoch = report.captures.find(({ timeKind }) => timeKind === 'absolute')?.startSec ?? 0
  const detailed = new DetailWriter(report, verdicts)
  const rows = report.flows.map((flow) => encodeRow(flow, tables, detailed, epoch))
  const rowOf = new Map(report.flows.map(({ flow }, i) => [flow.id, i]))
  const causes = causesOf(verdicts, report.findings)
  const clean = escapeTerminal
  return {
    tool: clean(`${report.tool.name} ${report.tool.version}`),
    captures: report.captures.map((capture) => ({
      name: clean(capture.name),
      clock: CLOCKS[capture.timeKind],
      text: clean(`${capture.format}, ${count(capture.packets, 'packet')}, ${octets(capture.bytes)}`),
    })),
    totals: { packets: report.summary.packets, bytes: report.summary.bytes },
    verdicts: report.summary.verdicts,
    causes: causes.map((cause) => ({
      title: clean(causeTitle(cause)),
      finding: cause.finding && encodeFinding(cause.finding),
      rows: cause.verdicts.flatMap(({ flow }) => rowOf.get(flow.id) ?? []),
    })),
    findings: otherFindings(report.findings, causes).map(encodeFinding),
    expectations: report.expectations.map(({ name, status, message, flows }) => ({
      name: clean(name),
      status,
      message: clean(message),
      flows,
    })),
    whatIf: report.whatIf === undefined ? null : encodeWhatIf(report.whatIf),
    unjudged: report.unjudged === true,
    warnings: report.summary.warnings.map(({ file, message }) =>
      clean(file === null ? message : `${file}: ${message}`),
    ),
    interrupted: report.summary.interrupted,
    clock: clockOf(report),
    epoch,
    ends: tables.ends.list,
    points: tables.points.list,
    decisions: tables.decisions.list,
    texts: tables.texts.list,
    rows,
    details: detailed.list,
    detailsCut: detailed.cut,
  }
}

function encodeWhatIf(whatIf: WhatIf): PageWhatIf {
  const side = (of: Verdict): string => {
    const { verdict, decision } = whatIfSide(of)
    return escapeTerminal(`${verdict}: ${decision}`)
  }
  const changes = whatIf.changes.slice(0, MOST_DETAILS).map(({ before, after }) => {
    const { flow, source, destination } = before
    const ends = `${addressText(flow.source)} (${identityText(source)}) → ${addressText(flow.destination)} (${identityText(destination)})`
    return { id: flow.id, flow: escapeTerminal(ends), before: side(before), after: side(after) }
  })
  return { title: escapeTerminal(whatIfTitle(whatIf)), changes }
}

const CLOCKS = { absolute: 'utc', 'time-of-day': 'seconds', relative: 'seconds', none: 'none' } as const

function clockOf({ captures }: Report): PageData['clock'] {
  const clocks = captures.map(({ timeKind }) => CLOCKS[timeKind])
  return clocks.includes('utc') ? 'utc' : clocks.includes('seconds') ? 'seconds' : 'none'
}

/** A list in which equal things stand once. */
class Interned<K, V> {
  readonly list: V[] = []
  readonly #places = new Map<K, number>()

  place(key: K, make: () => V): number {
    let place = this.#places.get(key)
    if (place === undefined) {
      place = this.list.push(make()) - 1
      this.#places.set(key, place)
    }
    return place
  }
}

class Tables {
  readonly ends = new Interned<string, PageEnd>()
  readonly points = new Interned<string, string>()
  readonly decisions = new Interned<string, PageDecision>()
  // Decisions of equal questions are mostly one object, which spares writing them out to compare them.
  readonly #decisionKeys = new Map<Decision, string>()
  readonly texts = new Interned<string, string>()

  constructor() {
    this.text('')
  }

  text(text: string | null): number {
    return this.texts.place(text ?? '', () => escapeTerminal(text ?? ''))
  }

  end(ip: string, identity: Identity): number {
    return this.ends.place(ip, () => ({
      ip: escapeTerminal(ip),
      who: escapeTerminal(identityText(identity)),
      kind: identity.kind,
      basis: escapeTerminal(
        `${identity.basis}${identity.source === null ? '' : `, ${formatSourceRef(identity.source)}`}`,
      ),
    }))
  }

  decision(decision: Decision | null): number {
    if (decision === null) return -1
    let key = this.#decisionKeys.get(decision)
    if (key === undefined) {
      key = JSON.stringify(decision)
      this.#decisionKeys.set(decision, key)
    }
    return this.decisions.place(key, () => encodeDecision(decision))
  }
}

function encodeDecision(decision: Decision): PageDecision {
  return {
    text: escapeTerminal(decisionText(decision)),
    rule: escapeTerminal(decision.rule),
    engine: decision.engine,
    node: escapeTerminal(decision.node ?? ''),
    caveats: caveatTexts(decision).map(({ label, text }) => escapeTerminal(`${label} ${text}`)),
    trace: decision.trace.map(({ rule, matched, detail, source }) => ({
      rule: escapeTerminal(rule),
      matched,
      detail: escapeTerminal(detail),
      place: source === null ? '' : escapeTerminal(formatSourceRef(source)),
    })),
  }
}

function encodeFinding({ code, severity, subject, message, sources, confirm }: Finding): PageFinding {
  return {
    code: escapeTerminal(code),
    severity,
    subject: escapeTerminal(subject),
    message: escapeTerminal(message),
    places: sources.map((source) => escapeTerminal(formatSourceRef(source))),
    confirm: confirm ? escapeTerminal(confirm) : null,
  }
}

function encodeRow(sighting: Verdict | Sighting, tables: Tables, details: DetailWriter, epoch: number): PageRow {
  const { flow, source, destination, point } = sighting
  const verdict = isVerdict(sighting) ? sighting : null
  const start =
    flow.timeKind === 'absolute'
      ? flow.startSec - epoch + flow.startNsec / 1e9
      : (offsetOf(flow.timeKind, flow.startSec, flow.startNsec) ?? 0)
  return [
    flow.id,
    flow.capture,
    tables.points.place(pointText(point), () => escapeTerminal(pointText(point))),
    tables.text(protocolText(flow.protocol)),
    tables.end(flow.source.ip, source),
    flow.source.port ?? -1,
    tables.end(flow.destination.ip, destination),
    flow.destination.port ?? -1,
    Math.round(start * 1e6) / 1e6,
    flowSeconds(flow),
    flow.forward.packets,
    flow.reverse.packets,
    flow.forward.payloadBytes,
    flow.reverse.payloadBytes,
    tables.text(flow.connState),
    tables.text(flow.history),
    verdict === null ? -1 : VERDICTS.indexOf(verdict.verdict),
    tables.text(verdict?.code ?? null),
    tables.decision(verdict?.expected ?? null),
    tables.decision(verdict?.installed ?? null),
    tables.text(verdict && observationText(verdict.observed)),
    tables.text(verdict && reasonText(verdict)),
    tables.text(verdict?.impact ?? null),
    verdict === null ? -1 : details.place(verdict),
  ]
}

/** Packets and evidence of the flows that get them. */
class DetailWriter {
  readonly list: PageDetail[] = []
  cut = false
  readonly #report: Report
  readonly #connections: ReadonlyMap<string, readonly Verdict[]>
  readonly #all: boolean

  constructor(report: Report, verdicts: readonly Verdict[]) {
    this.#report = report
    this.#connections = sightingsByConnection(verdicts)
    this.#all = verdicts.length <= MOST_DETAILS
  }

  place(verdict: Verdict): number {
    const wanted = this.#all || verdict.verdict === 'contradiction' || verdict.verdict === 'inconclusive'
    if (!wanted || this.list.length >= MOST_DETAILS) {
      this.cut = true
      return -1
    }
    return this.list.push(this.#detail(verdict)) - 1
  }

  #detail(verdict: Verdict): PageDetail {
    const sightings = (verdict.connection === null ? undefined : this.#connections.get(verdict.connection)) ?? [verdict]
    return {
      evidence: verdict.evidence.map(({ kind, confidence, detail, packets, source }) => ({
        kind,
        confidence,
        detail: escapeTerminal(detail),
        proof: escapeTerminal(
          [
            ...(packets ?? []).map(({ file, record }) => `${file} #${record}`),
            ...(source ? [formatSourceRef(source)] : []),
          ].join(', '),
        ),
      })),
      sightings: sightings.map(({ flow, point }) => ({
        title: escapeTerminal(`flow ${flow.id} ${point.interface ?? captureName(this.#report, flow.capture)}`),
        text: escapeTerminal(
          `${addressText(flow.source)} → ${addressText(flow.destination)}, ${captureName(this.#report, flow.capture)}, ${pointText(point)}`,
        ),
      })),
      rungs: ladder(sightings.map(({ flow }) => flow)).map(({ forward, seconds, text, records }) => ({
        time: seconds.toFixed(6),
        forward,
        text,
        records,
      })),
    }
  }
}
