import Table from 'cli-table3'
import stringWidth from 'string-width'
import wrapAnsi from 'wrap-ansi'

/** One column: its title and the fewest columns of the terminal it may shrink to. */
export interface Column {
  readonly title: string
  readonly min: number
  readonly align?: 'left' | 'right'
}

/** A row of cells, each of one or more lines, with an optional text under it across the table. */
export interface Row {
  readonly cells: readonly string[]
  readonly note?: Note
}

/** A text after a label; the label may be coloured and is one line. */
export interface Note {
  readonly label: string
  readonly text: string
}

const GAP = 2

/** Text whose width is its length. */
const PLAIN = /^[\x20-\x7e]*$/

/** Rows handed to the table library at once; it keeps a cell for every line and slows down on long tables. */
const CHUNK = 200

/**
 * A table without boxes: title line, rule, rows. Cells may hold ANSI colours; widths are those of the terminal, wide characters
 * counting two. Columns get what their content needs and, where that is more than `width`, shrink from the widest down to `min`.
 */
export function grid(
  columns: readonly Column[],
  rows: readonly Row[],
  width: number,
  dim: (text: string) => string,
): string {
  const widths = fitWidths(columns, rows, width)
  const head: Row = { cells: columns.map((column) => dim(column.title)) }
  const parts = [chunk(columns, [head], widths, width), dim('─'.repeat(width))]
  for (let i = 0; i < rows.length; i += CHUNK) parts.push(chunk(columns, rows.slice(i, i + CHUNK), widths, width))
  return parts.join('\n')
}

function chunk(columns: readonly Column[], rows: readonly Row[], widths: readonly number[], width: number): string {
  const last = columns.length - 1
  const table = new Table({
    chars: BARE,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colWidths: widths.map((each, i) => each + (i < last ? GAP : 0)),
    wordWrap: false,
  })
  const heights: number[] = []
  for (const row of rows) {
    const cells = row.cells.map((cell, i) => wrap(cell, widths[i] ?? 1))
    heights.push(cells.reduce((most, lines) => Math.max(most, lines.length), 1))
    table.push(
      cells.map((lines, i) => ({
        content: lines.join('\n'),
        hAlign: columns[i]?.align ?? 'left',
        style: { 'padding-right': i < last ? GAP : 0 },
      })),
    )
  }
  return addNotes(table.toString().split('\n'), rows, heights, (widths[0] ?? 0) + GAP, width).join('\n')
}

// The table library would fit notes into columns; they run across the table instead.
function addNotes(lines: string[], rows: readonly Row[], heights: number[], indent: number, width: number): string[] {
  let next = 0
  return rows.flatMap(({ note }, i) => {
    const own = lines.slice(next, next + (heights[i] ?? 1)).map((line) => line.trimEnd())
    next += heights[i] ?? 1
    const notes = note ? noteLines(note, width - indent).map((line) => ' '.repeat(indent) + line) : []
    return [...own, ...notes]
  })
}

const BARE: Record<string, string> = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left', 'left-mid']
    .concat(['mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map((name) => [name, '']),
)

function noteLines({ label, text }: Note, width: number): string[] {
  const taken = textWidth(label) + 1
  const lines = PLAIN.test(text) ? wrapPlain(text, width, taken) : wrap(`${'_'.repeat(taken - 1)} ${text}`, width)
  const [first = '', ...rest] = lines
  return [`${label} ${PLAIN.test(text) ? first : first.slice(taken)}`.trimEnd(), ...rest]
}

/** Lines of a text, each at most `width` columns; words longer than that are cut. */
export function wrap(text: string, width: number): string[] {
  if (PLAIN.test(text)) return wrapPlain(text, Math.max(1, width), 0)
  return wrapAnsi(text, Math.max(1, width), { hard: true, trim: true }).split('\n')
}

// Asking the width library about each word takes most of the time of a long table; nearly all text has no need of it.
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
    for (; word.length > width; word = word.slice(width)) lines.push(word.slice(0, width))
    line = word
    room -= word.length
  }
  return [...lines, line]
}

function textWidth(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text)
}

function fitWidths(columns: readonly Column[], rows: readonly Row[], width: number): number[] {
  const widths = columns.map((column) => stringWidth(column.title))
  for (const row of rows) {
    for (const [i, cell] of row.cells.entries()) widths[i] = Math.max(widths[i] ?? 0, cellWidth(cell))
  }
  const available = width - GAP * (columns.length - 1)
  shrink(
    widths,
    columns.map((column) => column.min),
    available,
  )
  // A terminal too narrow even for that cuts words.
  shrink(
    widths,
    columns.map(() => 3),
    available,
  )
  return widths
}

// Takes from the widest column that may still give, until the columns fit.
function shrink(widths: number[], least: readonly number[], available: number): void {
  for (let excess = sum(widths) - available; excess > 0; excess--) {
    const widest = widths.reduce((best, each, i) => {
      return each > (least[i] ?? 1) && (best < 0 || each > (widths[best] ?? 0)) ? i : best
    }, -1)
    if (widest < 0) return
    widths[widest] = (widths[widest] ?? 1) - 1
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0)
}

function cellWidth(cell: string): number {
  return cell.split('\n').reduce((widest, line) => Math.max(widest, textWidth(line)), 0)
}
