import { ClusterMetadataError } from '../core/errors.ts'
import type { FactStore, InputEntry } from './facts.ts'
import { UNREAD_FIELDS } from './item-pruner.ts'
import { ListTally } from './list-tally.ts'
import type { ManifestItem } from './manifest.ts'
import { readDocument } from './read-document.ts'
import type { Section } from './section.ts'
import { type PositionedYaml, parseYaml, YamlSyntaxError } from './yaml-positions.ts'

/** Lists longer than this are parsed item by item: the parser's tree of a whole sysdump list would not fit; characters. */
const LARGE_LIST = 1024 * 1024

/**
 * Reads YAML, each document on its own.
 *
 * @returns False where the text is no YAML mapping and nothing was read: it is something else.
 * @throws {ClusterMetadataError} where a text that begins as a Kubernetes manifest is broken YAML or not shaped as its kind is.
 */
export function readYamlSection(section: Section, order: number, store: FactStore): boolean {
  let last: InputEntry | null = null
  const documents = splitDocuments(section).filter(({ text }) => /^[^\s#]/m.test(text))
  for (const [i, document] of documents.entries()) {
    const manifest = /^(?:apiVersion|kind|items):/m.test(document.text)
    if (document.text.length > LARGE_LIST && readLargeList(document, order, store)) continue
    const parsed = parse(document, manifest)
    if (parsed === undefined || parsed.value === null || typeof parsed.value !== 'object') {
      if (i === 0) return false
      continue
    }
    last = readDocument({ item: itemOf(parsed, document, ''), section: document, order, last }, store)
  }
  return documents.length > 0
}

function splitDocuments(section: Section): Section[] {
  const lines = section.text.split('\n')
  const starts = [0, ...lines.flatMap((line, i) => (/^---(?:\s|$)/.test(line) ? [i + 1] : []))]
  return starts.map((start, i) => ({
    ...section,
    firstLine: section.firstLine + start,
    text: lines.slice(start, (starts[i + 1] ?? lines.length + 1) - 1).join('\n'),
  }))
}

function parse(section: Section, strict: boolean): PositionedYaml | undefined {
  try {
    return parseYaml(section.text)
  } catch (error) {
    if (!(error instanceof YamlSyntaxError)) throw error
    if (!strict) return undefined
    const place = error.line === null ? null : `line ${section.firstLine + error.line - 1}`
    throw new ClusterMetadataError(section.file, `Cannot read YAML: ${error.message}`, place, { cause: error })
  }
}

function itemOf(parsed: PositionedYaml, section: Section, place: string, kind?: string): ManifestItem {
  const own = (parsed.value as { kind?: unknown } | null)?.kind
  const at = (line: number | undefined): number | null => (line === undefined ? null : section.firstLine + line - 1)
  const line = at(parsed.lineOf([])) ?? section.firstLine
  return {
    value: parsed.value,
    kind: typeof own === 'string' ? own : (kind ?? ''),
    file: section.file,
    place,
    line,
    lineOf: (path) => at(parsed.lineOf(path)) ?? line,
    textLineOf: (path) => at(parsed.textLineOf(path)),
  }
}

/**
 * A list as kubectl and the sysdump write it: `items:` in the first column, its items' dashes in one column. Each item is
 * parsed alone. @returns False where the list is written otherwise.
 */
function readLargeList(section: Section, order: number, store: FactStore): boolean {
  const lines = section.text.split('\n')
  const itemsAt = lines.findIndex((line) => /^items:\s*$/.test(line))
  const dash = /^( *)- /.exec(lines[itemsAt + 1] ?? '')
  if (itemsAt < 0 || dash === null) return false
  const indent = `${dash[1] ?? ''}- `
  const listKind = lines.find((line) => /^kind: /.test(line))?.replace(/^kind: *["']?(\w+).*$/, '$1') ?? ''
  const tally = new ListTally(section.file, store)
  let end = itemsAt + 1
  for (let index = 0; lines[end]?.startsWith(indent); index++) {
    const start = end++
    while (end < lines.length && /^(?:$|#)/.test(lines[end] ?? '')) end++
    while (end < lines.length && isInside(lines[end] ?? '', indent)) end++
    const first = ' '.repeat(indent.length) + (lines[start] ?? '').slice(indent.length)
    const text = withoutUnread([first, ...lines.slice(start + 1, end)])
    const own: Section = { ...section, firstLine: section.firstLine + start, text: text.join('\n') }
    const parsed = parse(own, true)
    if (parsed !== undefined)
      tally.read(itemOf(parsed, own, `items[${index}]`, listKind.replace(/List$/, '')), section.hint)
  }
  store.inputs.push(tally.finish(order, listKind))
  return true
}

function isInside(line: string, indent: string): boolean {
  return line.trim() === '' || line.startsWith(' '.repeat(indent.length)) || /^\s*#/.test(line)
}

const UNREAD = new RegExp(`^( *(?:- )?)(?:${UNREAD_FIELDS.join('|')}):\\s*$`)

/**
 * Blanks the lines under fields nobody reads: the parser spends its time on them. Only what nobody reads of a ConfigMap or an
 * annotation can look like such a field inside a text.
 */
function withoutUnread(lines: readonly string[]): string[] {
  if (lines.some((line) => /^\s+kind: ConfigMap\s*$/.test(line))) return [...lines]
  const kept: string[] = []
  /** Columns the field begins at, while its lines are left out. */
  let field = -1
  for (const line of lines) {
    const indent = line.search(/\S/)
    const isUnder = indent > field || (indent === field && line.startsWith('- ', indent)) || indent < 0
    if (field >= 0 && isUnder) {
      kept.push('')
      continue
    }
    const unread = UNREAD.exec(line)
    field = unread === null ? -1 : (unread[1] ?? '').length
    kept.push(line)
  }
  return kept
}
