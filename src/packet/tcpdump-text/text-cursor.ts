/** Where reading stands in the lines of one packet. */
export class TextCursor {
  readonly #lines: readonly string[]
  #index = 0
  /** The line being read. */
  line: string
  /** Next character of it. */
  at = 0

  constructor(lines: readonly string[]) {
    this.#lines = lines
    this.line = lines[0] ?? ''
  }

  get rest(): string {
    return this.line.slice(this.at)
  }

  get isAtEnd(): boolean {
    return this.at >= this.line.length
  }

  /** Whether `text` stands here. */
  has(text: string): boolean {
    return this.line.startsWith(text, this.at)
  }

  /** Moves behind `text` if it stands here. */
  skip(text: string): boolean {
    if (!this.has(text)) return false
    this.at += text.length
    return true
  }

  /** Moves behind what a sticky pattern matches here. */
  take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at
    const match = pattern.exec(this.line)
    if (match !== null) this.at = pattern.lastIndex
    return match
  }

  /** Whether a sticky pattern matches here. */
  sees(pattern: RegExp): boolean {
    pattern.lastIndex = this.at
    return pattern.test(this.line)
  }

  skipSpaces(): void {
    while (this.line[this.at] === ' ' || this.line[this.at] === '\t') this.at++
  }

  /** At the end of a line, goes to the first word of the next one. @returns False where there is none. */
  nextLine(): boolean {
    if (this.line.slice(this.at).trim() !== '') return false
    const next = this.#lines[this.#index + 1]
    if (next === undefined) return false
    this.#index++
    this.line = next
    this.at = 0
    this.skipSpaces()
    return true
  }

  /** The bracketed text that begins here, brackets inside included; `undefined` where none begins or it does not end. */
  takeBracketed(): string | undefined {
    if (this.line[this.at] !== '(') return undefined
    let depth = 0
    for (let i = this.at; i < this.line.length; i++) {
      if (this.line[i] === '(') depth++
      if (this.line[i] === ')' && --depth === 0) {
        const inside = this.line.slice(this.at + 1, i)
        this.at = i + 1
        return inside
      }
    }
    return undefined
  }
}
