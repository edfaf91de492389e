import type { FactStore, InputEntry, NodeHint } from '../facts.ts'
import type { ManifestItem } from '../manifest.ts'
import type { Section } from '../section.ts'

/** What became of one Kubernetes object. */
export interface ObjectOutcome {
  /** Kebab-case name for the snapshot's `inputs`; lists get `-list` appended. */
  readonly kind: string
  /** Why nothing was taken from it, where that is so. */
  readonly unused?: string
  /** What was taken from it, where "one <kind>" does not say it. */
  readonly note?: string
}

/** A kind of Kubernetes object and how to take facts from it. */
export interface ObjectFormat {
  readonly objects: readonly string[]
  /** @throws {ClusterMetadataError} where the object is not shaped as its kind is; one of a list becomes a warning. */
  read(item: ManifestItem, store: FactStore, hint: NodeHint): ObjectOutcome
}

/** A parsed JSON or YAML value that is no Kubernetes object, and where it stands. */
export interface StructuredInput {
  readonly value: unknown
  readonly section: Section
  /** 1-based line of its first character. */
  readonly line: number
  /** See {@link ManifestItem.lineOf}. */
  readonly item: ManifestItem
  readonly entry: InputEntry
}

/** What an input turned out to be. */
export interface Outcome {
  /** Kebab-case. */
  readonly kind: string
  /** How many of what was taken: `[3, 'node']`. Documents of one stream are added up. */
  readonly taken?: readonly (readonly [number, string])[]
  /** In words, where numbers do not say it, or why nothing was taken. */
  readonly note?: string
  /** One document of many that make one input, such as a Hubble flow: counted together. */
  readonly stream?: boolean
}

/** A JSON or YAML shape that is no Kubernetes object. */
export interface StructuredFormat {
  /** Looks at the value alone. */
  matches(value: unknown): boolean
  read(input: StructuredInput, store: FactStore): Outcome
}

/** Plain text that some command prints. */
export interface TextFormat {
  matches(section: Section): boolean
  /** @param entry - The input's line in the snapshot; a node-local dump takes it along to have its node filled in. */
  read(section: Section, store: FactStore, entry: InputEntry): Outcome
}

/** `1 node`, `3 nodes`, `2 entries`. */
export function count(number: number, noun: string): string {
  if (number === 1) return `1 ${noun}`
  if (/[^aeiou]y$/.test(noun)) return `${number} ${noun.slice(0, -1)}ies`
  return `${number} ${noun}${/(?:s|x|ch)$/.test(noun) ? 'es' : 's'}`
}

/**
 * A parsed value as the text of a setting: lists blank-separated, nothing as nothing. A mapping, which is the text of none, is
 * JSON, so that it can be shown; `String()` would call what the mapping itself names `toString`.
 */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(valueText).join(' ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Whether a parsed value is a mapping. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** Whether a parsed value is a list whose first elements all are mappings that fit; an empty list fits nothing. */
export function isListOf(value: unknown, fits: (element: Readonly<Record<string, unknown>>) => boolean): boolean {
  if (!Array.isArray(value) || value.length === 0) return false
  return value.slice(0, 5).every((element: unknown) => isRecord(element) && fits(element))
}
