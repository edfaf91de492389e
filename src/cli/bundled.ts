import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { cachedDataVersionTag } from 'node:v8'
import { Script } from 'node:vm'

/** What the bundle of the command line exports. */
type Bundle = typeof import('./main.ts')

/** The bundle, run; and what keeps its compiled code for the next start. */
export interface Bundled {
  readonly exports: Bundle
  /** Writes the code compiled so far beside the bundle. */
  saveCode(): void
}

/**
 * Loads the command line, bundled as a function of CommonJS' five names, with the compiled code kept beside it: compiling took most of
 * the time of a small run. V8 refuses code that other flags made, and code of a source of another length; but it takes, and
 * crashes on, code of another build of Node with the same V8. So each build has its own file, and without one the bundle is
 * compiled as any module is.
 *
 * @param file - Absolute path.
 * @throws {Error} Where the bundle cannot be read.
 */
export function loadBundle(file: string): Bundled {
  const codeFile = `${file}.${buildOfNode()}.code`
  const cachedData = readIfThere(codeFile)
  // The bundle is ASCII, which V8 takes as it is when it is read as Latin-1.
  const script = new Script(readFileSync(file, 'latin1'), {
    filename: file,
    ...(cachedData === undefined ? {} : { cachedData }),
  })
  const module = { exports: {} as Bundle }
  script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file))
  return { exports: module.exports, saveCode: () => writeFileSync(codeFile, script.createCachedData()) }
}

function buildOfNode(): string {
  const { version, platform, arch, execPath } = process
  // Builds of one release differ, by distribution, and the size of their program with them.
  return [version, platform, arch, cachedDataVersionTag(), statSync(execPath).size].join('-')
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}
