import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { MasqcheckError, UsageError } from '../core/errors.ts'
import { FORMATS, type FormatName } from '../report/index.ts'
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
 * Destinations that `--format` and `-o` ask for. `format:file` names both; a plain file takes `--format`, or the format that its
 * ending tells. Standard output (`-` as a file) is used when no plain file was given and either `--format` was or there is no
 * `-o` at all.
 *
 * @param formats - Formats the command can write; all by default.
 * @throws {UsageError} for a format that is not known, several plain files whose formats nothing tells, and two outputs to one place.
 * @throws {MasqcheckError} `OUTPUT_FAILED` where a file has no folder to go to.
 */
export function destinations(
  format: FormatName | undefined,
  outputs: readonly string[],
  formats: readonly FormatName[] = Object.keys(FORMATS) as FormatName[],
): Destination[] {
  const asked = outputs.map((output) => splitOutput(output, formats))
  for (const { file } of asked) checkPlace(file)
  const plain = asked.filter((output) => output.format === undefined).map(({ file }) => file)
  if (plain.length > 1) requireEndings(plain, format)
  const first = plain.map((file) => ({ format: format ?? formatOfFile(file, formats) ?? 'table', file }))
  const named = asked.flatMap(({ format: own, file }) => (own === undefined ? [] : [{ format: own, file }]))
  const onScreen = plain.length === 0 && (format !== undefined || named.length === 0)
  const list = [...(onScreen ? [{ format: format ?? ('table' as const), file: '-' }] : []), ...first, ...named]
  refuseSamePlace(list.map(({ file }) => file))
  return list.map(({ format: own, file }) => ({ format: own, file: file === '-' ? null : file }))
}

/** Where a command with a single result writes it; see {@link destinations}. @throws {UsageError} for a second output. */
export function destination(
  format: FormatName | undefined,
  outputs: readonly string[] | undefined,
  formats: readonly FormatName[],
): Destination {
  const [only, ...more] = destinations(format, outputs ?? [], formats)
  if (only === undefined || more.length > 0) throw new UsageError('This command writes one output: give -o once')
  return only
}

function requireEndings(files: readonly string[], format: FormatName | undefined): void {
  const vague = files.find((file) => format !== undefined || formatOfFile(file) === undefined)
  if (vague === undefined) return
  throw new UsageError(
    `Several outputs need their formats named: write -o ${format ?? 'json'}:${vague}, one -o for each`,
  )
}

function refuseSamePlace(files: readonly string[]): void {
  const places = files.map((file) => (file === '-' ? file : resolve(file)))
  const twice = files.find((_, i) => places.indexOf(places[i] ?? '') < i)
  if (twice === undefined) return
  const place = twice === '-' ? 'Standard output' : `"${twice}"`
  throw new UsageError(`${place} cannot take two outputs: give each -o a file of its own`)
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

// A file whose name begins so can be written as ./name:rest; one letter is a drive of Windows.
const FORMAT_PREFIX = /^([a-z][a-z-]+):/

function splitOutput(output: string, formats: readonly FormatName[]): { format: FormatName | undefined; file: string } {
  const prefix = FORMAT_PREFIX.exec(output)?.[1]
  if (prefix === undefined) return { format: undefined, file: output }
  const format = formats.find((name) => name === prefix)
  if (format === undefined)
    throw new UsageError(`-o ${output}: "${prefix}" is no format: it is one of ${formats.join(', ')}`)
  return { format, file: output.slice(prefix.length + 1) }
}

function formatOfFile(file: string, formats?: readonly FormatName[]): FormatName | undefined {
  const format = FORMAT_OF_ENDING[file.slice(file.lastIndexOf('.') + 1).toLowerCase()]
  return format === undefined || formats?.includes(format) === false ? undefined : format
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
    const options = { ...look, width: outputWidth(io), color: colorFor(file, io, look.color) }
    await writeText(render(report, options), file === null ? new StreamSink(io.stdout) : new FileSink(file))
    if (format === 'github') await writeStepSummary(report, options)
  }
}

/** Whether to colour what goes to a destination; a file only where `--color` asks for it. */
export function colorFor(file: string | null, io: Io, option: boolean | undefined): boolean {
  return file === null ? useColor(io.stdout, option) : option === true
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
 * Writes one text to its destination.
 *
 * @throws {MasqcheckError} `OUTPUT_FAILED`
 */
export async function writePieces(pieces: Iterable<string>, file: string | null, io: Io): Promise<void> {
  await writeText(pieces, file === null ? new StreamSink(io.stdout) : new FileSink(file))
}
