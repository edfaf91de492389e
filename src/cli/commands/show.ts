import type { Command } from 'commander'
import { UsageError } from '../../core/errors.ts'
import { reportVerdicts } from '../../report/report.ts'
import type { Context } from '../context.ts'
import { addExamples } from '../help.ts'
import { outputWidth, useColor } from '../io.ts'
import { addCaptureOptions, CAPTURE_ARGUMENT } from '../options/capture.ts'
import { addClusterOptions } from '../options/cluster.ts'
import { addOutputOptions, type OutputOptions } from '../options/output.ts'
import { writePieces } from '../output.ts'
import { fileQuotes } from '../quote.ts'
import { type AnalysisOptions, runAnalysis } from '../run-analysis.ts'

type Options = AnalysisOptions & OutputOptions

/** `masqcheck show`: one flow in full. */
export function addShow(program: Command, context: Context): void {
  const command = program
    .command('show')
    .summary('one flow in full: packets, evidence, rules and configuration lines')
    .description(
      'Analyses the captures as `analyze` does and prints one flow: the packets that prove its verdict, side by side where several captures show it, the evidence, every rule asked, and the configuration behind them.',
    )
    .argument('<flow>', 'number of the flow, as the table gives it')
    .argument('[captures...]', CAPTURE_ARGUMENT)
  addExamples(command, [{ why: 'Why is flow 1 consistent?', line: 'masqcheck show 1 captures/seed' }])
  addCaptureOptions(command)
  addOutputOptions(command, ['table', 'json', 'ndjson'])
  addClusterOptions(command)
  command.action((flow: string, captures: string[], options: Options) => run(flow, captures, options, context))
}

async function run(
  id: string,
  captures: readonly string[],
  options: Options,
  { io, setStatus }: Context,
): Promise<void> {
  if (!/^\d+$/.test(id))
    throw new UsageError(`"${id}" is no flow: masqcheck show <number> <capture…>, with the number from the table`)
  const { report, interrupted } = await runAnalysis(captures, options, io)
  const verdicts = reportVerdicts(report)
  const verdict = verdicts.find(({ flow }) => flow.id === Number(id))
  if (verdict === undefined) {
    const last = verdicts.at(-1)?.flow.id
    throw new UsageError(
      `There is no flow ${id}: ${last === undefined ? 'the captures hold none' : `they go from 1 to ${last}`}`,
    )
  }
  if (options.format === 'json' || options.format === 'ndjson') {
    const { flowJson } = await import('../../report/flow-json.ts')
    await writePieces(flowJson(verdict, report, options.format), options.output, io)
  } else {
    const { show } = await import('../../report/show.ts')
    const look = { width: outputWidth(io), color: useColor(io.stdout, options.color), quote: fileQuotes() }
    await writePieces(show(verdict, report, look), options.output, io)
  }
  if (interrupted !== null) setStatus(interrupted)
}
