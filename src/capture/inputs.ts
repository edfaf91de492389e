import { createReadStream } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, relative, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { CaptureError, UsageError } from '../core/errors.ts'
import { compareNaturally } from '../core/natural-order.ts'
import { type Candidate, CandidateProber } from './candidates.ts'
import { CAPTURES_YAML_NAMES, capturesYamlError } from './captures-yaml-file.ts'
import { Declarations, type Declared } from './declarations.ts'
import { DEFAULT_EXPANSION_LIMITS, type ExpansionLimits } from './expansion.ts'
import { InputStream } from './input-stream.ts'
import { type GivenPoints, parseGivenPoints } from './point.ts'
import type { CaptureFormat } from './record.ts'
import { groupRotated } from './rotation.ts'
import { type CaptureSource, FileSource, OpenedInput, openError } from './source.ts'
import { walkFolder } from './walk.ts'

/**
 * One capture: a file, or a rotated set of files in order of time. Files in archives hold their archive open until they
 * are read, or closed.
 */
export interface CaptureSet {
  /** Of its first file, as the user named it. */
  readonly name: string
  readonly files: readonly CaptureSource[]
  readonly format: CaptureFormat
  /** Where it was taken, see `parsePointSpec`; `null` where nobody said. */
  readonly declaredPoint: string | null
  /** Who said so. */
  readonly pointBasis: 'option' | 'captures.yaml' | null
  /** IANA zone of dated times in text, `null` where no `captures.yaml` says. */
  readonly timeZone: string | null
  /** Paths of cluster metadata that its `captures.yaml` names; relative to the working directory inside it, else absolute. */
  readonly cluster: readonly string[]
  readonly description: string | null
}

/** See {@link resolveInputs}. */
export interface InputOptions {
  /** Values of `--at`: `point` or `file=point`. */
  readonly at?: readonly string[]
  /** What `-` stands for. */
  readonly stdin?: Readable
  readonly limits?: ExpansionLimits
  /** Told of every file of a folder or an archive that is set aside, with the reason: `hidden`, `not-a-capture` … */
  readonly onSkipped?: (file: string, reason: string) => void
}

/**
 * Finds the captures that arguments name: paths, globs, folders (walked), archives, `captures.yaml` files, and `-` for
 * standard input. What is named must be a capture; what is merely found in a folder or an archive is set aside if it is none.
 * Files of a rotated set are one capture.
 *
 * @returns In the order of the arguments.
 * @throws {CaptureError} `CAPTURE_NOT_FOUND`, `CAPTURE_UNREADABLE`, `CAPTURE_EMPTY`, `CAPTURE_UNKNOWN_FORMAT`, `CAPTURE_CORRUPT`,
 * `CAPTURE_LIMIT`; {MasqcheckError} `CAPTURES_YAML_BAD`; {UsageError} for points that fit no capture.
 */
export async function resolveInputs(args: readonly string[], options: InputOptions = {}): Promise<CaptureSet[]> {
  if (args.length === 0) throw new UsageError('No capture is given: name a file, a folder, or - for standard input')
  const points = parseGivenPoints(options.at ?? [])
  const finder = new CaptureFinder(options)
  try {
    for (const arg of args) await finder.add(arg)
    const captures = await finder.finish()
    const declared = declarePoints(captures, points)
    const groups = await groupRotated(declared, options.limits ?? DEFAULT_EXPANSION_LIMITS)
    return groups.map(setOf)
  } catch (error) {
    await finder.close()
    throw error
  }
}

/** A capture with what was said of it. */
interface DeclaredCapture {
  readonly source: CaptureSource
  readonly format: CaptureFormat
  readonly declared: Declared
  readonly point: Pick<CaptureSet, 'declaredPoint' | 'pointBasis'>
  readonly distinction: string
}

