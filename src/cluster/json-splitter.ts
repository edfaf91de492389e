import type { ItemPruner } from './item-pruner.ts'

/** What {@link JsonSplitter} finds, in the order of the text. Lines are 1-based, counted from the first chunk. */
export interface JsonHandler {
  /** One element of the `items` array of a top-level object. `listKind` is `null` where `kind` has not come yet. */
  item(text: string, line: number, index: number, listKind: string | null): void
  /** One whole top-level value; where it had `items`, they were handed over before and its own array is empty. */
  document(text: string, line: number): void
}

const NEWLINE = 10
const SPACE = 32
const QUOTE = 34
const COMMA = 44
const COLON = 58
const OPEN_BRACKET = 91
const BACKSLASH = 92
const CLOSE_BRACKET = 93
const OPEN_BRACE = 123
const CLOSE_BRACE = 125

/** So few are looked at one by one quicker than searched. */
const FEW_OCTETS = 64

/** The value does not end in what was fed so far. */
const MORE = -1

interface OpenList {
  /** Text of the list up to and with the bracket of its items. */
  readonly shell: string
  readonly line: number
  readonly kind: string | null
  index: number
}

/**
 * Cuts JSON into its top-level values, and Kubernetes lists into their items, without parsing either: a list of a million
 * pods is never in memory as a whole. Checks nothing but brackets and quotes; `JSON.parse` of the pieces does the rest.
 *
 * Works on octets: UTF-8 keeps every structural character a single one, and a loop over octets took a third of the time of
 * one over a string.
 */
export class JsonSplitter {
  private readonly handler: JsonHandler
  private readonly pruner: ItemPruner | null
  private readonly decoder = new TextDecoder()
  private bytes = new Uint8Array(0)
  /** First octet that belongs to no finished piece. */
  private at = 0
  private line = 1
  private list: OpenList | null = null

  /** @param pruner - Leaves out of items what nobody reads; `null` keeps them whole, so that lines inside them count. */
  constructor(handler: JsonHandler, pruner: ItemPruner | null = null) {
    this.handler = handler
    this.pruner = pruner
  }

  /** Line of the next piece. */
  get currentLine(): number {
    return this.line
  }

  /** True when every value begun has ended. */
  get complete(): boolean {
    return this.list === null && this.skipSpace(this.at) === this.bytes.length
  }

  /** Feeds the next octets. @returns `false` where a character stands outside any value: no JSON from there on. */
  push(chunk: Uint8Array): boolean {
    this.bytes = joined(this.bytes.subarray(this.at), chunk)
    this.at = 0
    while (true) {
      const before = this.at
      if (this.list !== null) this.readItem(this.list)
      else {
        const start = this.skipSpace(this.at)
        if (start === this.bytes.length) return true
        if (this.bytes[start] !== OPEN_BRACE && this.bytes[start] !== OPEN_BRACKET) return false
        this.readDocument(start)
      }
      if (this.at === before) return true
    }
  }

  /** Finishes a document, or finds it to be a list. Leaves `at` where it was when it needs more. */
  private readDocument(start: number): void {
    const items = this.bytes[start] === OPEN_BRACE ? this.findItems(start) : null
    if (items === MORE) return
    if (items === null) {
      const end = this.skipContainer(start)
      if (end === MORE) return
      const line = this.line + this.linesIn(this.at, start)
      this.moveTo(end)
      this.handler.document(this.text(start, end), line)
      return
    }
    const line = this.line + this.linesIn(this.at, start)
    this.list = { shell: this.text(start, items.open + 1), line, kind: items.kind, index: 0 }
    this.moveTo(items.open + 1)
  }

  /** Bracket that opens the `items` of the object at `start`; `null` where it has none, or is not shaped as an object is. */
  private findItems(start: number): { open: number; kind: string | null } | null | typeof MORE {
    let kind: string | null = null
    let at = start + 1
    while (true) {
      at = this.skipSpace(at)
      if (this.bytes[at] === COMMA) at = this.skipSpace(at + 1)
      if (at >= this.bytes.length) return MORE
      if (this.bytes[at] !== QUOTE) return null
      const keyEnd = this.skipString(at)
      if (keyEnd === MORE) return MORE
      const colon = this.skipSpace(keyEnd)
      const value = this.skipSpace(colon + 1)
      if (value >= this.bytes.length) return MORE
      if (this.bytes[colon] !== COLON) return null
      const key = this.text(at + 1, keyEnd - 1)
      if (key === 'items' && this.bytes[value] === OPEN_BRACKET) return { open: value, kind }
      const end = this.skipValue(value)
      if (end === MORE) return MORE
      if (key === 'kind' && this.bytes[value] === QUOTE) kind = this.text(value + 1, end - 1)
      at = end
    }
  }

