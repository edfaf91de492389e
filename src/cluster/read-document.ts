import type { FactStore, InputEntry } from './facts.ts'
import { STRUCTURED_FORMATS } from './formats/registry.ts'
import { describeUnrecognised } from './formats/unrecognised.ts'
import { formatTaken } from './input-note.ts'
import { ListTally, nounOf } from './list-tally.ts'
import type { ManifestItem } from './manifest.ts'
import { readObject } from './read-object.ts'
import type { Section } from './section.ts'

/** One JSON value or YAML document of an input. */
export interface DocumentInput {
  readonly item: ManifestItem
  /** The document as a section of its own. */
  readonly section: Section
  readonly order: number
  /** Line of the inputs the document before it went to; documents of one stream (Hubble) share a line. */
  readonly last: InputEntry | null
}

/**
 * Reads one document: a Kubernetes object, a list, or one of the other shapes.
 *
 * @returns The document's line in the inputs.
 * @throws {ClusterMetadataError} where a single object is not shaped as its kind is, or every item of a list is not.
 */
export function readDocument(input: DocumentInput, store: FactStore): InputEntry {
  const { item, section, order } = input
  const { value } = item
  const isObject = value !== null && typeof value === 'object' && !Array.isArray(value)
  if (isObject && 'items' in value && Array.isArray(value.items))
    return push(readList(item, value.items, section, order, store), store)
  if (isObject && item.kind !== '' && ('metadata' in value || 'apiVersion' in value)) {
    const { kind, unused, note } = readObject(item, store, section.hint)
    if (kind === 'pod') store.podLists++
    if (unused === undefined && note === undefined) return addObject(input, kind, store)
    const words = unused === undefined ? (note ?? '') : `recognised, not used: ${unused}`
    return push({ file: item.file, order, kind, node: null, note: words }, store)
  }
  return readShape(input, store)
}

/** One of the objects of `kubectl get -w`, or of YAML with a document for each: one line for a run of a kind. */
function addObject({ item, order, last }: DocumentInput, kind: string, store: FactStore): InputEntry {
  const noun = nounOf(kind)
  if (last?.kind === kind && last.taken !== undefined) return addUp(last, [[1, noun]])
  const entry: InputEntry = {
    file: item.file,
    order,
    kind,
    node: null,
    note: `one ${item.kind}`,
    taken: new Map([[noun, 1]]),
  }
  return push(entry, store)
}

function push(entry: InputEntry, store: FactStore): InputEntry {
  store.inputs.push(entry)
  return entry
}

function readList(
  list: ManifestItem,
  items: readonly unknown[],
  section: Section,
  order: number,
  store: FactStore,
): InputEntry {
  const tally = new ListTally(list.file, store)
  for (const [i, value] of items.entries()) {
    const own = value !== null && typeof value === 'object' ? (value as { kind?: unknown }).kind : undefined
    const item: ManifestItem = {
      value,
      kind: typeof own === 'string' ? own : list.kind.replace(/List$/, ''),
      file: list.file,
      place: `items[${i}]`,
      line: list.line === null ? null : list.lineOf(['items', i]),
      lineOf: (path) => list.lineOf(['items', i, ...path]),
      textLineOf: (path) => list.textLineOf(['items', i, ...path]),
    }
    tally.read(item, section.hint)
  }
  return tally.finish(order, list.kind)
}

function readShape({ item, section, order, last }: DocumentInput, store: FactStore): InputEntry {
  const format = STRUCTURED_FORMATS.find((candidate) => candidate.matches(item.value))
  if (format === undefined) {
    const { kind, note, warn } = describeUnrecognised(section, item.value)
    if (last?.kind === kind && last.note === note) return last
    const { file } = section
    if (warn)
      store.warnings.push({ code: 'metadata-unrecognised', file, line: section.firstLine, message: `${file}: ${note}` })
    return push({ file, order, kind, node: null, note }, store)
  }
  const entry: InputEntry = { file: section.file, order, kind: '', node: null, note: '' }
  const outcome = format.read({ value: item.value, section, line: item.line ?? section.firstLine, item, entry }, store)
  if (last !== null && last.kind === outcome.kind && outcome.stream) return addUp(last, outcome.taken ?? [])
  entry.kind = outcome.kind
  entry.note = formatTaken(outcome)
  entry.taken = new Map((outcome.taken ?? []).map(([number, noun]) => [noun, number]))
  return push(entry, store)
}

function addUp(entry: InputEntry, taken: readonly (readonly [number, string])[]): InputEntry {
  const sums = entry.taken ?? new Map<string, number>()
  for (const [number, noun] of taken) sums.set(noun, (sums.get(noun) ?? 0) + number)
  entry.note = formatTaken({ taken: [...sums].map(([noun, number]) => [number, noun] as const) })
  return entry
}
