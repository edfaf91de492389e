import Table from 'cli-table3'
import { textWidth, wordWidth, wrap } from './wrap.ts'

/** One column: its title and the fewest columns of the terminal it may shrink to. */
export interface Column {
  readonly title: string
  readonly min: number
  /** Its lines are broken only where nothing else is left to give: numbers with their units. */
  readonly whole?: true
  readonly align?: 'left' | 'right'
}

/** A row of cells, each of one or more lines, with optional texts above and under it across the table. */
export interface Row {
  readonly cells: readonly string[]
  readonly heading?: string
  readonly note?: Note
}

/** A text after a label; the label may be coloured and is one line. */
export interface Note {
  readonly label: string
  readonly text: string
}

/** What a table is laid out by. */
interface Layout {
  readonly columns: readonly Column[]
  readonly widths: readonly number[]
  readonly width: number
}

/** A row whose cells have been broken into lines. */
interface Broken {
  readonly cells: readonly (readonly string[])[]
  readonly height: number
  readonly row: Row
}

const GAP = 2

/** Rows that make one piece of text. */
const CHUNK = 100

/** Lines of a cell that the library still lays out in milliseconds: it takes the third power of their number. */
const LOW = 20

/**
 * A table without boxes: title line, rule, rows. Cells may hold colours; widths are those of the terminal, wide characters
 * counting two. Columns get what their content needs and, where that is more than `width`, shrink from the widest down, to their
 * longest word first and then to `min`.
 */
export function grid(
  columns: readonly Column[],
  rows: Iterable<Row>,
  width: number,
  dim: (text: string) => string,
): string {
  return [...gridPieces(columns, rows, width, dim)].join('\n')
}

/**
 * The same in pieces of some lines each, so that a long table need not be held.
 *
 * @param rows - Gone through twice: for the widths, and to lay them out. Without titles there is no title line.
 */
export function* gridPieces(
  columns: readonly Column[],
  rows: Iterable<Row>,
  width: number,
  dim: (text: string) => string,
): Generator<string> {
  const layout = { columns, widths: fitWidths(columns, rows, width), width }
  if (columns.some(({ title }) => title !== '')) {
    yield libraryLines(
      [broken({ cells: columns.map(({ title }) => title.split('\n').map(dim).join('\n')) }, layout)],
      layout,
    ).join('\n')
    yield dim('─'.repeat(width))
  }
  let chunk: Broken[] = []
  let isLong = false
  const layChunk = (): string => {
    const lay = isLong || chunk.some(({ height }) => height > LOW) ? paddedLines : libraryLines
    return withTexts(lay(chunk, layout), chunk, layout).join('\n')
  }
  for (const row of rows) {
    chunk.push(broken(row, layout))
    if (chunk.length < CHUNK) continue
    yield layChunk()
    chunk = []
    isLong = true
  }
  if (chunk.length > 0) yield layChunk()
}

/** Pieces of several texts one after the other. */
export function* pieces(...texts: readonly Iterable<string>[]): Generator<string, undefined> {
  for (const text of texts) yield* text
}

/** Rows made when they are asked for, and made again when they are asked for again. */
export function lazily<T>(items: readonly T[], rowOf: (item: T, place: number) => Row): Iterable<Row> {
  return {
    *[Symbol.iterator]() {
      for (const [place, item] of items.entries()) yield rowOf(item, place)
    },
  }
}

function broken(row: Row, { widths }: Layout): Broken {
  const lines = row.cells.map((cell, i) => wrap(cell, widths[i] ?? 1))
  return { cells: lines, height: lines.reduce((most, each) => Math.max(most, each.length), 1), row }
}

function libraryLines(rows: readonly Broken[], { columns, widths }: Layout): string[] {
  const last = columns.length - 1
  const table = new Table({
    chars: BARE,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colWidths: widths.map((each, i) => each + (i < last ? GAP : 0)),
    wordWrap: false,
  })
  for (const { cells } of rows) {
    table.push(
      cells.map((lines, i) => ({
        content: lines.join('\n'),
        hAlign: columns[i]?.align ?? 'left',
        style: { 'padding-right': i < last ? GAP : 0 },
      })),
    )
  }
  return table.toString().split('\n').map(trimEnd)
}

/**
 * What {@link libraryLines} gives, for the rows after the first {@link CHUNK} and for high ones: the library measures each cell some forty
 * times, which took 0.8 ms a row, and 5 s for one of 70 lines.
 */
function paddedLines(rows: readonly Broken[], { columns, widths }: Layout): string[] {
  return rows.flatMap(({ cells, height }) =>
    Array.from({ length: height }, (_, line) => {
      const padded = cells.map((lines, i) => {
        const text = lines[line] ?? ''
        const blank = ' '.repeat(Math.max(0, (widths[i] ?? 1) - textWidth(text)))
        return columns[i]?.align === 'right' ? blank + text : text + blank
      })
      return trimEnd(padded.join(' '.repeat(GAP)))
    }),
  )
}

function trimEnd(line: string): string {
  return line.trimEnd()
}

// The table library would fit headings and notes into columns; they run across the table instead.
function withTexts(lines: readonly string[], rows: readonly Broken[], { widths, width }: Layout): string[] {
  const indent = (widths[0] ?? 0) + GAP
  let next = 0
  return rows.flatMap(({ row: { heading, note }, height }) => {
    const own = lines.slice(next, next + height)
    next += height
    const above = heading === undefined ? [] : wrap(heading, width)
    const under = note ? noteLines(note, width - indent).map((line) => ' '.repeat(indent) + line) : []
    return [...above, ...own, ...under]
  })
}

const BARE: Record<string, string> = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left', 'left-mid']
    .concat(['mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map((name) => [name, '']),
)

function noteLines({ label, text }: Note, width: number): string[] {
  const [first = '', ...rest] = wrap(text, width, textWidth(label) + 1)
  return [`${label} ${first}`.trimEnd(), ...rest]
}

function fitWidths(columns: readonly Column[], rows: Iterable<Row>, width: number): number[] {
  const widths = columns.map(({ title }) => cellWidth(title))
  const words = columns.map(({ min, title }) => Math.max(min, wordWidth(title)))
  for (const { cells } of rows) {
    for (const [i, cell] of cells.entries()) {
      const own = cellWidth(cell)
      if (own > (widths[i] ?? 0)) widths[i] = own
      if (own > (words[i] ?? 0)) words[i] = columns[i]?.whole ? own : Math.max(words[i] ?? 0, wordWidth(cell))
    }
  }
  const available = width - GAP * (columns.length - 1)
  shrink(widths, words, available)
  shrink(
    widths,
    columns.map(({ min, whole }, i) => (whole ? (words[i] ?? min) : min)),
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
