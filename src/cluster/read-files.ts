import { createReadStream } from 'node:fs'
import { open, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { MasqcheckError } from '../core/errors.ts'
import { type ArchiveEntry, archiveKind, readTar, readZip } from './archive.ts'
import { pathHint } from './bugtool.ts'
import { decodeBytes } from './decode-text.ts'
import type { FactStore } from './facts.ts'
import { ManifestReader } from './read-manifest.ts'
import { type Piece, readPiece } from './read-piece.ts'

/** Files above this are read in chunks, which works for JSON lists; other kinds of this size are refused; octets. */
const LARGE_FILE = 64 * 1024 * 1024
/** No text input of any other kind comes near this; octets. */
const MAX_FILE = 512 * 1024 * 1024
/** Octets one gzip may unpack to. */
const MAX_UNPACKED = 1024 * 1024 * 1024
/** Files one folder may hold before it is taken for the wrong folder. */
const MAX_FILES = 50_000
const HEAD = 64 * 1024
/** Octets read at a time. */
const CHUNK = 4 * 1024 * 1024

/**
 * Reads files, folders (walked) and archives of metadata into the store; what each was taken for stands in its `inputs`.
 *
 * @param paths - As `LoadOptions.paths` of `load.ts`.
 * @throws {MasqcheckError} `CLUSTER_NOT_FOUND`, `CLUSTER_UNREADABLE`, `CLUSTER_LIMIT` for the files themselves.
 * @throws {ClusterMetadataError} where a file is of a known kind and malformed; inside an archive that is a warning.
 */
export async function readFiles(paths: readonly string[], store: FactStore): Promise<void> {
  const files: { path: string; node: string | null; order: number }[] = []
  for (const given of paths) {
    const { path, node } = await splitNode(given)
    for (const file of await walk(path)) files.push({ path: file, node, order: files.length })
  }
  // In the order of names, so that the order they were given in changes nothing.
  files.sort((a, b) => (a.path < b.path ? -1 : 1))
  for (const { path, node, order } of files) await loadFile(path, node, order, store)
}

/** `node=path`, unless a file of the whole name exists. */
async function splitNode(given: string): Promise<{ path: string; node: string | null }> {
  const at = given.indexOf('=')
  if (at <= 0 || (await exists(given))) return { path: given, node: null }
  return { path: given.slice(at + 1), node: given.slice(0, at) }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

async function walk(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path]
    const found: string[] = []
    for (const entry of await readdir(path, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue
      if (entry.isDirectory()) found.push(...(await walk(join(path, entry.name))))
      else if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(join(path, entry.name))))) {
        found.push(join(path, entry.name))
      }
      if (found.length > MAX_FILES) {
        throw new MasqcheckError(
          'CLUSTER_LIMIT',
          `${path}: more than ${MAX_FILES} files: name the folder that holds the metadata`,
        )
      }
    }
    return found
  } catch (error) {
    throw asLoadError(path, error)
  }
}

/** A link to a folder is not followed: it may lead back up. */
async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}

function asLoadError(path: string, error: unknown): Error {
  if (error instanceof MasqcheckError) return error
  const { code } = error as { code?: unknown }
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new MasqcheckError('CLUSTER_NOT_FOUND', `${path}: no such file or folder`, { cause: error })
  }
  const reason = error instanceof Error ? error.message : String(error)
  return new MasqcheckError('CLUSTER_UNREADABLE', `${path}: Cannot read: ${reason}`, { cause: error })
}

async function loadFile(path: string, node: string | null, order: number, store: FactStore): Promise<void> {
  const { size } = await stat(path).catch((error: unknown) => {
    throw asLoadError(path, error)
  })
  if (size > LARGE_FILE && isJsonObject(await readHead(path))) {
    await loadLargeJson(path, node, order, store)
    return
  }
  if (size > MAX_FILE) throw tooLarge(path)
  const bytes = await readFile(path).catch((error: unknown) => {
    throw asLoadError(path, error)
  })
  const file = { name: path, bytes: archiveKind(bytes) === 'gzip' ? gunzip({ name: path, bytes }) : bytes }
  if (file.bytes.length > LARGE_FILE && isJsonObject(file.bytes)) {
    const reader = new ManifestReader({ file: path, firstLine: 1, quiet: false, ...pathHint(path, node) }, order, store)
    reader.push(file.bytes)
    reader.end()
    return
  }
  for (const piece of await unpack(file, node)) readPiece(piece, order, store)
}

