import { type PageData, type PageRow, VERDICTS } from '../page-data.ts'

/** Places of a row's fields; see `PageRow`. */
export const Field = {
  Id: 0,
  Capture: 1,
  Point: 2,
  Protocol: 3,
  Source: 4,
  SourcePort: 5,
  Destination: 6,
  DestinationPort: 7,
  Start: 8,
  Duration: 9,
  PacketsForward: 10,
  PacketsReverse: 11,
  OctetsForward: 12,
  OctetsReverse: 13,
  State: 14,
  History: 15,
  Verdict: 16,
  Code: 17,
  Expected: 18,
  Installed: 19,
  Observed: 20,
  Because: 21,
  Impact: 22,
  Detail: 23,
} as const

/** What the reader asked to see. */
export interface Selection {
  text: string
  /** Index into VERDICTS, or −1 for all. */
  verdict: number
  protocol: number
  capture: number
  /** Rows of a cause or of an edge of the map; `null` for all. */
  only: { readonly title: string; readonly rows: ReadonlySet<number> } | null
  /** Seconds from the epoch, inclusive; `null` for all. */
  time: readonly [number, number] | null
  sort: ColumnName
  descending: boolean
}

export type ColumnName =
  | 'id'
  | 'verdict'
  | 'time'
  | 'protocol'
  | 'source'
  | 'destination'
  | 'expected'
  | 'seen'
  | 'state'
  | 'packets'
  | 'octets'

/** The page's data with the questions the views ask of it. */
export class Model {
  readonly data: PageData
  readonly selection: Selection
  #search: string[] | null = null

  constructor(data: PageData) {
    this.data = data
    const judged = data.rows.some((row) => row[Field.Verdict] >= 0)
    this.selection = {
      text: '',
      verdict: -1,
      protocol: -1,
      capture: -1,
      only: null,
      time: null,
      sort: judged ? 'verdict' : 'id',
      descending: false,
    }
  }

  row(index: number): PageRow {
    const row = this.data.rows[index]
    if (row === undefined) throw new RangeError(`No row ${index}`)
    return row
  }

  text(row: PageRow, field: number): string {
    return this.data.texts[row[field] ?? 0] ?? ''
  }

  address(row: PageRow, field: typeof Field.Source | typeof Field.Destination): string {
    const ip = this.data.ends[row[field]]?.ip ?? ''
    const port = row[field + 1] ?? -1
    if (port < 0) return ip
    return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`
  }

  who(row: PageRow, field: typeof Field.Source | typeof Field.Destination): string {
    return this.data.ends[row[field]]?.who ?? ''
  }

  expected(row: PageRow): string {
    return this.data.decisions[row[Field.Expected]]?.text ?? ''
  }

  verdict(row: PageRow): string {
    return (VERDICTS[row[Field.Verdict]] ?? '').replace('_', ' ')
  }

  /** Start of a row as people read it. */
  start(row: PageRow): string {
    return this.time(row[Field.Start], this.data.captures[row[Field.Capture]]?.clock)
  }

  /** Whether a row's time can be held against those of the timeline: captures without a date cannot against dated ones. */
  isTimed(row: PageRow): boolean {
    return this.data.captures[row[Field.Capture]]?.clock === this.data.clock
  }

  /** A time as people read it. */
  time(seconds: number, clock = this.data.clock): string {
    if (clock === 'none') return ''
    if (clock === 'utc') {
      const at = this.data.epoch + seconds
      return new Date(Math.floor(at) * 1000).toISOString().slice(0, 19).replace('T', ' ') + fraction(at)
    }
    const day = Math.floor(seconds)
    const parts = [Math.floor(day / 3600), Math.floor(day / 60) % 60, day % 60].map((part) =>
      String(part).padStart(2, '0'),
    )
    return `${parts.join(':')}${fraction(seconds)}`
  }

  /** Indices of the rows that match the selection, in its order. */
  matches(): number[] {
    const { verdict, protocol, capture, only, time } = this.selection
    const words = this.selection.text
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '')
    const search = words.length > 0 ? this.#searchTexts() : []
    const found: number[] = []
    for (const [index, row] of this.data.rows.entries()) {
      if (verdict >= 0 && row[Field.Verdict] !== verdict) continue
      if (protocol >= 0 && row[Field.Protocol] !== protocol) continue
      if (capture >= 0 && row[Field.Capture] !== capture) continue
      if (only !== null && !only.rows.has(index)) continue
      if (time !== null && (!this.isTimed(row) || row[Field.Start] < time[0] || row[Field.Start] > time[1])) continue
      if (!words.every((word) => search[index]?.includes(word))) continue
      found.push(index)
    }
    return this.#sorted(found)
  }

  #searchTexts(): string[] {
    this.#search ??= this.data.rows.map((row) =>
      [
        `#${row[Field.Id]}`,
        this.address(row, Field.Source),
        this.who(row, Field.Source),
        this.address(row, Field.Destination),
        this.who(row, Field.Destination),
        this.text(row, Field.Protocol),
        this.text(row, Field.State),
        this.verdict(row),
        this.text(row, Field.Code),
        this.expected(row),
        this.data.decisions[row[Field.Expected]]?.rule ?? '',
        this.text(row, Field.Observed),
        this.text(row, Field.Because),
        this.data.captures[row[Field.Capture]]?.name ?? '',
      ]
        .join(' ')
        .toLowerCase(),
    )
    return this.#search
  }

  #sorted(rows: number[]): number[] {
    const { sort, descending } = this.selection
    const key = KEYS[sort]
    const keys = new Map(rows.map((index) => [index, key(this.row(index), this)]))
    const sign = descending ? -1 : 1
    return rows.sort((a, b) => {
      const [left = 0, right = 0] = [keys.get(a), keys.get(b)]
      const order =
        typeof left === 'number' && typeof right === 'number'
          ? left - right
          : COLLATOR.compare(String(left), String(right))
      return order === 0 ? a - b : sign * order
    })
  }
}

// Numbers inside texts in their order: 10.0.0.9 before 10.0.0.10.
const COLLATOR = new Intl.Collator('en', { numeric: true })

const KEYS: Readonly<Record<ColumnName, (row: PageRow, model: Model) => number | string>> = {
  id: (row) => row[Field.Id],
  verdict: (row) => row[Field.Verdict],
  time: (row) => row[Field.Start],
  protocol: (row, model) => model.text(row, Field.Protocol),
  source: (row, model) => model.address(row, Field.Source),
  destination: (row, model) => model.address(row, Field.Destination),
  expected: (row, model) => model.expected(row),
  seen: (row, model) => model.text(row, Field.Observed),
  state: (row, model) => model.text(row, Field.State),
  packets: (row) => row[Field.PacketsForward] + row[Field.PacketsReverse],
  octets: (row) => row[Field.OctetsForward] + row[Field.OctetsReverse],
}

function fraction(seconds: number): string {
  return (seconds - Math.floor(seconds)).toFixed(6).slice(1)
}

/** Whole number with its digits in groups of three. */
export function grouped(n: number): string {
  return n.toLocaleString('en')
}

/** `1 flow`, `2 flows`. */
export function counted(n: number, noun: string): string {
  return `${grouped(n)} ${noun}${n === 1 ? '' : 's'}`
}
