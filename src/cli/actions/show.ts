import { UsageError } from '../../core/errors.ts'
import { reportVerdicts } from '../../report/report.ts'
import type { Context } from '../context.ts'
import { outputWidth } from '../io.ts'
import { type OutputOptions, RECORD_FORMATS } from '../options/output.ts'
import { colorFor, destination, writePieces } from '../output.ts'
import { fileQuotes } from '../quote.ts'
import { type AnalysisOptions, runAnalysis } from '../run-analysis.ts'

/** Options of `masqcheck show`. */
export type Options = AnalysisOptions & OutputOptions

/** Carries `masqcheck show` out. */
export async function run(
  id: string,
  captures: readonly string[],
  options: Options,
  { io, setStatus }: Context,
): Promise<void> {
  if (!/^\d+$/.test(id))
    throw new UsageError(`"${id}" is no flow: masqcheck show <number> <capture…>, with the number from the table`)
  const { format, file } = destination(options.format, options.output, RECORD_FORMATS)
  const { report, interrupted } = await runAnalysis(captures, options, io)
  const verdicts = reportVerdicts(report)
  const verdict = verdicts.find(({ flow }) => flow.id === Number(id))
  if (verdict === undefined) {
    const last = verdicts.at(-1)?.flow.id
    throw new UsageError(
      `There is no flow ${id}: ${last === undefined ? 'the captures hold none' : `they go from 1 to ${last}`}`,
    )
  }
  if (format === 'json' || format === 'ndjson') {
    const { flowJson } = await import('../../report/flow-json.ts')
    await writePieces(flowJson(verdict, report, format), file, io)
  } else {
    const { show } = await import('../../report/show.ts')
    const look = { width: outputWidth(io), color: colorFor(file, io, options.color), quote: fileQuotes() }
    await writePieces(show(verdict, report, look), file, io)
  }
  if (interrupted !== null) setStatus(interrupted)
}
