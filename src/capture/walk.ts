import { readdir, realpath, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { compareNaturally } from '../core/natural-order.ts'
import { CAPTURES_YAML_NAMES } from './captures-yaml-file.ts'
import { limitError } from './expansion.ts'
import { openError } from './source.ts'

/** See {@link walkFolder}. */
export interface WalkOptions {
  /** Files at most. */
  readonly maxEntries: number
  /** Told of every file and folder that is left out, with the reason. */
  readonly skip: (name: string, reason: string) => void
  /** Absolute paths of files and folders to leave out, told on entering a folder: its cluster metadata. */
  readonly exclude: (folder: string) => Promise<readonly string[]>
}

/** A file found in a folder. */
export interface FoundFile {
  /** The folder's path as the user named it, and the way from there. */
  readonly path: string
  readonly size: number
}

/**
 * The files in a folder and the folders in it, in natural order of their names. Links are followed, each folder once.
 *
 * @throws {CaptureError} `CAPTURE_UNREADABLE` when the folder itself cannot be read, `CAPTURE_LIMIT` for too many files.
 */
export async function walkFolder(folder: string, options: WalkOptions): Promise<FoundFile[]> {
  const found: FoundFile[] = []
  const seen = new Set<string>()
  const excluded = new Set<string>()
  const walk = async (at: string): Promise<void> => {
    const real = await realpath(at)
    if (seen.has(real)) return
    seen.add(real)
    for (const path of await options.exclude(at)) excluded.add(path)
    const names = (await readdir(at)).sort(compareNaturally)
    for (const name of names) await visit(join(at, name), name)
  }
  const visit = async (path: string, name: string): Promise<void> => {
    if (CAPTURES_YAML_NAMES.includes(name)) return
    if (name.startsWith('.')) return options.skip(path, 'hidden')
    try {
      if (excluded.has(resolve(path))) return options.skip(path, 'cluster-metadata')
      const stats = await stat(path)
      if (stats.isDirectory()) return await walk(path)
      if (!stats.isFile()) return options.skip(path, 'not-a-file')
      if (found.length === options.maxEntries) throw limitError(folder, `Holds more than ${options.maxEntries} files`)
      found.push({ path, size: stats.size })
    } catch (error) {
      if (!isSystemError(error)) throw error
      options.skip(path, 'unreadable')
    }
  }
  try {
    await walk(folder)
  } catch (error) {
    throw isSystemError(error) ? openError(folder, error) : error
  }
  return found
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}
