import type { Command } from 'commander'
import type { Options } from '../actions/show.ts'
import type { Context } from '../context.ts'
import { addExamples } from '../help.ts'
import { addCaptureOptions, CAPTURE_ARGUMENT } from '../options/capture.ts'
import { addClusterOptions } from '../options/cluster.ts'
import { addOutputOptions, RECORD_FORMATS } from '../options/output.ts'

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
  addOutputOptions(command, RECORD_FORMATS)
  addClusterOptions(command)
  command.action(async (flow: string, captures: string[], options: Options) => {
    const { run } = await import('../actions/show.ts')
    await run(flow, captures, options, context)
  })
}
