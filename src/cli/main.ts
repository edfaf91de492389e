import { CommanderError } from 'commander'
import { CaptureError, UsageError } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import { ExitStatus, errorText, Interruption, statusOfSignal } from './errors.ts'
import type { Io } from './io.ts'
import { buildProgram } from './program.ts'

/**
 * Runs the command line.
 *
 * @param argv - Arguments without the executable and the script.
 * @param io - Streams to read from and write to.
 * @returns The exit status: 0 nothing found, 1 something `--fail-on` names was found, 2 could not be analysed, 130 or 143 interrupted.
 * Never throws; errors are one line on `stderr`.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  tolerateErrors(io)
  const verbose = argv.includes('--verbose') || argv.includes('-v')
  const run = { status: ExitStatus.Ok as number, commands: [] as string[] }
  try {
    const program = buildProgram(io, (status) => {
      run.status = status
    })
    run.commands = program.commands.map((command) => command.name())
    if (argv.length === 0) {
      io.stderr.write(program.helpInformation())
      return ExitStatus.Failed
    }
    if (argv[0] === 'help') refuseUnknown(argv[1], run.commands)
    await program.parseAsync([...argv], { from: 'user' })
    return run.status
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitStatus.Ok : ExitStatus.Failed
    if (error instanceof Interruption) {
      io.stderr.write('masqcheck: interrupted\n')
      return statusOfSignal(error.signal)
    }
    io.stderr.write(errorText(error, verbose))
    const command = mistypedCommand(error, run.commands)
    if (command !== null) io.stderr.write(`(Did you mean the command ${command}?)\n`)
    return ExitStatus.Failed
  }
}

// Commander answers with all of the help, and leaves it to the reader to find out why.
function refuseUnknown(name: string | undefined, commands: readonly string[]): void {
  if (name === undefined || name.startsWith('-') || ['help', ...commands].includes(name)) return
  const near = nearest(name, commands)
  const meant = near === null ? '' : `\n(Did you mean ${near}?)`
  throw new UsageError(`There is no command "${name}": they are ${commands.join(', ')}${meant}`)
}

// A word that is no command is taken for a capture, because `masqcheck <capture>` needs no command.
function mistypedCommand(error: unknown, commands: readonly string[]): string | null {
  if (!(error instanceof CaptureError) || error.code !== 'CAPTURE_NOT_FOUND' || !/^[a-z]{3,}$/.test(error.file))
    return null
  return nearest(error.file, commands)
}

const TOLERANT = new WeakSet<object>()

// `masqcheck … | head` closes the pipe while we write, and Node reports that as an error event some time later, which would
// end the process. Whoever writes to a stream learns of its errors there (see StreamSink).
function tolerateErrors(io: Io): void {
  for (const stream of [io.stdout, io.stderr]) {
    if (TOLERANT.has(stream)) continue
    TOLERANT.add(stream)
    stream.on('error', () => undefined)
  }
}
