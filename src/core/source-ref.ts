/** The piece of metadata a fact came from; what the reader opens to check it. */
export interface SourceRef {
  /** Path as the user named it; inside an archive `archive.zip:path/inside`; `--option` for a fact given by hand. */
  readonly file: string
  /** 1-based. Left out where lines mean nothing (one-line JSON). */
  readonly line?: number
}

/** `file:line`, or the file alone. */
export function formatSourceRef(source: SourceRef): string {
  return source.line === undefined ? source.file : `${source.file}:${source.line}`
}