  /** Finishes one item, or the list. Leaves `at` where it was when it needs more. */
  private readItem(list: OpenList): void {
    let start = this.skipSpace(this.at)
    if (this.bytes[start] === COMMA) start = this.skipSpace(start + 1)
    if (start >= this.bytes.length) return
    if (this.bytes[start] === CLOSE_BRACKET) {
      const end = this.skipContainer(start + 1, 1)
      if (end === MORE) return
      this.moveTo(end)
      this.list = null
      this.handler.document(list.shell + this.text(start, end), list.line)
      return
    }
    const { pruner } = this
    pruner?.begin(start)
    const end = this.skipValue(start, pruner)
    if (end === MORE) return
    const line = this.line + this.linesIn(this.at, start)
    const text = pruner === null ? this.text(start, end) : pruner.text(this.bytes, end, this.decoder)
    this.moveTo(end)
    this.handler.item(text, line, list.index++, list.kind)
  }

  private skipSpace(from: number): number {
    const { bytes } = this
    let at = from
    while (at < bytes.length && (bytes[at] ?? 0) <= SPACE) at++
    return at
  }

  /** End of the string whose quote is at `from`. */
  private skipString(from: number): number {
    const { bytes } = this
    for (let at = from + 1; at < bytes.length; at++) {
      const octet = bytes[at]
      if (octet === QUOTE) return at + 1
      if (octet === BACKSLASH) at++
    }
    return MORE
  }

  private skipValue(from: number, pruner: ItemPruner | null = null): number {
    const { bytes } = this
    const first = bytes[from]
    if (first === QUOTE) return this.skipString(from)
    if (first === OPEN_BRACE || first === OPEN_BRACKET) return this.skipContainer(from, 0, pruner)
    for (let at = from; at < bytes.length; at++) {
      const octet = bytes[at] ?? 0
      if (octet === COMMA || octet === CLOSE_BRACE || octet === CLOSE_BRACKET || octet <= SPACE) return at
    }
    return MORE
  }

  /** End of the object or array at `from`, or of the one `depth` brackets around it. */
  private skipContainer(from: number, depth = 0, pruner: ItemPruner | null = null): number {
    const { bytes } = this
    let open = depth
    for (let at = from; at < bytes.length; at++) {
      const octet = bytes[at]
      if (octet === QUOTE) {
        const end = this.skipString(at)
        if (end === MORE) return MORE
        const value = pruner?.isUnread(bytes, at + 1, end - 1) ? this.containerAfter(end) : MORE
        at = end - 1
        if (value === MORE) continue
        const valueEnd = this.skipContainer(value)
        if (valueEnd === MORE) return MORE
        pruner?.leaveOut(value, valueEnd)
        at = valueEnd - 1
      } else if (octet === OPEN_BRACE || octet === OPEN_BRACKET) open++
      else if ((octet === CLOSE_BRACE || octet === CLOSE_BRACKET) && --open <= 0) return at + 1
    }
    return MORE
  }

  /** Start of the object or array that is the value of the key ending at `from`; `MORE` where there is none. */
  private containerAfter(from: number): number {
    const colon = this.skipSpace(from)
    if (this.bytes[colon] !== COLON) return MORE
    const value = this.skipSpace(colon + 1)
    const first = this.bytes[value]
    return first === OPEN_BRACE || first === OPEN_BRACKET ? value : MORE
  }

  private moveTo(end: number): void {
    this.line += this.linesIn(this.at, end)
    this.at = end
  }

  private linesIn(from: number, to: number): number {
    let lines = 0
    // Between two items are a comma and little else.
    if (to - from < FEW_OCTETS) {
      for (let at = from; at < to; at++) if (this.bytes[at] === NEWLINE) lines++
      return lines
    }
    // Only so far: where all is on one line, a search through the whole chunk for each piece would be quadratic.
    const bytes = this.bytes.subarray(from, to)
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines++
    return lines
  }

  private text(from: number, to: number): string {
    return this.decoder.decode(this.bytes.subarray(from, to))
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(a.length + b.length)
  bytes.set(a)
  bytes.set(b, a.length)
  return bytes
}
