/** Stable identifiers of what can make an input unusable; a released code is never renamed or reused. */
export type ErrorCode =
  /** No such file, and no file that the pattern matches. */
  | 'CAPTURE_NOT_FOUND'
  /** The system does not let it be read. */
  | 'CAPTURE_UNREADABLE'
  /** Not one octet. */
  | 'CAPTURE_EMPTY'
  /** Neither a capture, nor an archive that holds one. */
  | 'CAPTURE_UNKNOWN_FORMAT'
  /** Damaged so that not one packet could be read; of captures damaged later the rest is read, with a warning. */
  | 'CAPTURE_CORRUPT'
  /** A compressed file or an archive that expands beyond the limits. */
  | 'CAPTURE_LIMIT'
  /** A `captures.yaml` that cannot be understood, or that names captures that are not there; with the line. */
  | 'CAPTURES_YAML_BAD'
  /** The two readers of `--cross-check` read a capture differently. */
  | 'CROSS_CHECK_FAILED'
  | 'CLUSTER_NOT_FOUND'
  | 'CLUSTER_UNREADABLE'
  | 'CLUSTER_BAD_METADATA'
  | 'CLUSTER_LIMIT'
  | 'CONFIG_CONFLICT'
  | 'EXPECTATIONS_BAD'
  | 'WHERE_BAD'
  | 'USAGE'
  | 'OUTPUT_FAILED'

/** Base of every error masqcheck throws on purpose: the input cannot be used, and the message says what to do. */
export class MasqcheckError extends Error {
  override readonly name: string = 'MasqcheckError'
  readonly code: ErrorCode

  /**
   * @param code - Stable identifier, see {@link ErrorCode}.
   * @param message - Sentence case, no full stop; file and place first where there are any, the remedy last.
   */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** A capture cannot be read at all, or not past {@link CaptureError.offset}. */
export class CaptureError extends MasqcheckError {
  override readonly name = 'CaptureError'
  /** The capture as the user named it; `-` is standard input. */
  readonly file: string
  /** Octets from the start of the (decompressed) file; `null` where no place can be named. */
  readonly offset: number | null

  constructor(code: ErrorCode, file: string, message: string, offset: number | null = null, options?: ErrorOptions) {
    super(code, offset === null ? `${file}: ${message}` : `${file}: ${message} (at octet ${offset})`, options)
    this.file = file
    this.offset = offset
  }
}

/** A piece of cluster metadata is of a known kind but malformed. */
export class ClusterMetadataError extends MasqcheckError {
  override readonly name = 'ClusterMetadataError'
  readonly file: string
  /** Place inside the file: a line number, or a path such as `items[3].status.addresses[0].address`. */
  readonly place: string | null

  constructor(file: string, message: string, place: string | null = null, options?: ErrorOptions) {
    super('CLUSTER_BAD_METADATA', place === null ? `${file}: ${message}` : `${file}: ${place}: ${message}`, options)
    this.file = file
    this.place = place
  }
}

/** The command line, or options given to a library function, cannot be carried out. */
export class UsageError extends MasqcheckError {
  override readonly name = 'UsageError'
  constructor(message: string, options?: ErrorOptions) {
    super('USAGE', message, options)
  }
}
