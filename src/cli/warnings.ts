import type { ClusterInput } from '../cluster/snapshot.ts'
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

/** Tells of files in folders and archives that are no captures, with `--verbose`. */
export function skippedNotes(io: Io, { verbose }: { verbose?: boolean }): (file: string, reason: string) => void {
  return (file, reason) => {
    if (verbose)
      io.stderr.write(`masqcheck: set aside ${escapeTerminal(file)}: ${escapeTerminal(reason.replaceAll('-', ' '))}\n`)
  }
}

/** Tells what each metadata file turned out to be, with `--verbose`. */
export function writeInputs(inputs: readonly ClusterInput[], io: Io, { verbose }: { verbose?: boolean }): void {
  for (const { file, kind, node, note } of verbose ? inputs : []) {
    const of = node === null ? '' : ` of ${node}`
    io.stderr.write(`masqcheck: read ${escapeTerminal(file)}: ${escapeTerminal(`${kind}${of}: ${note}`)}\n`)
  }
}
