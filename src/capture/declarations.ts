import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import {
  CAPTURES_YAML_NAMES,
  type CaptureDeclaration,
  type CapturesYaml,
  capturesYamlError,
} from './captures-yaml-file.ts'
import { openError } from './source.ts'

/** The `captures.yaml` of a folder, with the files its entries name. */
export interface FolderDeclarations {
  readonly yaml: CapturesYaml
  /** By absolute path; a file in an archive by `/path/archive.zip:inner.pcap`. */
  readonly byPath: ReadonlyMap<string, CaptureDeclaration>
}

/** What holds for a capture: its own entry, or else what is said of its whole folder. */
export interface Declared {
  readonly point: string | null
  readonly cluster: readonly string[]
  readonly timeZone: string | null
  readonly description: string | null
  /** Whether an entry names the capture. */
  readonly isNamed: boolean
}

/** For captures that no `captures.yaml` speaks of. */
export const NOTHING_DECLARED: Declared = {
  point: null,
  cluster: [],
  timeZone: null,
  description: null,
  isNamed: false,
}

/** Reads each `captures.yaml` once. */
export class Declarations {
  readonly #folders = new Map<string, Promise<FolderDeclarations | null>>()

  /**
   * @param folder - As the user named it.
   * @returns `null` where the folder has no `captures.yaml`.
   * @throws {MasqcheckError} `CAPTURES_YAML_BAD`, also for a pattern that matches nothing.
   */
  ofFolder(folder: string): Promise<FolderDeclarations | null> {
    const key = resolve(folder)
    const known = this.#folders.get(key)
    if (known !== undefined) return known
    const read = readDeclarations(folder)
    this.#folders.set(key, read)
    return read
  }

  /**
   * @param key - Of the capture, as in {@link FolderDeclarations.byPath}.
   * @param path - Absolute path of the file it is in.
   * @param root - Absolute path of the outermost folder whose `captures.yaml` may speak of it.
   */
  async ofCapture(key: string, path: string, root: string): Promise<Declared> {
    let fallback: Declared | undefined
    for (let folder = dirname(path); ; folder = dirname(folder)) {
      const found = await this.ofFolder(folder)
      const entry = found?.byPath.get(key)
      if (entry !== undefined) {
        const { point, cluster, timeZone, description } = entry
        return { point, cluster, timeZone, description, isNamed: true }
      }
      if (found !== null) {
        fallback ??= { ...NOTHING_DECLARED, cluster: found.yaml.cluster, timeZone: found.yaml.timeZone }
      }
      if (folder === root || folder === dirname(folder)) return fallback ?? NOTHING_DECLARED
    }
  }
}

async function readDeclarations(folder: string): Promise<FolderDeclarations | null> {
  for (const name of CAPTURES_YAML_NAMES) {
    const path = join(folder, name)
    const text = await readIfThere(path)
    if (text === undefined) continue
    // Most captures have no such file beside them, and its parser is a third of what there is to load.
    const { parseCapturesYaml } = await import('./captures-yaml.ts')
    return resolveDeclarations(parseCapturesYaml(text, path))
  }
  return null
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const missing = openError(path, error)
    if (missing.code === 'CAPTURE_NOT_FOUND') return undefined
    throw missing
  }
}

/** An entry that names a file outright goes before one whose pattern matches it; among patterns the first counts. */
async function resolveDeclarations(yaml: CapturesYaml): Promise<FolderDeclarations> {
  const { glob, isDynamicPattern } = await import('tinyglobby')
  const byPath = new Map<string, CaptureDeclaration>()
  for (const declaration of yaml.captures) {
    if (!isDynamicPattern(declaration.file)) byPath.set(resolve(yaml.folder, declaration.file), declaration)
  }
  for (const declaration of yaml.captures.filter(({ file }) => isDynamicPattern(file))) {
    const matches = await glob(declaration.file, { cwd: yaml.folder, absolute: true, expandDirectories: false })
    if (matches.length === 0) {
      throw capturesYamlError(yaml.path, declaration.line, `No file matches "${declaration.file}": correct the pattern`)
    }
    for (const path of matches.map((each) => resolve(each))) {
      if (!byPath.has(path)) byPath.set(path, declaration)
    }
  }
  return { yaml, byPath }
}