function isJsonObject(bytes: Uint8Array): boolean {
  return /^\s*\{/.test(decodeBytes(bytes.subarray(0, HEAD)) ?? '')
}

async function readHead(path: string): Promise<Uint8Array> {
  const file = await open(path).catch((error: unknown) => {
    throw asLoadError(path, error)
  })
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(HEAD), 0, HEAD, 0)
    return buffer.subarray(0, bytesRead)
  } catch (error) {
    throw asLoadError(path, error)
  } finally {
    await file.close()
  }
}

/** A list too large to hold, such as the pods of a big cluster: read item by item. */
async function loadLargeJson(path: string, node: string | null, order: number, store: FactStore): Promise<void> {
  const section = { file: path, firstLine: 1, quiet: false, ...pathHint(path, node) }
  const reader = new ManifestReader(section, order, store)
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) reader.push(chunk as Uint8Array)
  reader.end()
}

/** The texts a file holds: its own, or those of the archive it is. */
async function unpack(file: ArchiveEntry, node: string | null): Promise<Piece[]> {
  const kind = archiveKind(file.bytes)
  switch (kind) {
    case 'gzip':
      return unpack({ name: file.name, bytes: gunzip(file) }, node)
    case 'zip':
    case 'tar': {
      const entries = await unpackNested(kind === 'zip' ? await readZip(file) : await readTar(file))
      return entries.map((entry) => ({
        ...textPiece({ ...entry, name: `${file.name}:${entry.name}` }, node),
        lenient: true,
      }))
    }
    default:
      return [textPiece(file, node)]
  }
}

/** Bugtool archives inside a sysdump (left packed where the collector could not unpack them). */
async function unpackNested(entries: readonly ArchiveEntry[]): Promise<ArchiveEntry[]> {
  const all: ArchiveEntry[] = []
  for (const entry of entries) {
    let bytes = entry.bytes
    if (archiveKind(bytes) === 'gzip') bytes = gunzip(entry)
    if (archiveKind(bytes) !== 'tar') all.push({ ...entry, bytes })
    else {
      const folder = entry.name.replace(/\.(?:tar|tgz|tar\.gz)$/, '')
      for (const inner of await readTar({ name: entry.name, bytes }))
        all.push({ ...inner, name: `${folder}/${inner.name}` })
    }
  }
  return all
}

function gunzip({ name, bytes }: ArchiveEntry): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED })
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw new MasqcheckError('CLUSTER_LIMIT', `${name}: unpacks to more than ${MAX_UNPACKED / 2 ** 20} MiB`, {
        cause: error,
      })
    }
    const reason = error instanceof Error ? error.message : String(error)
    throw new MasqcheckError('CLUSTER_UNREADABLE', `${name}: Cannot unpack gzip: ${reason}`, { cause: error })
  }
}

function textPiece({ name, bytes }: ArchiveEntry, node: string | null): Piece {
  if (bytes.length > MAX_FILE) throw tooLarge(name)
  const text = decodeBytes(bytes)
  if (text !== undefined) return { file: name, text, node }
  return { file: name, text: '', node, binary: isCapture(bytes) ? 'capture' : 'unknown' }
}

/** First octets of pcap (both byte orders, micro- and nanoseconds) and pcapng. */
const CAPTURE_MAGIC = ['a1b2c3d4', 'd4c3b2a1', 'a1b23c4d', '4d3cb2a1', '0a0d0d0a']

function isCapture(bytes: Uint8Array): boolean {
  const magic = [...bytes.subarray(0, 4)].map((octet) => octet.toString(16).padStart(2, '0')).join('')
  return CAPTURE_MAGIC.includes(magic)
}

function tooLarge(path: string): MasqcheckError {
  const message = `${path}: larger than ${MAX_FILE / 2 ** 20} MiB; give the parts of it that matter as files of their own`
  return new MasqcheckError('CLUSTER_LIMIT', message)
}
