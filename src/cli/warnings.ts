import type { Warning } from '../core/warning.ts'
import { escapeTerminal } from '../report/escape.ts'
import type { Io } from './io.ts'

/** Warnings shown without `--verbose`. */
const SHOWN = 10

/** Writes warnings to standard error, one line each; the rest are counted unless `verbose` is set. */
export function writeWarnings(
  warnings: readonly Warning[],
  io: Io,
  options: { quiet?: boolean; verbose?: boolean },
): void {
  if (options.quiet) return
  const most = options.verbose ? warnings.length : SHOWN
  for (const warning of warnings.slice(0, most)) io.stderr.write(`masqcheck: warning: ${warningText(warning)}\n`)
  const more = warnings.length - most
  if (more > 0)
    io.stderr.write(`masqcheck: and ${more} more ${more === 1 ? 'warning' : 'warnings'}, --verbose shows all\n`)
}

/** `file (octet 12): message`; the message alone where it names the file itself. */
export function warningText({ file, offset, line, message }: Warning): string {
  const place = offset === undefined ? (line === undefined ? '' : ` (line ${line})`) : ` (at octet ${offset})`
  const named = file === null || message.startsWith(file) ? '' : `${file}${place}: `
  return escapeTerminal(`${named}${message}`)
}
