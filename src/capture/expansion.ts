import { CaptureError } from '../core/errors.ts'
import { type OctetStream, StreamOver } from './octet-stream.ts'

/** How much packed input may expand to, against files made to fill a machine. */
export interface ExpansionLimits {
  /** Octets out of one packed file. */
  readonly maxOctets: number
  /** Octets out per octet in; counts once a GiB has come out, for captures of test traffic pack well. */
  readonly maxRatio: number
  /** Files in one archive, and files in one folder. */
  readonly maxEntries: number
  /** Compressions and archives inside one another. */
  readonly maxDepth: number
  /** Octets of an archive that have to be put on disk because the archive itself is compressed or comes from a pipe. */
  readonly maxSpool: number
}

const GIB = 2 ** 30

export const DEFAULT_EXPANSION_LIMITS: ExpansionLimits = {
  maxOctets: 1024 * GIB,
  maxRatio: 1000,
  maxEntries: 100_000,
  maxDepth: 4,
  maxSpool: 64 * GIB,
}

/** Octets below which a ratio says nothing. */
const RATIO_FLOOR = GIB

/** The error for an input that goes beyond a limit. */
export function limitError(file: string, what: string): CaptureError {
  return new CaptureError('CAPTURE_LIMIT', file, `${what}: unpack it yourself, or raise the limit`)
}

/** A decompressed stream that may not expand without end. */
export class LimitedStream extends StreamOver {
  readonly #file: string
  readonly #limits: ExpansionLimits
  #octets = 0

  /** @param stream - Decompressed, with the octets read from storage as its `bytesRead`. */
  constructor(stream: OctetStream, file: string, limits: ExpansionLimits) {
    super(stream)
    this.#file = file
    this.#limits = limits
  }

  /** @throws {CaptureError} `CAPTURE_LIMIT` beyond the limits. */
  override async read(): Promise<Uint8Array | undefined> {
    const chunk = await this.inner.read()
    if (chunk === undefined) return undefined
    this.#octets += chunk.length
    const { maxOctets, maxRatio } = this.#limits
    if (this.#octets > maxOctets) throw limitError(this.#file, `Expands to more than ${maxOctets} octets`)
    if (this.#octets > RATIO_FLOOR && this.#octets > maxRatio * this.bytesRead) {
      throw limitError(this.#file, `Expands to more than ${maxRatio} times its size`)
    }
    return chunk
  }
}
