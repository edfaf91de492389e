import type { FlowRecord } from '../report/records/types.ts'
import type { Report } from '../report/report.ts'
import type { SelectionOptions } from './options/output.ts'

/** What `--where` and `--sort` make of a report. */
export interface Selection {
  /** Test of `--where`; `null` keeps all. */
  readonly matches: ((record: FlowRecord) => boolean) | null
  /** The report of the flows that match, sorted. */
  apply(report: Report): Report
}

/**
 * Compiles `--where` and `--sort` before captures are read, so that a mistake does not cost the time of reading them. The
 * languages are loaded only where they are used.
 *
 * @throws {MasqcheckError} `WHERE_BAD`, with the place in the expression.
 * @throws {UsageError} where there is no field of the name to sort by.
 */
export async function compileSelection({ where, sort }: Pick<SelectionOptions, 'where' | 'sort'>): Promise<Selection> {
  const matches = where === undefined ? null : (await import('../report/where/where.ts')).compileWhere(where)
  const steps: ((report: Report) => Report)[] = []
  if (matches !== null) {
    const { selectFlows } = await import('../report/select.ts')
    steps.push((report) => selectFlows(report, matches))
  }
  if (sort !== undefined) steps.push((await import('../report/sort.ts')).compileSort(sort))
  return { matches, apply: (report) => steps.reduce((arranged, step) => step(arranged), report) }
}
