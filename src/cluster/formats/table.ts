import { type NumberedLine, numberedLines, type Section } from '../section.ts'

/** One row of a table: its cells by header, blanks cut off, empty where the row ends before. */
export interface TableRow {
  readonly line: number
  /** @param nth - Which of several columns of the same name, 0 for the first. */
  cell(header: string, nth?: number): string
}

/**
 * Rows of a table as kubectl and cilium-dbg print them, cut at the places where the header's words begin: cells may hold
 * blanks or be empty, so that words cannot be counted.
 *
 * @param isHeader - Tells the header line, which need not be the first.
 */
export function readTable(section: Section, isHeader: (text: string) => boolean): TableRow[] {
  const lines = numberedLines(section)
  const at = lines.findIndex(({ text }) => isHeader(text))
  const header = lines[at]
  if (header === undefined) return []
  const columns = columnsOf(header)
  return lines
    .slice(at + 1)
    .filter(({ text }) => !isHeader(text))
    .map(({ text, line }) => ({
      line,
      cell(name: string, nth = 0): string {
        const column = columns.filter((own) => own.name === name.toUpperCase())[nth]
        return column === undefined ? '' : text.slice(column.start, column.end).trim()
      },
    }))
}

interface Column {
  readonly name: string
  readonly start: number
  readonly end: number
}

/** Header names hold single blanks; two or more separate them. */
function columnsOf({ text }: NumberedLine): Column[] {
  const starts = [...text.matchAll(/(?:^|\s{2,})(?=\S)/g)].map((match) => match.index + match[0].length)
  return starts.map((start, i) => {
    const end = starts[i + 1] ?? Number.POSITIVE_INFINITY
    return { name: text.slice(start, end).trim().toUpperCase(), start: i === 0 ? 0 : start, end }
  })
}
