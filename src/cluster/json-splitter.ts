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

/** Depth of the elements of a top-level `items` array: inside the object, inside the array. */
const ITEM_DEPTH = 2

/**
 * Cuts JSON text into its top-level values, and Kubernetes lists into their items, without parsing either: a list of a
 * million pods is never in memory as a whole. Checks nothing but brackets and quotes; `JSON.parse` of the pieces does the rest.
 */
export class JsonSplitter {
  private readonly handler: JsonHandler
  private chunk = ''
  /** Start of the part of `chunk` that belongs to the value or item being read. */
  private from = 0
  private line = 1
  private depth = 0
  private inString = false
  private escaped = false
  /** Text of the current value from earlier chunks, its items left out. */
  private shell = ''
  private shellLine = 1
  private inItems = false
  private inItem = false
  private item = ''
  private itemLine = 1
  private itemIndex = 0
  /** Last string at depth 1, and the key it may be. */
  private string = ''
  private key = ''
  private afterColon = false
  private listKind: string | null = null

  constructor(handler: JsonHandler) {
    this.handler = handler
  }

  /** Line of the next character. */
  get currentLine(): number {
    return this.line
  }

  /** True when every value begun has ended. */
  get complete(): boolean {
    return this.depth === 0 && !this.inString
  }

  /** Feeds the next piece of text. @returns `false` where a character stands outside any value: no JSON from there on. */
  push(chunk: string): boolean {
    this.chunk = chunk
    this.from = 0
    let stringFrom = 0
    for (let i = 0; i < chunk.length; i++) {
      const code = chunk.charCodeAt(i)
      if (this.inString) {
        if (this.escaped) this.escaped = false
        else if (code === BACKSLASH) this.escaped = true
        else if (code === QUOTE) {
          this.inString = false
          if (this.depth === 1) this.closeString(chunk.slice(stringFrom, i))
        }
        continue
      }
      if (code <= SPACE) {
        if (code === NEWLINE) this.line++
        continue
      }
      if (code === OPEN_BRACE || code === OPEN_BRACKET) this.open(i, code)
      else if (this.depth === 0) return false
      else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) this.close(i)
      else if (code === COLON) this.colon()
      else if (code === COMMA) this.comma(i)
      else {
        if (this.inItems && !this.inItem) this.beginItem(i)
        if (code === QUOTE) {
          this.inString = true
          this.string = ''
          stringFrom = i + 1
        }
      }
    }
    if (this.inString && this.depth === 1) this.string += chunk.slice(stringFrom)
    if (this.inItem) this.item += chunk.slice(this.from)
    else if (this.depth > 0 && !this.inItems) this.shell += chunk.slice(this.from)
    return true
  }

  private open(at: number, code: number): void {
    if (this.depth === 0) {
      this.from = at
      this.shellLine = this.line
    }
    if (this.inItems && !this.inItem) this.beginItem(at)
    this.depth++
    if (this.depth !== ITEM_DEPTH) return
    if (code === OPEN_BRACKET && this.afterColon && this.key === 'items') {
      this.inItems = true
      this.shell += this.chunk.slice(this.from, at + 1)
    }
    this.afterColon = false
  }

  private close(at: number): void {
    if (this.depth === ITEM_DEPTH && this.inItems) {
      if (this.inItem) this.endItem(at)
      this.inItems = false
      this.from = at
    }
    this.depth--
    if (this.inItem && this.depth === ITEM_DEPTH) this.endItem(at + 1)
    else if (this.depth === 0) this.endDocument(at + 1)
  }

  private colon(): void {
    if (this.depth !== 1) return
    this.key = this.string
    this.afterColon = true
  }

  private comma(at: number): void {
    if (this.depth === 1) this.afterColon = false
    else if (this.inItem && this.depth === ITEM_DEPTH) this.endItem(at)
  }

  private closeString(rest: string): void {
    this.string += rest
    if (this.afterColon && this.key === 'kind') this.listKind = this.string
    this.afterColon = false
  }

  private beginItem(at: number): void {
    this.inItem = true
    this.itemLine = this.line
    this.from = at
  }

  private endItem(end: number): void {
    this.inItem = false
    const text = this.item + this.chunk.slice(this.from, end)
    this.item = ''
    this.handler.item(text, this.itemLine, this.itemIndex++, this.listKind)
  }

  private endDocument(end: number): void {
    const text = this.shell + this.chunk.slice(this.from, end)
    this.shell = ''
    this.key = ''
    this.listKind = null
    this.itemIndex = 0
    this.handler.document(text, this.shellLine)
  }
}
