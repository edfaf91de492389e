import stringWidth from 'string-width'

/** Text whose width is its length. Asking the width library takes most of the time of a long table; nearly all text has no need of it. */
const PLAIN = /^[\x20-\x7e]*$/

/** What `style.ts` puts around words; nothing else gets past `escapeTerminal`. */
const COLOUR = /\x1b\[[\d;]*m/g

/** Columns of the terminal that one line of text takes; wide characters count two, colours none. */
export function textWidth(text: string): number {
  return sizeOf(withoutColour(text))
}

/** Columns that the longest word of a text takes. */
export function wordWidth(text: string): number {
  return withoutColour(text)
    .split(/\s+/)
    .reduce((most, word) => Math.max(most, sizeOf(word)), 0)
}

function withoutColour(text: string): string {
  return text.includes('\x1b') ? text.replace(COLOUR, '') : text
}

/**
 * Lines of a text, each at most `width` columns; words longer than that are cut, an address or a path behind one of its separators.
 *
 * @param taken - Columns that the first line has already lost to a label.
 */
export function wrap(text: string, width: number, taken = 0): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, Math.max(1, width), taken))
}

function wrapLine(line: string, width: number, taken: number): string[] {
  const bare = withoutColour(line)
  const lines = wrapWords(bare, width, taken)
  if (bare === line) return lines
  return lines.length === 1 ? [line] : recoloured(line, lines)
}

const ONE_COLOUR = new RegExp(COLOUR.source, 'y')
const ENDS_COLOUR = /\x1b\[(?:0|22|39)?m/
const NO_COLOUR = '\x1b[22m\x1b[39m'

/** Lines of a text without its colours with the colours back in their places, each line on its own. */
function recoloured(line: string, lines: readonly string[]): string[] {
  let at = 0
  let on = ''
  const takeColours = (): string => {
    let taken = ''
    ONE_COLOUR.lastIndex = at
    for (let [code] = ONE_COLOUR.exec(line) ?? []; code !== undefined; [code] = ONE_COLOUR.exec(line) ?? []) {
      taken += code
      on = ENDS_COLOUR.test(code) ? '' : on + code
      at += code.length
    }
    return taken
  }
  return lines.map((text) => {
    let painted = on
    for (const character of text) {
      painted += takeColours()
      // Blanks at which the line was broken are gone.
      for (; line[at] === ' ' && character !== ' '; at++) painted += takeColours()
      painted += takeColours() + character
      at++
    }
    painted += takeColours()
    return on === '' ? painted : painted + NO_COLOUR
  })
}

function wrapWords(text: string, width: number, taken: number): string[] {
  const lines: string[] = []
  let line = ''
  let room = width - taken
  for (let word of text.split(' ')) {
    let size = sizeOf(word)
    if (line !== '' && size < room) {
      line += ` ${word}`
      room -= size + 1
      continue
    }
    if (line !== '' || size > room) {
      if (line !== '' || taken > 0) lines.push(line)
      room = width
    }
    while (size > width) {
      const part = word.slice(0, cutAt(word, width))
      lines.push(part)
      word = word.slice(part.length)
      size -= sizeOf(part)
    }
    line = word
    room -= size
  }
  return [...lines, line]
}

/** Pieces of a text that the width library measures quickly: it takes the second power of the length. */
const PIECE = /.{1,500}/gsu

/** Columns of a text without colours. */
function sizeOf(text: string): number {
  if (PLAIN.test(text)) return text.length
  return (text.match(PIECE) ?? []).reduce((size, piece) => size + stringWidth(piece), 0)
}

const SEPARATOR = /[/:,_-](?=[^/:,_-]*$)/

// Behind the last separator of what fits, unless that would leave most of the line empty.
function cutAt(word: string, width: number): number {
  const fits = fittingLength(word, width)
  const at = word.slice(0, fits).search(SEPARATOR) + 1
  return at > fits / 2 ? at : fits
}

/** Letters of the Unicode standard, made of several characters, are longer than this only to annoy. */
const LONGEST_LETTER = 16

let segmenter: Intl.Segmenter | undefined

/** Characters of a word that fit into `width` columns, at least one letter. */
function fittingLength(word: string, width: number): number {
  const start = word.slice(0, width * LONGEST_LETTER)
  if (PLAIN.test(start)) return width
  segmenter ??= new Intl.Segmenter()
  let length = 0
  let room = width
  for (const { segment } of segmenter.segment(start)) {
    room -= sizeOf(segment)
    if (room < 0 && length > 0) break
    length += segment.length
  }
  return length
}
