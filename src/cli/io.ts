import type { Readable, Writable } from 'node:stream'

/** The three streams a command works with; `process` is one. */
export interface Io {
  readonly stdin: Readable
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number }
}

/** Columns assumed where the output is no terminal and `COLUMNS` is not set. */
const DEFAULT_WIDTH = 100
const MIN_WIDTH = 40

/** Columns to lay a table out for. A terminal that nobody told its size (`script`, `docker run -t`) says 0. */
export function outputWidth(io: Io): number {
  const width = io.stdout.columns || Number.parseInt(process.env.COLUMNS ?? '', 10) || DEFAULT_WIDTH
  return Math.max(MIN_WIDTH, width)
}

/**
 * Whether to colour what goes to a stream: the option first, then NO_COLOR and FORCE_COLOR, then whether it is a terminal.
 *
 * @param option - `--color` or `--no-color`; `undefined` where neither was given.
 * @see https://no-color.org and https://force-color.org
 */
export function useColor(stream: { readonly isTTY?: boolean }, option: boolean | undefined): boolean {
  if (option !== undefined) return option
  if (process.env.NO_COLOR) return false
  if (process.env.FORCE_COLOR) return process.env.FORCE_COLOR !== '0'
  return stream.isTTY === true && process.env.TERM !== 'dumb'
}
