import { ClusterMetadataError } from '../core/errors.ts'
import { pathHint } from './bugtool.ts'
import { cleanText } from './decode-text.ts'
import type { FactStore, InputEntry, NodeHint } from './facts.ts'
import { TEXT_FORMATS } from './formats/registry.ts'
import { describeUnrecognised } from './formats/unrecognised.ts'
import { formatTaken } from './input-note.ts'
import { ManifestReader } from './read-manifest.ts'
import { readYamlSection } from './read-yaml.ts'
import type { Section } from './section.ts'
import { splitTranscript } from './transcript.ts'

/** A text of cluster metadata and what is known of where it came from. */
export interface Piece {
  /** Path as the user named it; inside an archive `archive.zip:path/inside`. */
  readonly file: string
  readonly text: string
  /** Node the piece belongs to, where the user said so (`node=path`). */
  readonly node?: string | null
  /** Set where the octets are no text. */
  readonly binary?: 'capture' | 'unknown'
  /** Malformed content becomes a warning instead of an error: for the many files of an archive. */
  readonly lenient?: boolean
}

/** Reads pieces into the store. They are read in the order of their names, so that the order given changes nothing. */
export function readPieces(pieces: readonly Piece[], store: FactStore): void {
  const ordered = pieces.map((piece, order) => ({ piece, order }))
  ordered.sort((a, b) => (a.piece.file === b.piece.file ? a.order - b.order : a.piece.file < b.piece.file ? -1 : 1))
  for (const { piece, order } of ordered) readPiece(piece, order, store)
}

/** Reads one piece; `order` is its place among the inputs. */
export function readPiece(piece: Piece, order: number, store: FactStore): void {
  if (piece.binary !== undefined) {
    readBinary(piece, order, store)
    return
  }
  const { hint, command } = pathHint(piece.file, piece.node ?? null)
  const text = cleanText(piece.text)
  if (/(?:^|[/:])hostname\.md$/.test(piece.file) && hint.folder !== null) {
    store.folderHosts.set(hint.folder, text.trim())
    store.inputs.push({
      file: piece.file,
      order,
      kind: 'hostname',
      node: text.trim(),
      note: 'host name of the bugtool folder',
    })
    return
  }
  const sections = splitTranscript({ file: piece.file, text, hint, command, quiet: isQuiet(piece, hint) })
  if (sections.length === 0) readEmpty(piece, text, order, store)
  for (const section of sections) {
    try {
      readSection(section, order, store)
    } catch (error) {
      if (!(error instanceof ClusterMetadataError) || !piece.lenient) throw error
      store.inputs.push({ file: piece.file, order, kind: 'unreadable', node: null, note: error.message })
      store.warnings.push({ code: 'metadata-unreadable', file: piece.file, message: `${error.message}; not used` })
    }
  }
}

function readBinary({ file, binary, lenient }: Piece, order: number, store: FactStore): void {
  const isCapture = binary === 'capture'
  const note = isCapture ? 'recognised, not used: it is a capture, not metadata' : 'not recognised, not used: no text'
  store.inputs.push({ file, order, kind: isCapture ? 'capture' : 'unrecognised', node: null, note })
  if (!isCapture && !lenient) store.warnings.push({ code: 'metadata-unrecognised', file, message: `${file}: ${note}` })
}

/** Archives and bugtool folders hold a hundred files that are nothing to us. */
function isQuiet({ lenient }: Piece, { folder }: NodeHint): boolean {
  return lenient === true || folder !== null
}

/** A file without octets says one thing in one place: the ip-masq-agent's own file (cilium-masquerade §3.2). */
function readEmpty(piece: Piece, text: string, order: number, store: FactStore): void {
  const { file } = piece
  if (text === '' && /(?:^|[/:])[^/]*ip-?masq-?agent[^/]*$/i.test(file)) {
    store.masqFiles.push({ text: '', origin: 'file', key: null, firstLine: null, source: { file } })
    store.inputs.push({ file, order, kind: 'ip-masq-agent', node: null, note: 'an empty ip-masq-agent file' })
    return
  }
  const note = 'empty: the command printed nothing, or only errors'
  store.inputs.push({ file, order, kind: 'empty', node: null, note })
  if (!isQuiet(piece, pathHint(file, null).hint))
    store.warnings.push({ code: 'metadata-empty', file, message: `${file}: ${note}` })
}

/** JSON cannot be taken for the counters of `iptables-save -c`. */
const LOOKS_LIKE_JSON = /^\s*(?:\{|\[(?!\d+:\d+\]\s+-[A-Z]))/

/** What every Kubernetes manifest in YAML has in its first column. */
const LOOKS_LIKE_MANIFEST = /^(?:apiVersion|items): ?/m

function readSection(section: Section, order: number, store: FactStore): void {
  const entry: InputEntry = { file: section.file, order, kind: 'unrecognised', node: null, note: '' }
  if (section.text.trim() === '') {
    store.inputs.push({ ...entry, kind: 'empty', note: `"${section.command}" printed nothing` })
    return
  }
  if (LOOKS_LIKE_JSON.test(section.text)) {
    const reader = new ManifestReader(section, order, store)
    reader.push(new TextEncoder().encode(section.text))
    reader.end()
    return
  }
  if (LOOKS_LIKE_MANIFEST.test(section.text)) {
    readYamlSection(section, order, store)
    return
  }
  const format = TEXT_FORMATS.find((candidate) => candidate.matches(section))
  if (format !== undefined) {
    store.inputs.push(entry)
    const outcome = format.read(section, store, entry)
    entry.kind = outcome.kind
    entry.note = formatTaken(outcome)
    return
  }
  if (readYamlSection(section, order, store)) return
  const { kind, note, warn } = describeUnrecognised(section)
  store.inputs.push({ ...entry, kind, note })
  if (warn)
    store.warnings.push({
      code: 'metadata-unrecognised',
      file: section.file,
      line: section.firstLine,
      message: `${section.file}: ${note}`,
    })
}
