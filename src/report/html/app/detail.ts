import type { PageDecision, PageDetail, PageFinding } from '../page-data.ts'
import { byId, el } from './dom.ts'
import { Field, grouped, type Model } from './model.ts'

/** The drill-down: one flow with its packets side by side, evidence, and the rules that were asked. */
export class DetailView {
  readonly #model: Model
  readonly #dialog = byId<HTMLDialogElement>('detail')
  readonly #body = byId('detail-body')

  constructor(model: Model, onClose: () => void) {
    this.#model = model
    byId('detail-close').addEventListener('click', () => this.#dialog.close())
    this.#dialog.addEventListener('close', () => {
      history.replaceState(null, '', '#')
      onClose()
    })
    // A click on the backdrop has the dialog itself as its target.
    this.#dialog.addEventListener('click', (event) => {
      if (event.target === this.#dialog) this.#dialog.close()
    })
  }

  open(index: number): void {
    const model = this.#model
    const row = model.row(index)
    const code = model.text(row, Field.Code)
    byId('detail-title').textContent =
      `Flow ${grouped(row[Field.Id])}${row[Field.Verdict] < 0 ? '' : `: ${code || model.verdict(row)}`}`
    this.#body.replaceChildren(this.#facts(index))
    const detail = model.data.details[row[Field.Detail]]
    if (detail !== undefined) this.#body.append(...packetSection(detail), ...evidenceSection(detail))
    else if (row[Field.Verdict] >= 0) {
      this.#body.append(
        el(
          'p',
          { class: 'hint' },
          `Packets of this flow are not in this page; masqcheck show ${row[Field.Id]} prints them.`,
        ),
      )
    }
    for (const [title, place] of [
      ['What the settings do', row[Field.Expected]],
      ['What the installed rules do', row[Field.Installed]],
    ] as const) {
      const decision = model.data.decisions[place]
      if (decision !== undefined) this.#body.append(...decisionSection(title, decision))
    }
    if (!this.#dialog.open) this.#dialog.showModal()
    this.#dialog.scrollTop = 0
    history.replaceState(null, '', `#flow-${row[Field.Id]}`)
  }

  #facts(index: number): HTMLElement {
    const model = this.#model
    const row = model.row(index)
    const capture = model.data.captures[row[Field.Capture]]?.name ?? ''
    const end = (field: typeof Field.Source | typeof Field.Destination) => {
      const basis = model.data.ends[row[field]]?.basis ?? ''
      return `${model.address(row, field)}, ${model.who(row, field)} (${basis})`
    }
    const facts: [string, string][] = [
      ['Why', model.text(row, Field.Because)],
      ['Impact', model.text(row, Field.Impact)],
      ['Source', end(Field.Source)],
      ['Destination', end(Field.Destination)],
      ['Expected', model.expected(row)],
      ['Seen', model.text(row, Field.Observed)],
      ['Capture', `${capture}, ${model.data.points[row[Field.Point]] ?? ''}`],
      ['Start', model.start(row)],
      [
        'Flow',
        `${model.text(row, Field.Protocol)} ${model.text(row, Field.State)} ${model.text(row, Field.History)}, ${row[Field.Duration]} s, packets ${grouped(row[Field.PacketsForward])} / ${grouped(row[Field.PacketsReverse])}, payload bytes ${grouped(row[Field.OctetsForward])} / ${grouped(row[Field.OctetsReverse])}`,
      ],
    ]
    const list = el('dl', { class: 'facts' })
    for (const [name, text] of facts) if (text !== '') list.append(el('dt', {}, name), el('dd', {}, text))
    return list
  }
}

function packetSection(detail: PageDetail): Node[] {
  if (detail.rungs.length === 0) return []
  const names = detail.sightings.map(({ title, text }) =>
    el('p', { class: 'sighting' }, el('strong', {}, title), `: ${text}`),
  )
  const head = ['Time', '', ...detail.sightings.map(({ title }) => title), 'Packet']
  const rows = detail.rungs.map(({ time, forward, text, records }) => [
    time,
    forward ? '→' : '←',
    ...records.map((record) => (record === null ? '' : `#${record}`)),
    text,
  ])
  return [el('h3', {}, 'Packets'), ...names, simpleTable(head, rows, 'ladder')]
}

function evidenceSection(detail: PageDetail): Node[] {
  if (detail.evidence.length === 0) return []
  const rows = detail.evidence.map(({ kind, confidence, detail: text, proof }) => [kind, confidence, text, proof])
  return [el('h3', {}, 'Evidence'), simpleTable(['Kind', 'Confidence', 'What it shows', 'Proof'], rows, 'evidence')]
}

function decisionSection(title: string, decision: PageDecision): Node[] {
  const where = decision.node === '' ? '' : `, decided on ${decision.node}`
  const rows = decision.trace.map(({ rule, matched, detail, place }) => [matched ? '▶' : '', rule, detail, place])
  return [
    el('h3', {}, title),
    el('p', {}, el('strong', {}, decision.text), ` by rule ${decision.rule} (${decision.engine}${where})`),
    ...decision.caveats.map((caveat) => el('p', { class: 'hint' }, caveat)),
    simpleTable(['', 'Rule', 'Why', 'Configured in'], rows, 'trace'),
  ]
}

/** A small table whose rows are all made at once. */
export function simpleTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  className: string,
): HTMLElement {
  const table = el('table', { class: className })
  table.append(el('thead', {}, el('tr', {}, ...head.map((text) => el('th', { scope: 'col' }, text)))))
  const body = el('tbody')
  for (const cells of rows) {
    const decided = cells[0] === '▶'
    body.append(el('tr', { class: decided ? 'decided' : '' }, ...cells.map((text) => el('td', {}, text))))
  }
  table.append(body)
  return el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': className }, table)
}

/** A finding with its places and the command that would confirm it. */
export function findingBlock(finding: PageFinding): HTMLElement {
  const block = el('div', { class: `finding ${finding.severity}` })
  block.append(
    el('p', {}, el('strong', {}, `${finding.severity} ${finding.code}`), ` ${finding.subject}: ${finding.message}`),
  )
  if (finding.places.length > 0) block.append(el('p', { class: 'hint' }, `see ${finding.places.join(', ')}`))
  if (finding.confirm !== null) block.append(el('p', {}, 'Confirm with ', el('code', {}, finding.confirm)))
  return block
}
