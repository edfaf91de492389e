import type { Readable } from 'node:stream'
import yauzl, { type Entry, type ZipFile } from 'yauzl'
import { CaptureError } from '../../core/errors.ts'
import { inflateRaw } from '../compression/gzip.ts'
import { RecoveringStream } from '../compression/recovery.ts'
import { limitError } from '../expansion.ts'
import { InputStream } from '../input-stream.ts'
import type { OctetStream } from '../octet-stream.ts'
import { type CaptureSource, FileSource } from '../source.ts'
import type { ArchiveBudget } from './budget.ts'
import { CheckedEntry } from './checked-entry.ts'
import { SpooledFile } from './spool.ts'

/** Octets out per octet in beyond which a large entry is a bomb; deflate cannot do more than 1032. */
const RATIO_FLOOR = 2 ** 30

/** Compression method of APPNOTE.TXT §4.4.5; the only other one that is read is none. */
const DEFLATED = 8

/** Names are labels here and never paths of this machine, so that nothing is wrong with `../x`. */
const OPTIONS = { autoClose: false, lazyEntries: true, decodeStrings: false, validateEntrySizes: true } as const

/**
 * The files in a zip archive. They are read where they lie; an archive that is compressed itself, or comes from a pipe,
 * is first set aside on disk, for a zip archive begins at its end.
 *
 * @param stream - The archive, decompressed; it is closed.
 * @param skip - Told of every file that cannot be read, with the reason.
 */
export async function readZip(
  archive: CaptureSource,
  stream: OctetStream,
  budget: ArchiveBudget,
  options: { readonly isPlain: boolean; readonly skip: (name: string, reason: string) => void },
): Promise<CaptureSource[]> {
  const zip = await openZip(archive, stream, budget, options.isPlain)
  const sources: ZipEntrySource[] = []
  try {
    for await (const entry of zip.file.eachEntry()) {
      budget.addEntry()
      const name = `${archive.name}:${nameOf(entry)}`
      if (name.endsWith('/')) continue
      if (entry.isEncrypted()) options.skip(name, 'encrypted')
      else if (!entry.canDecodeFileData()) options.skip(name, 'unknown-compression')
      else sources.push(new ZipEntrySource(name, archive.path, zip, checkRatio(name, entry, budget)))
    }
  } catch (error) {
    for (const source of sources) await source.close()
    await zip.release()
    throw damaged(archive.name, error)
  }
  // Every entry now holds the archive open.
  await zip.release()
  return sources
}

/** An open archive, shared by the entries that are still to be read. */
class SharedZip {
  readonly file: ZipFile
  readonly #spooled: SpooledFile | undefined
  #users = 1

  constructor(file: ZipFile, spooled?: SpooledFile) {
    this.file = file
    this.#spooled = spooled
  }

  retain(): void {
    this.#users++
  }

  async release(): Promise<void> {
    this.#users--
    if (this.#users > 0) return
    // Closing the archive would close a spooled file under its owner.
    if (this.#spooled === undefined) this.file.close()
    else await this.#spooled.release()
  }
}

class ZipEntrySource implements CaptureSource {
  readonly name: string
  readonly path: string | null
  readonly size: number
  readonly reopens = true
  readonly #zip: SharedZip
  readonly #entry: Entry
  #closed = false

  constructor(name: string, path: string | null, zip: SharedZip, entry: Entry) {
    this.name = name
    this.path = path
    this.size = entry.uncompressedSize
    this.#zip = zip
    this.#entry = entry
    zip.retain()
  }

  async open(): Promise<OctetStream> {
    const { compressionMethod, crc32, uncompressedSize } = this.#entry
    const stored = await this.#openStored()
    const isDeflated = compressionMethod === DEFLATED
    const plain = isDeflated ? new RecoveringStream(stored, inflateRaw, () => this.#openStored()) : stored
    return new CheckedEntry(plain, { size: uncompressedSize, checksum: crc32 })
  }

  /** The octets as they lie in the archive. */
  async #openStored(): Promise<OctetStream> {
    let stream: Readable
    try {
      stream = await this.#zip.file.openReadStreamPromise(this.#entry, { decodeFileData: false })
    } catch (error) {
      throw damaged(this.name, error)
    }
    return new InputStream(stream, this.#entry.compressedSize)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#zip.release()
  }
}

async function openZip(
  archive: CaptureSource,
  stream: OctetStream,
  budget: ArchiveBudget,
  isPlain: boolean,
): Promise<SharedZip> {
  try {
    if (isPlain && archive instanceof FileSource) return new SharedZip(await yauzl.openPromise(archive.path, OPTIONS))
    const spooled = await SpooledFile.of(stream, (octets) => budget.addSpooled(octets))
    try {
      return new SharedZip(await yauzl.fromFdPromise(spooled.handle.fd, OPTIONS), spooled)
    } catch (error) {
      await spooled.release()
      throw error
    }
  } catch (error) {
    throw damaged(archive.name, error)
  } finally {
    await stream.close()
  }
}

function nameOf(entry: Entry): string {
  return yauzl.getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false)
}

function checkRatio(name: string, entry: Entry, { limits }: ArchiveBudget): Entry {
  const { uncompressedSize, compressedSize } = entry
  if (uncompressedSize > limits.maxOctets) throw limitError(name, `Expands to more than ${limits.maxOctets} octets`)
  if (uncompressedSize > RATIO_FLOOR && uncompressedSize > limits.maxRatio * compressedSize) {
    throw limitError(name, `Expands to more than ${limits.maxRatio} times its size`)
  }
  return entry
}

function damaged(name: string, error: unknown): CaptureError {
  if (error instanceof CaptureError) return error
  const message = error instanceof Error ? error.message : String(error)
  // A zip archive has its table of contents at its end, which a download that was cut lacks.
  const reason = message.startsWith('End of central directory')
    ? 'it ends before its table of contents: download it again, or rescue what is there (zip -FF cut.zip --out whole.zip)'
    : message
  return new CaptureError('CAPTURE_CORRUPT', name, `Cannot read the zip archive: ${reason}`, null, { cause: error })
}
