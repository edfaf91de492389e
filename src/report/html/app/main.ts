import type { PageData } from '../page-data.ts'
import { VERDICTS } from '../page-data.ts'
import { DetailView, findingBlock, simpleTable } from './detail.ts'
import { byId, el } from './dom.ts'
import { FlowTable } from './flow-table.ts'
import { drawMap } from './map.ts'
import { counted, Field, grouped, Model } from './model.ts'
import { Timeline } from './timeline.ts'

const model = new Model(JSON.parse(byId('data').textContent ?? '') as PageData)
const { data, selection } = model

const detail = new DetailView(model, () => table.focusCurrent())
const table = new FlowTable(model, (row) => detail.open(row), refresh)

function refresh(): void {
  table.show(model.matches())
  const only = byId('only')
  only.hidden = selection.only === null
  byId('only-title').textContent = selection.only?.title ?? ''
}

function showOnly(title: string, rows: ReadonlySet<number>): void {
  selection.only = { title, rows }
  refresh()
  byId('flows-section').scrollIntoView({ behavior: 'smooth' })
}

function fillSelect(
  id: string,
  options: readonly (readonly [string, number])[],
  choose: (value: number) => void,
): void {
  const select = byId<HTMLSelectElement>(id)
  for (const [name, value] of options) select.append(el('option', { value }, name))
  select.addEventListener('change', () => {
    choose(Number(select.value))
    refresh()
  })
  select.closest('label')?.toggleAttribute('hidden', options.length < 2)
}

function present(field: number): number[] {
  return [...new Set(data.rows.map((row) => row[field] ?? -1))].filter((value) => value >= 0)
}

function setUpFilters(): void {
  const text = byId<HTMLInputElement>('filter')
  let waiting = 0
  text.addEventListener('input', () => {
    clearTimeout(waiting)
    waiting = window.setTimeout(() => {
      selection.text = text.value
      refresh()
    }, 80)
  })
  const verdicts = present(Field.Verdict).sort((a, b) => a - b)
  fillSelect(
    'verdict',
    verdicts.map((v) => [(VERDICTS[v] ?? '').replace('_', ' '), v] as const),
    (v) => {
      selection.verdict = v
    },
  )
  fillSelect(
    'protocol',
    present(Field.Protocol).map((p) => [data.texts[p] ?? '', p] as const),
    (p) => {
      selection.protocol = p
    },
  )
  fillSelect(
    'capture',
    present(Field.Capture).map((c) => [data.captures[c]?.name ?? '', c] as const),
    (c) => {
      selection.capture = c
    },
  )
  byId('only-clear').addEventListener('click', () => {
    selection.only = null
    refresh()
  })
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target instanceof HTMLInputElement) return
    event.preventDefault()
    text.focus()
  })
}

function showSummary(): void {
  const judged = !data.unjudged && data.rows.some((row) => row[Field.Verdict] >= 0)
  const cards = byId('cards')
  for (const [place, name] of judged ? VERDICTS.entries() : []) {
    const pick = (): void => {
      const select = byId<HTMLSelectElement>('verdict')
      if (![...select.options].some((option) => Number(option.value) === place)) return
      select.value = String(place)
      select.dispatchEvent(new Event('change'))
      byId('flows-section').scrollIntoView({ behavior: 'smooth' })
    }
    const number = data.verdicts[name]
    cards.append(
      el(
        'button',
        { type: 'button', class: `card ${name}${number > 0 ? '' : ' none'}`, onclick: pick },
        el('span', { class: 'number' }, grouped(number)),
        el('span', {}, name === 'contradiction' && number !== 1 ? 'contradictions' : name.replace('_', ' ')),
      ),
    )
  }
  const read = `${counted(data.rows.length, 'flow')} from ${counted(data.totals.packets, 'packet')} in ${counted(data.captures.length, 'capture')}`
  byId('read').textContent =
    `${read}${data.interrupted ? '; the run was interrupted and holds what was read until then' : ''}`
  byId('unjudged').hidden = !data.unjudged
  byId('captures').append(...data.captures.map(({ name, text }) => el('li', {}, el('strong', {}, name), ` ${text}`)))
  byId('tool').textContent = data.tool
}

function showSections(): void {
  for (const cause of data.causes) {
    const show = (): void => showOnly(cause.title, new Set(cause.rows))
    const block = el('article', { class: 'cause' }, el('h3', {}, `✗ ${cause.title}`))
    if (cause.finding !== null) block.append(findingBlock(cause.finding))
    block.append(el('button', { type: 'button', onclick: show }, `Show ${counted(cause.rows.length, 'flow')}`))
    byId('causes').append(block)
  }
  byId('causes-section').hidden = data.causes.length === 0
  byId('findings').append(...data.findings.map(findingBlock))
  byId('findings-section').hidden = data.findings.length === 0
  const expectations = data.expectations.map(({ name, status, message, flows }) => [
    status === 'passed' ? '✓ passed' : `✗ ${status}`,
    name,
    String(flows.length),
    message,
  ])
  byId('expectations').append(simpleTable(['Outcome', 'Expectation', 'Flows', ''], expectations, 'expectations'))
  byId('expectations-section').hidden = expectations.length === 0
  if (data.whatIf !== null) {
    const { title, changes } = data.whatIf
    const rows = changes.map(({ id, flow, before, after }) => [`#${id}`, flow, before, after])
    byId('what-if').append(el('p', {}, title))
    if (rows.length > 0) byId('what-if').append(simpleTable(['', 'Flow', 'Now', 'Then'], rows, 'what if'))
  }
  byId('what-if-section').hidden = data.whatIf === null
  byId('warnings').append(...data.warnings.map((warning) => el('li', {}, warning)))
  byId('warnings-section').hidden = data.warnings.length === 0
}

const THEMES = ['auto', 'light', 'dark'] as const

function setUpTheme(): void {
  const button = byId('theme')
  let theme = 0
  button.addEventListener('click', () => {
    theme = (theme + 1) % THEMES.length
    document.documentElement.dataset.theme = THEMES[theme]
    button.textContent = `Theme: ${THEMES[theme]}`
    document.dispatchEvent(new Event('themechange'))
  })
  byId('print').addEventListener('click', () => window.print())
}

function openFromAddress(): void {
  const id = Number(/^#flow-(\d+)$/.exec(location.hash)?.[1])
  const index = data.rows.findIndex((row) => row[Field.Id] === id)
  if (index >= 0) detail.open(index)
}

setUpTheme()
setUpFilters()
showSummary()
showSections()
refresh()
drawMap(model, showOnly)
new Timeline(model, (time) => {
  selection.time = time
  refresh()
})
openFromAddress()
window.addEventListener('hashchange', openFromAddress)
