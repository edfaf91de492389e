import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { MasqcheckError, UsageError } from '../core/errors.ts'
import { FORMATS, type FormatName, isFormatName } from '../report/index.ts'
import type { RenderOptions, Report } from '../report/report.ts'
import { whyNot } from './errors.ts'
import { type Io, outputWidth, useColor } from './io.ts'
import { FileSink, type Sink, StreamSink } from './sink.ts'
import { writeStepSummary } from './step-summary.ts'

/** Where a report goes and in which format; `file` is `null` for standard output. */
export interface Destination {
  readonly format: FormatName
  readonly file: string | null
}

/** Formats told from the ending of `-o file` where `--format` says nothing. */
const FORMAT_OF_ENDING: Readonly<Record<string, FormatName>> = Object.fromEntries(
  (Object.keys(FORMATS) as FormatName[]).map((name) => [FORMATS[name].ending, name]),
)

/**
 * Destinations that `--format` and `-o` ask for. `format:file` names both; a plain file takes `--format`. Standard output is used
 * when no plain file was given and either `--format` was or there is no `-o` at all.
 *
 * @throws {UsageError} for a second plain file.
 * @throws {MasqcheckError} `OUTPUT_FAILED` where a file has no folder to go to.
 */
export function destinations(format: FormatName | undefined, outputs: readonly string[]): Destination[] {
  const named = outputs.filter((output) => splitOutput(output).format !== undefined).map(splitOutput)
  const plain = outputs.filter((output) => splitOutput(output).format === undefined)
  for (const { file } of outputs.map(splitOutput)) checkPlace(file)
  if (plain.length > 1) {
    throw new UsageError(
      `Several outputs need their formats named: write -o ${format ?? 'json'}:${plain[1]}, one -o for each`,
    )
  }
  const list: Destination[] = named.map(({ format = 'table', file }) => ({ format, file }))
  const file = plain[0] ?? null
  if (file !== null) return [{ format: format ?? formatOfFile(file), file: file === '-' ? null : file }, ...list]
  return format !== undefined || list.length === 0 ? [{ format: format ?? 'table', file: null }, ...list] : list
}

// Before anything is read, so that a mistake does not cost the time of reading.
function checkPlace(file: string): void {
  if (file === '-') return
  const folder = dirname(file)
  if (file === '') throw new UsageError('-o names no file')
  const fail = (why: string) => {
    throw new MasqcheckError('OUTPUT_FAILED', `${file}: cannot be written: ${why}`)
  }
  const look = (path: string) => {
    try {
      return statSync(path, { throwIfNoEntry: false })
    } catch (error) {
      return fail(whyNot(error as NodeJS.ErrnoException))
    }
  }
  if (look(file)?.isDirectory()) fail('it is a folder; name a file in it')
  if (!look(folder)?.isDirectory()) fail(`the folder does not exist (mkdir -p ${folder})`)
}

function splitOutput(output: string): { format: FormatName | undefined; file: string } {
  const colon = output.indexOf(':')
  const prefix = output.slice(0, Math.max(0, colon))
  return isFormatName(prefix) ? { format: prefix, file: output.slice(colon + 1) } : { format: undefined, file: output }
}

function formatOfFile(file: string): FormatName {
  return FORMAT_OF_ENDING[file.slice(file.lastIndexOf('.') + 1).toLowerCase()] ?? 'table'
}

/** How reports should look, apart from where they go. */
export type Look = Omit<RenderOptions, 'width' | 'color'> & { readonly color: boolean | undefined }

/**
 * Writes a report to every destination. Files appear whole or not at all.
 *
 * @throws {MasqcheckError} `OUTPUT_FAILED`
 */
export async function writeReport(report: Report, where: readonly Destination[], look: Look, io: Io): Promise<void> {
  for (const { format, file } of where) {
    const render = await FORMATS[format].load()
    const color = file === null ? useColor(io.stdout, look.color) : look.color === true
    const options = { ...look, width: outputWidth(io), color }
    await writeText(render(report, options), file === null ? new StreamSink(io.stdout) : new FileSink(file))
    if (format === 'github') await writeStepSummary(report, options)
  }
}

/** Writes pieces of text; stops early when nobody reads. A file is dropped when making the text fails. */
export async function writeText(pieces: Iterable<string>, sink: Sink): Promise<void> {
  try {
    for (const piece of pieces) if (!(await sink.write(piece))) break
  } catch (error) {
    await sink.abandon()
    throw error
  }
  await sink.close()
}

/**
 * Writes one text to standard output, or to the file that `-o` names.
 *
 * @throws {UsageError} for a second `-o`.
 * @throws {MasqcheckError} `OUTPUT_FAILED`
 */
export async function writePieces(
  pieces: Iterable<string>,
  outputs: readonly string[] | undefined,
  io: Io,
): Promise<void> {
  const [output, ...more] = outputs ?? []
  if (more.length > 0) throw new UsageError('This command writes one output: give -o once')
  const file = output === undefined ? null : splitOutput(output).file
  await writeText(pieces, file === null || file === '-' ? new StreamSink(io.stdout) : new FileSink(file))
}
