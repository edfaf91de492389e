import uPlot from 'uplot'
import { VERDICTS } from '../page-data.ts'
import { byId } from './dom.ts'
import { counted, Field, type Model } from './model.ts'

const BINS = 120
/** Steps of the axis that counts. */
const WHOLE_STEPS = [1, 10, 100, 1000, 10_000, 100_000].flatMap((n) => [n, 2 * n, 5 * n])

const DAY = '\n{YYYY}-{MM}-{DD}'
/** What the ticks of the time axis say, by their distance: always, and where year, month, day, hour, minute or second changes; see uPlot's `Axis.values`. */
const CLOCK: (string | number | null)[][] = [
  [31_536_000, '{YYYY}', null, null, null, null, null, null, 1],
  [86_400, '{MM}-{DD}', '\n{YYYY}', null, null, null, null, null, 1],
  [60, '{HH}:{mm}', DAY, null, DAY, null, null, null, 1],
  [1, '{HH}:{mm}:{ss}', DAY, null, DAY, null, null, null, 1],
  [0.001, '{ss}.{fff}', `${DAY} {HH}:{mm}`, null, `${DAY} {HH}:{mm}`, null, '\n{HH}:{mm}', null, 1],
]

/** Flows by the time they began: all of them, and the contradictions among them. Dragging across selects a time. */
export class Timeline {
  readonly #model: Model
  readonly #box = byId('timeline')
  readonly #select: (time: readonly [number, number] | null) => void
  #plot: uPlot | null = null

  constructor(model: Model, select: (time: readonly [number, number] | null) => void) {
    this.#model = model
    this.#select = select
    byId('time-reset').addEventListener('click', () => this.#choose(null))
    const redraw = (): void => this.#draw()
    window.addEventListener('resize', redraw)
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw)
    document.addEventListener('themechange', redraw)
    this.#draw()
  }

  #draw(): void {
    const { clock } = this.#model.data
    const rows = this.#model.data.rows.filter((row) => this.#model.isTimed(row))
    const section = byId('timeline-section')
    section.hidden = clock === 'none' || rows.length < 2
    if (section.hidden) return
    const times = rows.map((row) => row[Field.Start])
    const first = times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY)
    const last = times.reduce((most, time) => Math.max(most, time), Number.NEGATIVE_INFINITY)
    const width = Math.max((last - first) / BINS, 1e-3)
    const count = Math.floor((last - first) / width) + 1
    const [all, bad] = [new Array<number>(count).fill(0), new Array<number>(count).fill(0)]
    for (const row of rows) {
      const bin = Math.floor((row[Field.Start] - first) / width)
      all[bin] = (all[bin] ?? 0) + 1
      if (VERDICTS[row[Field.Verdict]] === 'contradiction') bad[bin] = (bad[bin] ?? 0) + 1
    }
    const axis = all.map((_, bin) => this.#model.data.epoch + first + bin * width)
    this.#box.setAttribute('aria-label', this.#inWords(all, bad, first, last))
    this.#plot?.destroy()
    this.#plot = new uPlot(this.#options(), [axis, all, bad], this.#box)
  }

  #inWords(all: readonly number[], bad: readonly number[], first: number, last: number): string {
    const total = (counts: readonly number[]) => counts.reduce((sum, n) => sum + n, 0)
    return `${counted(total(all), 'flow')} from ${this.#model.time(first)} to ${this.#model.time(last)}, ${counted(total(bad), 'contradiction')} among them`
  }

  #options(): uPlot.Options {
    const style = getComputedStyle(document.documentElement)
    const color = (name: string): string => style.getPropertyValue(name).trim()
    const bars = uPlot.paths.bars?.({ size: [0.9, 24], align: 1 })
    const axis = {
      stroke: color('--text'),
      grid: { stroke: color('--line'), width: 1 },
      ticks: { stroke: color('--line') },
    }
    const utc = this.#model.data.clock === 'utc'
    const series = (label: string, name: string): uPlot.Series => ({
      label,
      stroke: color(name),
      fill: color(name),
      // Bars of no height would draw a line along the axis.
      width: 0,
      points: { show: false },
      ...(bars === undefined ? {} : { paths: bars }),
    })
    return {
      width: this.#box.clientWidth,
      height: 160,
      tzDate: (ts) => uPlot.tzDate(new Date(ts * 1000), 'Etc/UTC'),
      scales: { x: { time: utc }, y: { range: (_, __, max) => [0, Math.max(1, max)] } },
      axes: [
        utc
          ? { ...axis, values: CLOCK }
          : { ...axis, values: (_, values) => values.map((value) => this.#model.time(value).replace(/\.?0+$/, '')) },
        { ...axis, size: 48, incrs: WHOLE_STEPS },
      ],
      series: [
        {
          label: utc ? 'UTC' : 'time',
          value: (_, value) => (value === null ? '' : this.#model.time(value - this.#model.data.epoch)),
        },
        series('flows', '--bar'),
        series('contradictions', '--bad'),
      ],
      cursor: { drag: { x: true, y: false, setScale: false } },
      hooks: {
        setSelect: [
          (plot) => {
            if (plot.select.width < 3) return
            const at = (x: number) => plot.posToVal(x, 'x') - this.#model.data.epoch
            this.#choose([at(plot.select.left), at(plot.select.left + plot.select.width)])
          },
        ],
      },
    }
  }

  #choose(time: readonly [number, number] | null): void {
    byId('time-reset').hidden = time === null
    if (time === null) this.#plot?.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false)
    this.#select(time)
  }
}