class CaptureFinder {
  readonly #options: InputOptions
  readonly #skip: (file: string, reason: string) => void
  readonly #limits: ExpansionLimits
  readonly #declarations = new Declarations()
  readonly #prober: CandidateProber
  /** Real paths of files met, against counting one twice. */
  readonly #seen = new Set<string>()
  readonly #found: Candidate[] = []
  /** Arguments that yielded nothing. */
  readonly #barren: string[] = []

  constructor(options: InputOptions) {
    this.#options = options
    this.#skip = options.onSkipped ?? (() => undefined)
    this.#limits = options.limits ?? DEFAULT_EXPANSION_LIMITS
    this.#prober = new CandidateProber(this.#declarations, this.#limits, this.#skip)
  }

  async add(arg: string): Promise<void> {
    if (arg === '-') return this.#addInput()
    const stats = await stat(arg).catch((error: unknown) => openError(arg, error))
    if (stats instanceof CaptureError) return this.#addGlob(arg, stats)
    if (stats.isDirectory()) return this.#addFolder(arg)
    if (!stats.isFile()) return this.#addPipe(arg)
    if (CAPTURES_YAML_NAMES.includes(basename(arg))) return this.#addDeclared(arg)
    await this.#addFile(arg, stats.size, { isNamed: true, root: dirname(resolve(arg)) })
  }

  async finish(): Promise<readonly Candidate[]> {
    const [barren] = this.#barren
    if (barren !== undefined && this.#found.length === 0) {
      throw new CaptureError(
        'CAPTURE_NOT_FOUND',
        barren,
        'It holds no capture: name the file itself to learn why it is none',
      )
    }
    for (const file of this.#barren) this.#skip(file, 'no-captures')
    return this.#found
  }

  async close(): Promise<void> {
    for (const { source } of this.#found) await source.close()
  }

  async #addInput(): Promise<void> {
    if (this.#seen.has('-')) return this.#skip('-', 'given-twice')
    this.#seen.add('-')
    const { stdin } = this.#options
    if (stdin === undefined) throw new UsageError('There is no standard input to read a capture from: name a file')
    await this.#addStream('-', stdin)
  }

  /** A named pipe, or what the shell puts in place of `<(ssh node tcpdump -w - …)`: read once, like standard input. */
  async #addPipe(path: string): Promise<void> {
    if (this.#seen.has(path)) return this.#skip(path, 'given-twice')
    this.#seen.add(path)
    await this.#addStream(path, createReadStream(path))
  }

  async #addStream(name: string, input: Readable): Promise<void> {
    const source = new OpenedInput(name, new InputStream(input))
    this.#found.push(...(await this.#prober.probe(source, { isNamed: true, root: null })))
  }

  async #addGlob(arg: string, missing: CaptureError): Promise<void> {
    if (missing.code !== 'CAPTURE_NOT_FOUND') throw missing
    const { glob, isDynamicPattern } = await import('tinyglobby')
    if (!isDynamicPattern(arg)) throw missing
    const paths = (await glob(arg, { expandDirectories: false, absolute: isAbsolute(arg) })).sort(compareNaturally)
    if (paths.length === 0) {
      throw new CaptureError('CAPTURE_NOT_FOUND', arg, 'No file matches the pattern: check the path', null, {
        cause: missing,
      })
    }
    for (const path of paths) await this.add(path)
  }

