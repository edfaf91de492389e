import { Command } from 'commander'
import { addAnalyze } from './commands/analyze.ts'
import { addCollect } from './commands/collect.ts'
import { addCompletion } from './commands/completion.ts'
import { addExplain } from './commands/explain.ts'
import { addFlows } from './commands/flows.ts'
import { addLint } from './commands/lint.ts'
import { addShow } from './commands/show.ts'
import type { Context } from './context.ts'
import { addExamples, type Example } from './help.ts'
import { type Io, outputWidth } from './io.ts'
import { toolVersion } from './version.ts'

/** Longer lines are no easier to read. */
const MAX_HELP_WIDTH = 120

const EXAMPLES: readonly Example[] = [
  { why: 'Try it on the captures of this package', line: 'masqcheck captures/seed' },
  {
    why: 'A capture of your own, with what kubectl knows',
    line: 'masqcheck collect -o cluster && masqcheck node.pcap --cluster cluster',
  },
  { why: 'All options of a command', line: 'masqcheck analyze --help' },
]

/** The command line as commander knows it; also what help, completion and the man page are made from. */
export function buildProgram(io: Io, setStatus: (status: number) => void): Command {
  const { name, version } = toolVersion()
  const program = new Command(name)
    .description('Tells from tcpdump captures whether Cilium masqueraded each flow as the cluster is configured to.')
    .usage('<capture…> [options]\n       masqcheck <command> [options]')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help of a command')
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'masqcheck: ')),
      getOutHelpWidth: () => Math.min(outputWidth(io), MAX_HELP_WIDTH),
      getErrHelpWidth: () => Math.min(outputWidth(io), MAX_HELP_WIDTH),
    })
    .exitOverride()
  addExamples(program, EXAMPLES)
  const context: Context = { io, setStatus }
  for (const add of [addAnalyze, addFlows, addExplain, addLint, addShow, addCollect, addCompletion])
    add(program, context)
  return program
}
