import { CaptureError } from '../core/errors.ts'
import { decompress } from './compression/decompress.ts'
import type { Reopen } from './compression/recovery.ts'
import { Tape } from './compression/tape.ts'
import { type Archive, type Compression, type Detected, detect } from './detect.ts'
import { type ExpansionLimits, LimitedStream, limitError } from './expansion.ts'
import { type DamagedStream, PeekedStream } from './octet-stream.ts'
import type { CaptureFormat } from './record.ts'
import { type CaptureSource, openError } from './source.ts'

/** A source whose compression is undone and whose content is known. */
export interface OpenedSource {
  /** The decompressed octets from the start. */
  readonly stream: PeekedStream
  /** Compressions undone, outermost first. */
  readonly compression: readonly string[]
  readonly content:
    | { readonly kind: 'capture'; readonly format: CaptureFormat }
    | { readonly kind: 'archive'; readonly archive: Archive }
    | { readonly kind: 'other'; readonly looksLike: string; readonly remedy: string }
    | { readonly kind: 'empty' }
}

/**
 * Opens a source, undoes what it is compressed with and tells from its octets what it holds.
 *
 * @throws {CaptureError} `CAPTURE_NOT_FOUND`, `CAPTURE_UNREADABLE`, `CAPTURE_CORRUPT` where not one octet can be
 * decompressed, `CAPTURE_LIMIT` where compressions are nested too deep.
 */
export async function openSource(source: CaptureSource, limits: ExpansionLimits): Promise<OpenedSource> {
  const compression = [...(source.compression ?? [])]
  const opened = await source.open()
  const tape = source.reopens ? undefined : new Tape(opened)
  let reopen: Reopen = tape === undefined ? () => source.open() : async () => tape.replay()
  let stream = new PeekedStream(tape ?? opened)
  try {
    for (;;) {
      const content = await stream.peek<Detected>(detect)
      if (content === undefined) throw new CaptureError('CAPTURE_UNREADABLE', source.name, 'Cannot read it')
      const isNothing = content.kind === 'empty' || content.kind === 'other'
      if (isNothing && stream.failure !== undefined) {
        throw nothingReadError(source.name, stream.failure)
      }
      if (content.kind !== 'compressed') {
        if (compression.length === 0) tape?.stop()
        return { stream, compression, content }
      }
      if (compression.length === limits.maxDepth) {
        throw limitError(source.name, `Compressed more than ${limits.maxDepth} times over`)
      }
      compression.push(content.compression)
      const plain = await decompress(content.compression, stream, reopen)
      stream = new PeekedStream(new LimitedStream(plain, source.name, limits))
      reopen = reopenInside(reopen, content.compression)
    }
  } catch (error) {
    await stream.close()
    throw error
  }
}

/** Gives the octets inside a compression once more, of what `reopen` gives. */
function reopenInside(reopen: Reopen, compression: Compression): Reopen {
  return async () => {
    const packed = await reopen()
    return packed === undefined ? undefined : decompress(compression, packed, reopen)
  }
}

function nothingReadError(name: string, failure: DamagedStream): CaptureError {
  const { cause } = failure
  if (cause instanceof Error && 'syscall' in cause) return openError(name, cause)
  return new CaptureError('CAPTURE_CORRUPT', name, `Nothing could be read: ${failure.message}`, 0, { cause: failure })
}

/** The error for a source that holds no capture. */
export function noCaptureError(name: string, content: OpenedSource['content']): CaptureError {
  if (content.kind === 'empty') {
    return new CaptureError('CAPTURE_EMPTY', name, 'It is empty (0 octets): nothing was captured, or the copy failed')
  }
  const what =
    content.kind === 'other' ? content.looksLike : `a ${content.kind === 'archive' ? content.archive : ''} archive`
  const remedy = content.kind === 'other' ? content.remedy : 'unpack it first'
  return new CaptureError('CAPTURE_UNKNOWN_FORMAT', name, `It is no capture: it looks like ${what}: ${remedy}`)
}
