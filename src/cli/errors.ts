import { MasqcheckError } from '../core/errors.ts'
import { escapeTerminal } from '../report/escape.ts'

/** Exit statuses of the contract. */
export const ExitStatus = { Ok: 0, Found: 1, Failed: 2, Interrupted: 130, Terminated: 143 } as const

/** The command was stopped by a signal before there was anything to report. */
export class Interruption extends Error {
  readonly signal: 'SIGINT' | 'SIGTERM'
  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super(`Interrupted by ${signal}`)
    this.signal = signal
  }
}

export function statusOfSignal(signal: 'SIGINT' | 'SIGTERM'): number {
  return signal === 'SIGINT' ? ExitStatus.Interrupted : ExitStatus.Terminated
}

/**
 * Text for standard error, as a rule one line: the message of an error of ours, or for anything else what a bug report needs.
 *
 * @param verbose - Adds the stack of unexpected errors.
 */
export function errorText(error: unknown, verbose: boolean): string {
  // A message may point at a place with lines of its own.
  if (error instanceof MasqcheckError) return `masqcheck: ${error.message.split('\n').map(escapeTerminal).join('\n')}\n`
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  const detail =
    verbose && stack
      ? `\n${stack.split('\n').map(escapeTerminal).join('\n')}`
      : ' (run again with --verbose for details, and please report it)'
  return `masqcheck: internal error: ${escapeTerminal(message)}${detail}\n`
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is no folder',
}

/** What the system has against a file, in words. */
export function whyNot({ code, message }: NodeJS.ErrnoException): string {
  return WHY[code ?? ''] ?? message
}
