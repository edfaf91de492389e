import { ClusterMetadataError } from '../core/errors.ts'
import type { FactStore, InputEntry } from './facts.ts'
import { ItemPruner } from './item-pruner.ts'
import { type JsonHandler, JsonSplitter } from './json-splitter.ts'
import { ListTally } from './list-tally.ts'
import type { ManifestItem, PathStep } from './manifest.ts'
import { MAX_NESTING, nestsTooDeep } from './nesting.ts'
import { readDocument } from './read-document.ts'
import type { Section } from './section.ts'
import { type PositionedYaml, parseYaml, YamlSyntaxError } from './yaml-positions.ts'

/**
 * Texts are parsed a second time when somebody asks for the line of a field, up to so many characters an input: beyond, an
 * item's first line has to do.
 */
const POSITION_BUDGET = 2 * 1024 * 1024

/**
 * Reads JSON: lists item by item, concatenated values one after the other. Feed it the whole text, or the chunks of a file
 * too large to hold.
 */
export class ManifestReader implements JsonHandler {
  private readonly section: Omit<Section, 'text'>
  private readonly order: number
  private readonly store: FactStore
  private readonly splitter: JsonSplitter
  private readonly oneLine: boolean
  private tally: ListTally | null = null
  private lastEntry: InputEntry | null = null
  private readonly budget: PositionBudget = { left: POSITION_BUDGET }
  private deferred: { text: string; line: number; index: number }[] = []

  /**
   * @param oneLine - Known to be JSON without line breaks, where line numbers mean nothing; told from `text` where given whole.
   */
  constructor(section: Omit<Section, 'text'> & { readonly text?: string }, order: number, store: FactStore) {
    this.section = section
    this.order = order
    this.store = store
    this.oneLine = section.text !== undefined && !section.text.trim().includes('\n')
    const isLarge = section.text === undefined || section.text.length > POSITION_BUDGET
    this.splitter = new JsonSplitter(this, isLarge ? new ItemPruner() : null)
  }

  /** @throws {ClusterMetadataError} where a piece is no JSON or a single object is not shaped as its kind is. */
  push(chunk: Uint8Array): void {
    if (this.splitter.push(chunk)) return
    throw new ClusterMetadataError(
      this.section.file,
      'Found text outside any JSON value, wanted JSON objects only',
      `line ${this.lineInFile(this.splitter.currentLine)}`,
    )
  }

  /** Ends the text. @throws {ClusterMetadataError} where a value is cut off. */
  end(): void {
    if (this.splitter.complete) return
    const place = `line ${this.lineInFile(this.splitter.currentLine)}`
    throw new ClusterMetadataError(this.section.file, 'JSON ends inside a value: the file is cut off', place)
  }

  item(text: string, line: number, index: number, listKind: string | null): void {
    this.tally ??= new ListTally(this.section.file, this.store)
    const value = this.parse(text, line)
    const kind = ownKind(value) ?? listKind?.replace(/List$/, '')
    // In a typed list whose own kind comes after its items, as sorted keys have it, the kind is known at the end.
    if (kind === undefined || kind === '') this.deferred.push({ text, line, index })
    else this.tally.read(this.itemOf(value, text, line, `items[${index}]`, kind), this.section.hint)
  }

  document(text: string, line: number): void {
    const value = this.parse(text, line)
    const kind = ownKind(value) ?? ''
    const item = this.itemOf(value, text, line, '', kind)
    if (this.tally !== null) {
      for (const { text: itemText, line: itemLine, index } of this.deferred) {
        const itemValue = this.parse(itemText, itemLine)
        const own = this.itemOf(itemValue, itemText, itemLine, `items[${index}]`, kind.replace(/List$/, ''))
        this.tally.read(own, this.section.hint)
      }
      this.store.inputs.push(this.tally.finish(this.order, kind))
      this.tally = null
      this.deferred = []
      return
    }
    const section: Section = { ...this.section, text, firstLine: item.line ?? this.section.firstLine }
    this.lastEntry = readDocument({ item, section, order: this.order, last: this.lastEntry }, this.store)
  }

  private parse(text: string, line: number): unknown {
    try {
      if (nestsTooDeep(text)) throw new RangeError(`Nested deeper than ${MAX_NESTING} levels`)
      return JSON.parse(text)
    } catch (error) {
      const at = /position (\d+)/.exec(String(error))?.[1]
      const lines = at === undefined ? 0 : text.slice(0, Number(at)).split('\n').length - 1
      const reason = error instanceof Error ? error.message : String(error)
      throw new ClusterMetadataError(
        this.section.file,
        `Cannot read JSON: ${reason.replace(/ in JSON at position.*$/s, '')}`,
        `line ${this.lineInFile(line + lines)}`,
        { cause: error },
      )
    }
  }

  private lineInFile(line: number): number {
    return this.section.firstLine + line - 1
  }

  private itemOf(value: unknown, text: string, line: number, place: string, kind: string): ManifestItem {
    return new JsonItem(
      value,
      kind,
      this.section.file,
      place,
      this.oneLine ? null : this.lineInFile(line),
      text,
      this.budget,
    )
  }
}

/** Characters that may still be parsed a second time; shared by the items of an input. */
interface PositionBudget {
  left: number
}

/** One object of a JSON text. A list has a million of them, so that it is an object without closures. */
class JsonItem implements ManifestItem {
  readonly value: unknown
  readonly kind: string
  readonly file: string
  readonly place: string
  readonly line: number | null
  readonly #text: string
  readonly #budget: PositionBudget
  #positions: PositionedYaml | null | undefined

  constructor(
    value: unknown,
    kind: string,
    file: string,
    place: string,
    line: number | null,
    text: string,
    budget: PositionBudget,
  ) {
    this.value = value
    this.kind = kind
    this.file = file
    this.place = place
    this.line = line
    this.#text = text
    this.#budget = budget
  }

  lineOf(path: readonly PathStep[]): number | null {
    const { line } = this
    if (line === null || path.length === 0) return line
    if (this.#positions === undefined) this.#positions = this.#parse()
    const found = this.#positions?.lineOf(path)
    return found === undefined ? line : line + found - 1
  }

  textLineOf(): null {
    return null
  }

  #parse(): PositionedYaml | null {
    this.#budget.left -= this.#text.length
    return this.#budget.left < 0 ? null : positionsOf(this.#text)
  }
}

/** JSON is YAML: its parser knows where fields stand. */
function positionsOf(text: string): PositionedYaml | null {
  try {
    return parseYaml(text)
  } catch (error) {
    if (error instanceof YamlSyntaxError) return null
    throw error
  }
}

function ownKind(value: unknown): string | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined
  const { kind } = value as { kind?: unknown }
  return typeof kind === 'string' ? kind : undefined
}
