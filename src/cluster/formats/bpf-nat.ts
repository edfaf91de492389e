import * as z from 'zod'
import { describeValue } from '../../core/describe-value.ts'
import type { SourceRef } from '../../core/source-ref.ts'
import { dumpOf, type FactStore, type InputEntry, type NodeClue, type TranslationFact } from '../facts.ts'
import { lineSource, numberedLines, type Section } from '../section.ts'
import { isListOf, isRecord, type Outcome, type StructuredFormat, type TextFormat } from './format.ts'
import { addressOf, parseAddressPort, portOf, protocolNumber, swapPort } from './tuple.ts'

interface NatRow {
  readonly protocol: number
  readonly out: boolean
  readonly source: { readonly ip: string; readonly port: number }
  readonly destination: { readonly ip: string; readonly port: number }
  /** What the source (OUT) or the destination (IN) is rewritten to. */
  readonly translated: { readonly ip: string; readonly port: number }
  readonly at: SourceRef
}

const ROW = /^(\w+) (IN|OUT) (\S+) -> (\S+) (?:\w+ )*?XLATE_(?:SRC|DST) (\S+)/

/** `cilium-dbg bpf nat list`: `TCP OUT src -> dst XLATE_SRC addr …` and the reply's `IN … XLATE_DST …`. */
export const bpfNatText: TextFormat = {
  matches: ({ text }) => / XLATE_(?:SRC|DST) /.test(text),
  read(section, store, entry) {
    const rows: NatRow[] = []
    let bad = 0
    for (const { text, line } of numberedLines(section)) {
      const match = ROW.exec(text)
      const row = match === null ? undefined : textRow(match, lineSource(section, line))
      if (row !== undefined) rows.push(row)
      else if (/ XLATE_/.test(text)) bad++
    }
    return addRows(rows, bad, section, store, entry)
  },
}

function textRow(match: RegExpExecArray, at: SourceRef): NatRow | undefined {
  const [, proto = '', direction = '', from = '', to = '', rewritten = ''] = match
  const protocol = protocolNumber(proto)
  const source = parseAddressPort(from)
  const destination = parseAddressPort(to)
  const translated = parseAddressPort(rewritten)
  if (protocol === undefined || !source || !destination || !translated) return undefined
  return { protocol, out: direction === 'OUT', source, destination, translated, at }
}

const JSON_ROW = z.object({
  Key: z.object({
    DestAddr: z.unknown(),
    SourceAddr: z.unknown(),
    DestPort: z.number(),
    SourcePort: z.number(),
    NextHeader: z.number(),
    Flags: z.number(),
  }),
  Value: z.object({ Addr: z.unknown(), Port: z.number() }),
})

/** `cilium-dbg bpf nat list -o json`: addresses as octets, ports in network byte order, `Flags` bit 0 set for IN. */
export const bpfNatJson: StructuredFormat = {
  matches: (value) =>
    isListOf(value, ({ Key, Value }) => isRecord(Key) && 'NextHeader' in Key && isRecord(Value) && 'Addr' in Value),
  read({ value, section, item, entry }, store) {
    const rows: NatRow[] = []
    let bad = 0
    for (const element of Array.isArray(value) ? value : []) {
      const row = jsonRow(
        element,
        item.line === null ? { file: section.file } : { file: section.file, line: item.line },
      )
      if (row === undefined) bad++
      else rows.push(row)
    }
    return addRows(rows, bad, section, store, entry)
  },
}

function jsonRow(element: unknown, at: SourceRef): NatRow | undefined {
  const parsed = JSON_ROW.safeParse(element)
  if (!parsed.success) return undefined
  const { Key: key, Value: value } = parsed.data
  const [from, to, rewritten] = [addressOf(key.SourceAddr), addressOf(key.DestAddr), addressOf(value.Addr)]
  if (from === undefined || to === undefined || rewritten === undefined) return undefined
  return {
    protocol: key.NextHeader,
    out: (key.Flags & 1) === 0,
    source: { ip: from, port: swapPort(key.SourcePort) },
    destination: { ip: to, port: swapPort(key.DestPort) },
    translated: { ip: rewritten, port: swapPort(value.Port) },
    at,
  }
}

/** The connection of a row as it left: an IN row is its reply, as it comes in. */
function translationOf({ protocol, out, source, destination, translated, at }: NatRow): TranslationFact {
  const [original, peer, seen] = out ? [source, destination, translated] : [translated, source, destination]
  return {
    kind: 'nat-table',
    nodeName: null,
    protocol,
    originalSource: original.ip,
    originalSourcePort: portOf(protocol, original.port),
    destination: peer.ip,
    destinationPort: portOf(protocol, peer.port),
    translatedSource: seen.ip,
    translatedSourcePort: portOf(protocol, seen.port),
    source: at,
  }
}

function addRows(rows: readonly NatRow[], bad: number, section: Section, store: FactStore, entry: InputEntry): Outcome {
  const entries = new Map<string, TranslationFact>()
  for (const row of [...rows.filter(({ out }) => out), ...rows.filter(({ out }) => !out)]) {
    const fact = translationOf(row)
    const { source: _at, ...tuple } = fact
    const key = JSON.stringify(tuple)
    if (!entries.has(key)) entries.set(key, fact)
  }
  const content = { kind: 'translations', entries: [...entries.values()] } as const
  store.dumps.push({ ...dumpOf(entry, section.hint, natClues(content.entries)), content })
  if (bad > 0) {
    const message = `${section.file}: ${bad} rows are not NAT entries as any release prints them (found ${describeValue('…')}); left out`
    store.warnings.push({ code: 'metadata-bad-item', file: section.file, message })
  }
  return { kind: 'bpf-nat-list', taken: [[content.entries.length, 'translation']] }
}

/** The node is the address most connections are translated to. */
function natClues(entries: readonly TranslationFact[]): NodeClue[] {
  const counts = new Map<string, number>()
  for (const { translatedSource } of entries) counts.set(translatedSource, (counts.get(translatedSource) ?? 0) + 1)
  const byCount = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
  return byCount.map(([ip]) => ({ kind: 'address', ip }))
}
