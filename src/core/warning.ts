import { formatSourceRef, type SourceRef } from './source-ref.ts'

/** Something the reader must know that did not stop the work: damage survived, an assumption made, input set aside. */
export interface Warning {
  /** kebab-case, stable: `capture-truncated`, `time-zone-assumed`, `point-assumed`, `flows-evicted` … */
  readonly code: string
  /** Capture or metadata file concerned; `null` for the run as a whole. */
  readonly file: string | null
  /** Octets from the start of the (decompressed) file. */
  readonly offset?: number
  /** 1-based line of a text input. */
  readonly line?: number
  /** A sentence with what was found, what was expected and what was done about it. Holds untrusted text: escape on output. */
  readonly message: string
}

/** The warning with the place of metadata that it is of, which its message then begins with. @param source - `null` where there is none. */
export function warningAt(source: SourceRef | null, { code, message }: Pick<Warning, 'code' | 'message'>): Warning {
  if (source === null) return { code, file: null, message }
  const { file, line } = source
  return { code, file, ...(line === undefined ? {} : { line }), message: `${formatSourceRef(source)}: ${message}` }
}