  async #addFolder(folder: string): Promise<void> {
    const files = await walkFolder(folder, {
      maxEntries: this.#limits.maxEntries,
      skip: this.#skip,
      exclude: async (each) => (await this.#clusterPaths(each)) ?? [],
    })
    const before = this.#found.length
    for (const { path, size } of files) await this.#addFile(path, size, { isNamed: false, root: resolve(folder) })
    if (this.#found.length === before) this.#barren.push(folder)
    for (const each of new Set([folder, ...files.map(({ path }) => dirname(path))])) await this.#checkDeclared(each)
  }

  async #clusterPaths(folder: string): Promise<readonly string[] | undefined> {
    const yaml = (await this.#declarations.ofFolder(folder))?.yaml
    return yaml && [...yaml.cluster, ...yaml.captures.flatMap(({ cluster }) => cluster)]
  }

  /** A `captures.yaml` as an argument stands for the captures it names. */
  async #addDeclared(arg: string): Promise<void> {
    const folder = dirname(arg)
    const declared = await this.#declarations.ofFolder(folder)
    const files = new Set([...(declared?.byPath.keys() ?? [])].map((key) => archivePath(key)))
    const before = this.#found.length
    for (const file of files) {
      const path = relative(process.cwd(), file) || file
      const stats = await stat(file).catch(() => undefined)
      if (stats?.isFile()) await this.#addFile(path, stats.size, { isNamed: true, root: resolve(folder) })
    }
    if (this.#found.length === before) this.#barren.push(arg)
    await this.#checkDeclared(folder)
  }

  async #addFile(path: string, size: number, origin: { isNamed: boolean; root: string }): Promise<void> {
    const real = await realpath(path)
    if (this.#seen.has(real)) return this.#skip(path, 'given-twice')
    this.#seen.add(real)
    this.#found.push(...(await this.#prober.probe(new FileSource(path, size), origin)))
  }

  /** Every entry of a folder's `captures.yaml` must have come to a capture. */
  async #checkDeclared(folder: string): Promise<void> {
    const declared = await this.#declarations.ofFolder(folder)
    if (declared === null) return
    for (const [key, { line, file }] of declared.byPath) {
      if (this.#prober.hasMet(key)) continue
      throw capturesYamlError(
        declared.yaml.path,
        line,
        `There is no capture "${file}": correct the name, or remove the entry`,
      )
    }
  }
}

/** The archive's path where a key names a file in an archive; a colon is rare in names of files, rarer behind a dot. */
function archivePath(key: string): string {
  return /^(?<archive>.*?\.(?:zip|tar|tgz|tar\.\w+)):/.exec(key)?.groups?.archive ?? key
}

function declarePoints(captures: readonly Candidate[], points: GivenPoints): DeclaredCapture[] {
  const unused = new Set(points.byFile.keys())
  const declared = captures.map(({ source, format, declared }): DeclaredCapture => {
    const file = [...points.byFile.keys()].find((name) => isNameOf(name, source))
    if (file !== undefined) unused.delete(file)
    const given = (file === undefined ? undefined : points.byFile.get(file)) ?? points.all
    const point: DeclaredCapture['point'] =
      given === null
        ? { declaredPoint: declared.point, pointBasis: declared.point === null ? null : 'captures.yaml' }
        : { declaredPoint: given, pointBasis: 'option' }
    const distinction = JSON.stringify([point, declared.cluster, declared.timeZone])
    return { source, format, declared, point, distinction }
  })
  const [file] = unused
  if (file !== undefined) {
    const names = captures.slice(0, 5).map(({ source }) => source.name)
    throw new UsageError(`--at names "${file}", which is none of the captures: write one of ${names.join(', ')}`)
  }
  return declared
}

/** By the name in reports, the path, or the last part of either. */
function isNameOf(name: string, source: CaptureSource): boolean {
  if (name === source.name || name === basename(source.name)) return true
  return source.path !== null && source.name === source.path && resolve(name) === resolve(source.path)
}

function setOf(files: readonly DeclaredCapture[]): CaptureSet {
  const [first] = files
  if (first === undefined) throw new RangeError('A set of captures has at least one file')
  return {
    name: first.source.name,
    files: files.map(({ source }) => source),
    format: first.format,
    ...first.point,
    timeZone: first.declared.timeZone,
    cluster: first.declared.cluster.map(asNamed),
    description: first.declared.description,
  }
}

/** A path as people would have written it: reports name the lines of metadata they rest on. */
function asNamed(path: string): string {
  const fromHere = relative(process.cwd(), path)
  return fromHere === '' || fromHere.startsWith('..') ? path : fromHere
}
