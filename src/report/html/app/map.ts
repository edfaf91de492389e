import { VERDICTS } from '../page-data.ts'
import { simpleTable } from './detail.ts'
import { byId, svg } from './dom.ts'
import { counted, Field, type Model } from './model.ts'

/** Names on each side; the rest stand together as "others". */
const MOST = 12
const ROW = 34
const WIDTH = 860
const LABEL = 280

interface Edge {
  readonly from: string
  readonly to: string
  /** The capture shows another source address than the sender's own. */
  readonly translated: boolean
  bad: number
  readonly rows: Set<number>
}

/** Who talks to whom: senders left, receivers right, a line for each pair and kind of treatment. */
export function drawMap(model: Model, select: (title: string, rows: ReadonlySet<number>) => void): void {
  const edges = edgesOf(model)
  const section = byId('map-section')
  section.hidden = edges.length === 0
  if (section.hidden) return
  const left = sideOf(edges.map(({ from }) => from))
  const right = sideOf(edges.map(({ to }) => to))
  const height = Math.max(left.length, right.length) * ROW + 24
  const picture = svg('svg', { viewBox: `0 0 ${WIDTH} ${height}`, role: 'group', 'aria-label': 'Who talks to whom' })
  const most = edges.reduce((n, { rows }) => Math.max(n, rows.size), 1)
  for (const edge of [...edges].sort((a, b) => a.bad - b.bad)) picture.append(drawEdge(edge, left, right, most, select))
  picture.append(...left.map((name, i) => label(name, LABEL - 8, i, 'end')))
  picture.append(...right.map((name, i) => label(name, WIDTH - LABEL + 8, i, 'start')))
  byId('map').replaceChildren(picture)
  const rows = edges.map((edge) => [edge.from, edge.to, treatment(edge), String(edge.rows.size), String(edge.bad)])
  byId('map-table').replaceChildren(
    simpleTable(['From', 'To', 'Source address', 'Flows', 'Contradictions'], rows, 'connections'),
  )
}

function edgesOf(model: Model): Edge[] {
  const names = (field: typeof Field.Source | typeof Field.Destination) => {
    const counts = new Map<string, number>()
    for (const row of model.data.rows) {
      const name = endName(model.who(row, field), model.data.ends[row[field]]?.ip ?? '')
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    const kept = [...counts].sort((a, b) => b[1] - a[1]).slice(0, MOST)
    return new Set(kept.map(([name]) => name))
  }
  const [sources, destinations] = [names(Field.Source), names(Field.Destination)]
  const edges = new Map<string, Edge>()
  for (const [index, row] of model.data.rows.entries()) {
    const name = (field: typeof Field.Source | typeof Field.Destination, kept: ReadonlySet<string>) => {
      const own = endName(model.who(row, field), model.data.ends[row[field]]?.ip ?? '')
      return kept.has(own) ? own : 'others'
    }
    const [from, to] = [name(Field.Source, sources), name(Field.Destination, destinations)]
    const translated = /^(?:masqueraded|translated|SNAT|egress)/.test(model.text(row, Field.Observed))
    const key = JSON.stringify([from, to, translated])
    let edge = edges.get(key)
    if (edge === undefined) {
      edge = { from, to, translated, bad: 0, rows: new Set() }
      edges.set(key, edge)
    }
    edge.rows.add(index)
    if (VERDICTS[row[Field.Verdict]] === 'contradiction') edge.bad++
  }
  return [...edges.values()].sort((a, b) => b.rows.size - a.rows.size)
}

// An address nobody names is told apart by itself.
function endName(who: string, ip: string): string {
  return who === 'external' || who === 'unknown' ? `${ip} (${who})` : who
}

function sideOf(names: readonly string[]): string[] {
  const unique = [...new Set(names)]
  return [...unique.filter((name) => name !== 'others'), ...unique.filter((name) => name === 'others')]
}

function treatment({ translated }: Edge): string {
  return translated ? 'translated' : 'not translated'
}

function label(name: string, x: number, place: number, anchor: 'start' | 'end'): SVGElement {
  const short = name.length > 38 ? `${name.slice(0, 36)}…` : name
  return svg('text', { x, y: place * ROW + 26, 'text-anchor': anchor }, svg('title', {}, name), short)
}

function drawEdge(
  edge: Edge,
  left: readonly string[],
  right: readonly string[],
  most: number,
  select: (title: string, rows: ReadonlySet<number>) => void,
): SVGElement {
  // Two treatments of one pair would lie on each other.
  const shift = edge.translated ? -4 : 4
  const [y1, y2] = [left.indexOf(edge.from) * ROW + 22 + shift, right.indexOf(edge.to) * ROW + 22 + shift]
  const [x1, x2, middle] = [LABEL, WIDTH - LABEL, WIDTH / 2]
  const title = `${edge.from} to ${edge.to}, ${treatment(edge)}: ${counted(edge.rows.size, 'flow')}, ${counted(edge.bad, 'contradiction')}`
  const choose = (): void => select(title, edge.rows)
  return svg(
    'path',
    {
      d: `M${x1} ${y1} C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`,
      class: `edge ${edge.translated ? 'translated' : 'direct'}${edge.bad > 0 ? ' bad' : ''}`,
      'stroke-width': (1.5 + (5 * Math.log1p(edge.rows.size)) / Math.log1p(most)).toFixed(1),
      tabindex: 0,
      role: 'button',
      'aria-label': title,
      onclick: choose,
      onkeydown: (event: Event) => {
        if ((event as KeyboardEvent).key === 'Enter') choose()
      },
    },
    svg('title', {}, title),
  )
}
