import { Readable } from 'node:stream'
import tar, { type Header } from 'tar-stream'
import { CaptureError } from '../../core/errors.ts'
import { detect } from '../detect.ts'
import { InputStream } from '../input-stream.ts'
import { type OctetStream, PeekedStream } from '../octet-stream.ts'
import type { CaptureSource } from '../source.ts'
import type { ArchiveBudget } from './budget.ts'
import { PaddedArchive } from './padded-archive.ts'
import { SpooledFile } from './spool.ts'
import { SpooledSource } from './spooled-source.ts'

/**
 * The files in a tar archive that may be captures. A tar archive has no index, and inside a compression not even places to
 * go back to; so those files are set aside on disk while it is read once.
 *
 * @param stream - The archive, decompressed; it is closed.
 * @param skip - Told of every file that is not set aside, with the reason.
 */
export async function readTar(
  archive: CaptureSource,
  stream: OctetStream,
  budget: ArchiveBudget,
  skip: (name: string, reason: string) => void,
): Promise<CaptureSource[]> {
  const extract = tar.extract()
  // `pipe` would hide what is wrong with the octets behind an error of the archive.
  const padded = new PaddedArchive(stream)
  const input = Readable.from(padded.chunks(), { objectMode: false })
  input.on('error', (error) => extract.destroy(error))
  input.pipe(extract)
  const found: CaptureSource[] = []
  try {
    for await (const entry of extract) {
      budget.addEntry()
      const name = `${archive.name}:${entry.header.name}`
      if (entry.header.type === 'file') {
        const file = padded.file(new InputStream(entry), startOf(entry.header))
        const source = await spoolCapture(name, archive.path, new PeekedStream(file), budget, skip)
        if (source !== undefined) found.push(source)
      }
      if (startOf(entry.header) + (entry.header.size ?? 0) >= padded.end) break
      entry.resume()
    }
    if (padded.failure !== undefined) throw padded.failure
  } catch (error) {
    if (error instanceof CaptureError || found.length === 0) {
      for (const source of found) await source.close()
      throw damaged(archive.name, error)
    }
    skip(archive.name, 'archive-damaged')
  } finally {
    input.destroy()
    await stream.close()
  }
  return found
}

async function spoolCapture(
  name: string,
  path: string | null,
  entry: PeekedStream,
  budget: ArchiveBudget,
  skip: (name: string, reason: string) => void,
): Promise<CaptureSource | undefined> {
  const content = await entry.peek(detect)
  if (content === undefined || content.kind === 'empty' || content.kind === 'other') {
    skip(name, content?.kind === 'empty' ? 'empty' : 'not-a-capture')
    return undefined
  }
  return new SpooledSource(name, path, await SpooledFile.of(entry, (octets) => budget.addSpooled(octets)))
}

/** Octets of the archive in front of a file; the types of the package lack it. */
function startOf(header: Header & { readonly byteOffset?: number }): number {
  return header.byteOffset ?? 0
}

function damaged(name: string, error: unknown): CaptureError {
  if (error instanceof CaptureError) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new CaptureError('CAPTURE_CORRUPT', name, `Cannot read the tar archive: ${reason}`, null, { cause: error })
}
