import { CommanderError } from 'commander'
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
  tolerateClosedPipe(io)
  const verbose = argv.includes('--verbose') || argv.includes('-v')
  try {
    const run = { status: ExitStatus.Ok as number }
    const program = buildProgram(io, (status) => {
      run.status = status
    })
    if (argv.length === 0) {
      io.stderr.write(program.helpInformation())
      return ExitStatus.Failed
    }
    await program.parseAsync([...argv], { from: 'user' })
    return run.status
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitStatus.Ok : ExitStatus.Failed
    if (error instanceof Interruption) {
      io.stderr.write('masqcheck: interrupted\n')
      return statusOfSignal(error.signal)
    }
    io.stderr.write(errorText(error, verbose))
    return ExitStatus.Failed
  }
}

const TOLERANT = new WeakSet<object>()

// `masqcheck … | head` closes the pipe while we write, and Node reports that as an error event some time later.
function tolerateClosedPipe(io: Io): void {
  for (const stream of [io.stdout, io.stderr]) {
    if (TOLERANT.has(stream)) continue
    TOLERANT.add(stream)
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error
    })
  }
}
