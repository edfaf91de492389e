import { resolve } from 'node:path'
import { CaptureError } from '../core/errors.ts'
import { ArchiveBudget } from './archive/budget.ts'
import { type Declarations, type Declared, NOTHING_DECLARED } from './declarations.ts'
import type { ExpansionLimits } from './expansion.ts'
import { noCaptureError, type OpenedSource, openSource } from './open-capture.ts'
import type { CaptureFormat } from './record.ts'
import { type CaptureSource, OpenedInput } from './source.ts'

/** A file that turned out to be a capture. */
export interface Candidate {
  readonly source: CaptureSource
  readonly format: CaptureFormat
  readonly declared: Declared
}

/** How a file came to be looked at. */
export interface Origin {
  /** The user named it, so that it must be a capture. */
  readonly isNamed: boolean
  /** Absolute path of the outermost folder whose `captures.yaml` may speak of it; `null` for standard input. */
  readonly root: string | null
}

/** Looks into files, and into archives in them, for captures. */
export class CandidateProber {
  readonly #declarations: Declarations
  readonly #limits: ExpansionLimits
  readonly #skip: (file: string, reason: string) => void
  readonly #met = new Set<string>()

  constructor(declarations: Declarations, limits: ExpansionLimits, skip: (file: string, reason: string) => void) {
    this.#declarations = declarations
    this.#limits = limits
    this.#skip = skip
  }

  /** Whether a capture of that key was found, see `FolderDeclarations.byPath`. */
  hasMet(key: string): boolean {
    return this.#met.has(key)
  }

  /**
   * @returns The capture that a source is, the captures in the archive that it is, or none.
   * @throws {CaptureError} when the source is named and no capture, and for limits in any case.
   */
  async probe(source: CaptureSource, origin: Origin): Promise<Candidate[]> {
    return this.#probe(source, origin, { budget: new ArchiveBudget(source.name, this.#limits), depth: 0 })
  }

  async #probe(source: CaptureSource, origin: Origin, nesting: Nesting): Promise<Candidate[]> {
    const key = keyOf(source)
    const declared = await this.#declaredOf(source, origin.root)
    const isNamed = origin.isNamed || declared.isNamed
    const opened = await this.#open(source, isNamed)
    if (opened === undefined) return []
    const { content, stream, compression } = opened
    if (content.kind === 'archive') return this.#probeArchive(source, opened, { ...origin, isNamed }, nesting)
    if (content.kind === 'capture') {
      this.#met.add(key)
      if (!source.reopens)
        return [{ source: new OpenedInput(source.name, stream, compression), format: content.format, declared }]
      await stream.close()
      return [{ source, format: content.format, declared }]
    }
    await stream.close()
    await source.close()
    if (isNamed) throw noCaptureError(source.name, content)
    this.#skip(source.name, content.kind === 'empty' ? 'empty' : 'not-a-capture')
    return []
  }

  async #probeArchive(
    source: CaptureSource,
    opened: OpenedSource,
    origin: Origin,
    nesting: Nesting,
  ): Promise<Candidate[]> {
    const { content, stream, compression } = opened
    nesting.budget.checkDepth(nesting.depth + 1)
    const skip = this.#skip
    const members =
      content.kind === 'archive' && content.archive === 'zip'
        ? await (await import('./archive/zip.ts')).readZip(source, stream, nesting.budget, {
            isPlain: compression.length === 0,
            skip,
          })
        : await (await import('./archive/tar.ts')).readTar(source, stream, nesting.budget, skip)
    await source.close()
    const found: Candidate[] = []
    const inside = { ...nesting, depth: nesting.depth + 1 }
    try {
      for (const member of members) {
        found.push(...(await this.#probe(member, { isNamed: false, root: origin.root }, inside)))
      }
    } catch (error) {
      for (const source of [...members, ...found.map((candidate) => candidate.source)]) await source.close()
      throw error
    }
    if (found.length === 0) {
      if (origin.isNamed) throw new CaptureError('CAPTURE_UNKNOWN_FORMAT', source.name, 'The archive holds no capture')
      this.#skip(source.name, 'archive-without-captures')
    }
    return found
  }

  async #open(source: CaptureSource, isNamed: boolean): Promise<OpenedSource | undefined> {
    try {
      return await openSource(source, this.#limits)
    } catch (error) {
      if (isNamed || !(error instanceof CaptureError) || error.code === 'CAPTURE_LIMIT') throw error
      await source.close()
      this.#skip(source.name, 'unreadable')
      return undefined
    }
  }

  async #declaredOf(source: CaptureSource, root: string | null): Promise<Declared> {
    if (source.path === null || root === null) return NOTHING_DECLARED
    return this.#declarations.ofCapture(keyOf(source), resolve(source.path), root)
  }
}

/** How deep in archives a file is, and what they may come to. */
interface Nesting {
  readonly budget: ArchiveBudget
  readonly depth: number
}

/** Absolute path of a file; of one in an archive, the archive's and the way inside. */
function keyOf(source: CaptureSource): string {
  return source.path === null ? source.name : resolve(source.path) + source.name.slice(source.path.length)
}
