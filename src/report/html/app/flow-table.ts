import { VERDICTS } from '../page-data.ts'
import { byId, el } from './dom.ts'
import { type ColumnName, counted, Field, grouped, type Model } from './model.ts'

interface Column {
  readonly name: ColumnName
  readonly title: string
  readonly cell: (index: number, model: Model) => (Node | string)[]
}

/** Height of a row in CSS pixels; fixed, so that the scroll position tells which rows to make. */
const ROW_HEIGHT = 48
const OVERSCAN = 8
/** Rows put on paper; a printed list of fifty thousand helps nobody. */
const PRINTED = 500

const SIGNS = ['✗', '?', '✓', '·']

function pair(main: string, sub: string): Node[] {
  return [el('span', { class: 'main', title: main }, main), el('span', { class: 'sub', title: sub }, sub)]
}

const COLUMNS: readonly Column[] = [
  { name: 'id', title: '#', cell: (i, model) => [grouped(model.row(i)[Field.Id])] },
  {
    name: 'verdict',
    title: 'Verdict',
    cell: (i, model) => {
      const row = model.row(i)
      const verdict = row[Field.Verdict]
      if (verdict < 0) return []
      const badge = el('span', { class: `badge ${VERDICTS[verdict]}` }, `${SIGNS[verdict]} ${model.verdict(row)}`)
      return [badge, el('span', { class: 'sub' }, model.text(row, Field.Code))]
    },
  },
  {
    name: 'time',
    title: 'Start',
    cell: (i, model) => {
      const [day = '', time = day] = model.start(model.row(i)).split(' ')
      // Milliseconds tell flows apart; the drill-down has the rest.
      return pair(time.replace(/(\.\d{3})\d+$/, '$1'), time === day ? '' : day)
    },
  },
  { name: 'protocol', title: 'Proto', cell: (i, model) => [model.text(model.row(i), Field.Protocol)] },
  {
    name: 'source',
    title: 'Source',
    cell: (i, model) => pair(model.address(model.row(i), Field.Source), model.who(model.row(i), Field.Source)),
  },
  {
    name: 'destination',
    title: 'Destination',
    cell: (i, model) =>
      pair(model.address(model.row(i), Field.Destination), model.who(model.row(i), Field.Destination)),
  },
  {
    name: 'expected',
    title: 'Expected',
    cell: (i, model) => {
      const decision = model.data.decisions[model.row(i)[Field.Expected]]
      return decision === undefined ? [] : pair(decision.text, `rule ${decision.rule}`)
    },
  },
  {
    name: 'seen',
    title: 'Seen',
    cell: (i, model) => pair(model.text(model.row(i), Field.Observed), model.text(model.row(i), Field.Impact)),
  },
  {
    name: 'state',
    title: 'State',
    cell: (i, model) => pair(model.text(model.row(i), Field.State), model.text(model.row(i), Field.History)),
  },
  {
    name: 'packets',
    title: 'Packets',
    cell: (i, model) => [
      `${grouped(model.row(i)[Field.PacketsForward])} / ${grouped(model.row(i)[Field.PacketsReverse])}`,
    ],
  },
  {
    name: 'octets',
    title: 'Bytes',
    cell: (i, model) => [
      `${grouped(model.row(i)[Field.OctetsForward])} / ${grouped(model.row(i)[Field.OctetsReverse])}`,
    ],
  },
]

const VERDICT_COLUMNS: ReadonlySet<ColumnName> = new Set(['verdict', 'expected', 'seen'])

/** The table of flows: makes only the rows in sight, sorts by its column heads, and is walked with the arrow keys. */
export class FlowTable {
  readonly #model: Model
  readonly #open: (row: number) => void
  readonly #columns: readonly Column[]
  readonly #viewport = byId('rows-viewport')
  readonly #body = el('div', { role: 'rowgroup', class: 'rows' })
  readonly #head = el('div', { role: 'row', class: 'row head', 'aria-rowindex': 1 })
  #rows: readonly number[] = []
  #current = 0
  #drawn: readonly [number, number] = [-1, -1]

