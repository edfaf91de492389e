import tar from 'tar-stream'
import yauzl from 'yauzl'
import { MasqcheckError } from '../core/errors.ts'

/** A file out of an archive, or the archive itself. */
export interface ArchiveEntry {
  /** Path inside the archive. A name, never used as a path of this machine. */
  readonly name: string
  readonly bytes: Uint8Array
}

/** A sysdump of a thousand nodes has some fifty thousand entries. */
const MAX_ENTRIES = 200_000
/** Octets of one entry, unpacked; larger ones (logs, pprof dumps) hold nothing for us and are left out. */
const MAX_ENTRY = 256 * 1024 * 1024
/** Octets of all entries together, unpacked. */
const MAX_TOTAL = 2 * 1024 * 1024 * 1024
/** Text packs 10 to 30 times; repeated octets a thousand times. */
const MAX_RATIO = 200
/** Below this size no ratio is suspicious; octets. */
const RATIO_FLOOR = 1024 * 1024

/** What the first octets say a file is packed as. */
export function archiveKind(bytes: Uint8Array): 'zip' | 'gzip' | 'tar' | null {
  const starts = (...octets: number[]): boolean => octets.every((octet, i) => bytes[i] === octet)
  if (starts(0x50, 0x4b, 3, 4) || starts(0x50, 0x4b, 5, 6)) return 'zip'
  if (starts(0x1f, 0x8b)) return 'gzip'
  const magic = String.fromCharCode(...bytes.subarray(257, 262))
  return magic === 'ustar' ? 'tar' : null
}

/** Keeps count of what an archive unpacks to. */
class Budget {
  private readonly archive: string
  private entries = 0
  private total = 0

  constructor(archive: string) {
    this.archive = archive
  }

  /** @throws {MasqcheckError} `CLUSTER_LIMIT` where the archive holds more than any sysdump does. */
  addEntry(size: number): void {
    this.entries++
    this.total += size
    if (this.entries > MAX_ENTRIES) throw limit(this.archive, `more than ${MAX_ENTRIES} entries`)
    if (this.total > MAX_TOTAL) throw limit(this.archive, `unpacks to more than ${MAX_TOTAL / 2 ** 20} MiB`)
  }
}

function limit(archive: string, what: string): MasqcheckError {
  return new MasqcheckError('CLUSTER_LIMIT', `${archive}: ${what}: unpack it and give the files that matter`)
}

function unreadable(archive: string, kind: string, error: unknown): MasqcheckError {
  if (error instanceof MasqcheckError) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new MasqcheckError('CLUSTER_UNREADABLE', `${archive}: Cannot read ${kind}: ${reason}`, { cause: error })
}

/** Whether an entry can hold metadata: not a folder, not a log or profile. */
function isWanted(name: string, size: number): boolean {
  return !name.endsWith('/') && size <= MAX_ENTRY && !/\.(?:log|pprof|prof|gob|png|db)$|\/logs?\//.test(name)
}

/**
 * Entries of a zip, in memory.
 *
 * @throws {MasqcheckError} `CLUSTER_UNREADABLE` for a broken archive, `CLUSTER_LIMIT` for one that unpacks too far.
 */
export async function readZip(archive: ArchiveEntry): Promise<ArchiveEntry[]> {
  const budget = new Budget(archive.name)
  try {
    // The library refuses absolute names and names that climb out (decodeStrings).
    const zip = await yauzl.fromBufferPromise(asBuffer(archive.bytes), {
      decodeStrings: true,
      validateEntrySizes: true,
    })
    const entries: ArchiveEntry[] = []
    for await (const entry of zip.eachEntry()) {
      const { fileName: name, uncompressedSize: size, compressedSize } = entry
      budget.addEntry(isWanted(name, size) ? size : 0)
      if (!isWanted(name, size)) continue
      if (size > RATIO_FLOOR && size > compressedSize * MAX_RATIO)
        throw limit(archive.name, `"${name}" unpacks ${MAX_RATIO} times or more`)
      entries.push({ name, bytes: await collect(await zip.openReadStreamPromise(entry)) })
    }
    return entries
  } catch (error) {
    throw unreadable(archive.name, 'zip', error)
  }
}

/**
 * Entries of a tar, in memory; links and devices are left out.
 *
 * @throws {MasqcheckError} as {@link readZip}.
 */
export async function readTar(archive: ArchiveEntry): Promise<ArchiveEntry[]> {
  const budget = new Budget(archive.name)
  const entries: ArchiveEntry[] = []
  try {
    const extract = tar.extract()
    extract.end(asBuffer(archive.bytes))
    for await (const entry of extract) {
      const { name, size = 0, type } = entry.header
      budget.addEntry(size)
      if (type === 'file' && isWanted(name, size))
        entries.push({ name: name.replace(/^\.\//, ''), bytes: await collect(entry) })
      else entry.resume()
    }
    return entries
  } catch (error) {
    throw unreadable(archive.name, 'tar', error)
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

async function collect(stream: AsyncIterable<unknown>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks)
}
