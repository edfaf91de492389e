import stringWidth from 'string-width'
import wrapAnsi from 'wrap-ansi'

/** Text whose width is its length. Asking the width library takes most of the time of a long table; nearly all text has no need of it. */
const PLAIN = /^[\x20-\x7e]*$/

/** What `style.ts` puts around words; nothing else gets past `escapeTerminal`. */
const COLOUR = /\x1b\[[\d;]*m/g

/** Columns of the terminal that one line of text takes; wide characters count two, colours none. */
export function textWidth(text: string): number {
  const bare = withoutColour(text)
  return PLAIN.test(bare) ? bare.length : stringWidth(bare)
}

/** Columns that the longest word of a text takes. */
export function wordWidth(text: string): number {
  return withoutColour(text)
    .split(/\s+/)
    .reduce((most, word) => Math.max(most, PLAIN.test(word) ? word.length : stringWidth(word)), 0)
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
  if (PLAIN.test(line)) return wrapPlain(line, width, taken)
  if (textWidth(line) <= width - taken) return [line]
  const bare = withoutColour(line)
  if (PLAIN.test(bare)) return recoloured(line, wrapPlain(bare, width, taken))
  const [first = '', ...rest] = wrapAnsi('_'.repeat(taken) + line, width, { hard: true, trim: true }).split('\n')
  return [first.slice(taken), ...rest]
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

function wrapPlain(text: string, width: number, taken: number): string[] {
  const lines: string[] = []
  let line = ''
  let room = width - taken
  for (let word of text.split(' ')) {
    if (line !== '' && word.length < room) {
      line += ` ${word}`
      room -= word.length + 1
      continue
    }
    if (line !== '' || word.length > room) {
      if (line !== '' || taken > 0) lines.push(line)
      room = width
    }
    while (word.length > width) {
      const at = cutAt(word, width)
      lines.push(word.slice(0, at))
      word = word.slice(at)
    }
    line = word
    room -= word.length
  }
  return [...lines, line]
}

const SEPARATOR = /[/:,_-](?=[^/:,_-]*$)/

// Behind the last separator of what fits, unless that would leave most of the line empty.
function cutAt(word: string, width: number): number {
  const at = word.slice(0, width).search(SEPARATOR) + 1
  return at > width / 2 ? at : width
}