  constructor(model: Model, open: (row: number) => void, resort: () => void) {
    this.#model = model
    this.#open = open
    const judged = model.data.rows.some((row) => row[Field.Verdict] >= 0)
    this.#columns = COLUMNS.filter(({ name }) => judged || !VERDICT_COLUMNS.has(name))
    this.#viewport.classList.toggle('judged', judged)
    this.#viewport.setAttribute('role', 'table')
    this.#viewport.setAttribute('aria-label', 'Flows; arrow keys move, Enter opens')
    this.#viewport.setAttribute('aria-colcount', String(this.#columns.length))
    this.#head.append(...this.#columns.map((column) => this.#headCell(column, resort)))
    this.#viewport.append(el('div', { role: 'rowgroup', class: 'head-group' }, this.#head), this.#body)
    this.#viewport.addEventListener('scroll', () => this.#draw(), { passive: true })
    this.#viewport.addEventListener('keydown', (event) => this.#onKey(event))
    window.addEventListener('resize', () => this.#draw())
    window.addEventListener('beforeprint', () => this.#drawRange(0, Math.min(PRINTED, this.#rows.length)))
    window.addEventListener('afterprint', () => this.#redraw())
  }

  show(rows: readonly number[]): void {
    this.#rows = rows
    this.#current = 0
    this.#viewport.setAttribute('aria-rowcount', String(rows.length + 1))
    this.#body.style.setProperty('--height', `${rows.length * ROW_HEIGHT}px`)
    this.#viewport.scrollTop = 0
    byId('count').textContent =
      `${counted(rows.length, 'flow')}${rows.length === this.#model.data.rows.length ? '' : ` of ${grouped(this.#model.data.rows.length)}`}`
    byId('no-rows').hidden = rows.length > 0
    byId('print-note').hidden = rows.length <= PRINTED
    this.#markSort()
    this.#redraw()
  }

  focusCurrent(): void {
    this.#rowElement(this.#current)?.focus()
  }

  #headCell(column: Column, resort: () => void): HTMLElement {
    const { selection } = this.#model
    const sort = (): void => {
      selection.descending = selection.sort === column.name ? !selection.descending : false
      selection.sort = column.name
      resort()
    }
    const button = el(
      'button',
      { type: 'button', onclick: sort },
      column.title,
      el('span', { class: 'arrow', 'aria-hidden': 'true' }),
    )
    return el('div', { role: 'columnheader', class: `cell ${column.name}`, 'data-column': column.name }, button)
  }

  #markSort(): void {
    const { sort, descending } = this.#model.selection
    for (const cell of this.#head.children) {
      const sorted = cell.getAttribute('data-column') === sort
      cell.setAttribute('aria-sort', sorted ? (descending ? 'descending' : 'ascending') : 'none')
      const arrow = cell.querySelector('.arrow')
      if (arrow !== null) arrow.textContent = sorted ? (descending ? ' ▼' : ' ▲') : ''
    }
  }

  #redraw(): void {
    this.#drawn = [-1, -1]
    this.#draw()
  }

  #draw(): void {
    const first = Math.max(0, Math.floor(this.#viewport.scrollTop / ROW_HEIGHT) - OVERSCAN)
    const visible = Math.ceil(this.#viewport.clientHeight / ROW_HEIGHT) + 2 * OVERSCAN
    this.#drawRange(first, Math.min(this.#rows.length, first + visible))
  }

  #drawRange(from: number, to: number): void {
    if (this.#drawn[0] === from && this.#drawn[1] === to) return
    this.#drawn = [from, to]
    const focused = this.#body.contains(document.activeElement)
    const rows: HTMLElement[] = []
    for (let position = from; position < to; position++) rows.push(this.#makeRow(position))
    this.#body.replaceChildren(...rows)
    if (focused) this.#rowElement(this.#current)?.focus({ preventScroll: true })
  }

  #makeRow(position: number): HTMLElement {
    const index = this.#rows[position] ?? 0
    const row = el('div', {
      role: 'row',
      class: `row ${position % 2 === 0 ? 'even' : 'odd'}`,
      tabindex: position === this.#current ? 0 : -1,
      'aria-rowindex': position + 2,
      'data-position': position,
      onclick: () => this.#open(index),
    })
    row.style.setProperty('--top', `${position * ROW_HEIGHT}px`)
    for (const column of this.#columns) {
      row.append(el('div', { role: 'cell', class: `cell ${column.name}` }, ...column.cell(index, this.#model)))
    }
    return row
  }

  #rowElement(position: number): HTMLElement | null {
    return this.#body.querySelector<HTMLElement>(`[data-position="${position}"]`)
  }

  #onKey(event: KeyboardEvent): void {
    if (!(event.target instanceof HTMLElement) || event.target.dataset.position === undefined) return
    const page = Math.max(1, Math.floor(this.#viewport.clientHeight / ROW_HEIGHT) - 1)
    const last = this.#rows.length - 1
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: this.#current + 1,
      ArrowUp: this.#current - 1,
      PageDown: this.#current + page,
      PageUp: this.#current - page,
      Home: 0,
      End: last,
    }
    const target = moves[event.key]
    if (target !== undefined) this.#moveTo(Math.min(last, Math.max(0, target)))
    else if (event.key === 'Enter' || event.key === ' ') this.#open(this.#rows[this.#current] ?? 0)
    else return
    event.preventDefault()
  }

  #moveTo(position: number): void {
    this.#rowElement(this.#current)?.setAttribute('tabindex', '-1')
    this.#current = position
    const top = position * ROW_HEIGHT
    const height = this.#viewport.clientHeight - ROW_HEIGHT
    if (top < this.#viewport.scrollTop) this.#viewport.scrollTop = top
    else if (top + ROW_HEIGHT > this.#viewport.scrollTop + height) this.#viewport.scrollTop = top + ROW_HEIGHT - height
    this.#draw()
    const row = this.#rowElement(position)
    row?.setAttribute('tabindex', '0')
    row?.focus({ preventScroll: true })
  }
}
