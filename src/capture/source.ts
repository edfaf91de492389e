import { CaptureError } from '../core/errors.ts'
import { FileStream } from './file-stream.ts'
import type { OctetStream } from './octet-stream.ts'

/** Something that holds one capture: a file, standard input, a file in an archive. */
export interface CaptureSource {
  /** As the user named it, `-` for standard input, `archive.zip:inner.pcap` inside archives. */
  readonly name: string
  /** Path on this machine: of the file itself, or of the archive around it; `null` for standard input. */
  readonly path: string | null
  /** Stored size in octets, `null` where it is not known. */
  readonly size: number | null
  /** Whether it can be opened more than once. */
  readonly reopens: boolean
  /** Compressions that {@link open} has undone already, outermost first. */
  readonly compression?: readonly string[]
  /**
   * Begins to read it.
   *
   * @throws {CaptureError} `CAPTURE_NOT_FOUND`, `CAPTURE_UNREADABLE`.
   */
  open(): Promise<OctetStream>
  /** Releases what it holds between readings. */
  close(): Promise<void>
}

/** A file of this machine. */
export class FileSource implements CaptureSource {
  readonly name: string
  readonly path: string
  readonly size: number | null
  readonly reopens = true

  constructor(path: string, size: number | null = null, name: string = path) {
    this.path = path
    this.name = name
    this.size = size
  }

  async open(): Promise<OctetStream> {
    try {
      return await FileStream.open(this.path)
    } catch (error) {
      throw openError(this.name, error)
    }
  }

  async close(): Promise<void> {}
}

/** Standard input: opened and looked at already, read once. */
export class OpenedInput implements CaptureSource {
  readonly name: string
  readonly path = null
  readonly size = null
  readonly reopens = false
  readonly compression: readonly string[]
  readonly #stream: OctetStream

  /**
   * @param stream - From the first octet on.
   * @param compression - What was undone to make the stream, outermost first.
   */
  constructor(name: string, stream: OctetStream, compression: readonly string[] = []) {
    this.name = name
    this.compression = compression
    this.#stream = stream
  }

  async open(): Promise<OctetStream> {
    return this.#stream
  }

  close(): Promise<void> {
    return this.#stream.close()
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission to read it: run with the rights of its owner, or change its mode',
  EPERM: 'no permission to read it: run with the rights of its owner, or change its mode',
  EISDIR: 'it is a folder',
  ELOOP: 'too many symbolic links',
  EMFILE: 'too many open files',
}

/** The error of the system on opening a file, as one of ours. */
export function openError(name: string, error: unknown): CaptureError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new CaptureError('CAPTURE_NOT_FOUND', name, 'No such file: check the path', null, { cause: error })
  }
  const reason = REASONS[code] ?? (error instanceof Error ? error.message : String(error))
  return new CaptureError('CAPTURE_UNREADABLE', name, `Cannot open it: ${reason}`, null, { cause: error })
}
