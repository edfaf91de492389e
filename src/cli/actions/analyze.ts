import { UsageError } from '../../core/errors.ts'
import type { FormatName } from '../../report/index.ts'
import { type FailOn, isFailure, type Report, reportVerdicts } from '../../report/report.ts'
import { summaryText } from '../../report/words.ts'
import type { Context } from '../context.ts'
import { ExitStatus } from '../errors.ts'
import type { FailOptions, OutputOptions, SelectionOptions } from '../options/output.ts'
import { type Destination, destinations, writeReport } from '../output.ts'
import { type AnalysisOptions, runAnalysis } from '../run-analysis.ts'

/** Options of `masqcheck analyze`. */
export type Options = AnalysisOptions & OutputOptions & SelectionOptions & FailOptions

/** Carries `masqcheck analyze` out. */
export async function run(
  captures: readonly string[],
  options: Options,
  { io, setStatus, again }: Context & { readonly again?: string | undefined },
): Promise<void> {
  const where = destinations(options.format, options.output ?? [])
  if (options.whatIf !== undefined) refuseUnseen(where)
  const { report, interrupted } = await runAnalysis(captures, options, io)
  const { color, all = false, limit = 0, failOn } = options
  const look = { color, all, limit, failOn, ...(again === undefined ? {} : { again }) }
  await writeReport(report, where, look, io)
  if (where.every(({ file }) => file !== null) && !options.quiet) io.stderr.write(`masqcheck: ${summaryText(report)}\n`)
  setStatus(interrupted ?? outcomeOf(report, options.failOn))
}

function outcomeOf(report: Report, failOn: FailOn): number {
  const found = reportVerdicts(report).some((verdict) => isFailure(verdict, failOn))
  const failed = report.expectations.some(({ status }) => status === 'failed')
  return found || failed ? ExitStatus.Found : ExitStatus.Ok
}

/** Formats that have a place for what other settings would change. */
const SHOW_WHAT_IF: ReadonlySet<FormatName> = new Set(['table', 'markdown', 'html', 'github', 'json', 'ndjson'])

function refuseUnseen(where: readonly Destination[]): void {
  if (where.some(({ format }) => SHOW_WHAT_IF.has(format))) return
  const formats = where.map(({ format }) => format).join(', ')
  throw new UsageError(`--what-if shows in ${[...SHOW_WHAT_IF].join(', ')}; ${formats} has no place for it`)
}
