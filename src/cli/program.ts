import { Command } from 'commander'
import { addAnalyze } from './commands/analyze.ts'
import { addCollect } from './commands/collect.ts'
import { addCompletion } from './commands/completion.ts'
import { addExplain } from './commands/explain.ts'
import { addFlows } from './commands/flows.ts'
import { addLint } from './commands/lint.ts'
import { addShow } from './commands/show.ts'
import type { Context } from './context.ts'
import type { Io } from './io.ts'
import { toolVersion } from './version.ts'

/** The command line as commander knows it; also what help, completion and the man page are made from. */
export function buildProgram(io: Io, setStatus: (status: number) => void): Command {
  const { name, version } = toolVersion()
  const program = new Command(name)
    .description('Tells from tcpdump captures whether Cilium masqueraded each flow as the cluster is configured to.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help of a command')
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'masqcheck: ')),
      getOutHelpWidth: () => helpWidth(io.stdout.columns),
      getErrHelpWidth: () => helpWidth(io.stderr.columns),
    })
    .exitOverride()
  const context: Context = { io, setStatus }
  for (const add of [addAnalyze, addFlows, addExplain, addLint, addShow, addCollect, addCompletion])
    add(program, context)
  return program
}

function helpWidth(columns: number | undefined): number {
  return Math.min(columns ?? 100, 120)
}
