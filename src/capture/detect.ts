import { describeOctets } from './looks-like.ts'
import { isPcapMagic } from './pcap-header.ts'
import { BlockType, BYTE_ORDER_MAGIC } from './pcapng/block-types.ts'
import type { CaptureFormat } from './record.ts'
import { sniffTcpdumpText } from './tcpdump-text.ts'

/** Ways to compress that are undone on reading. */
export type Compression = 'gzip' | 'zstd' | 'xz' | 'lz4' | 'bzip2'
/** Archives that are looked into. */
export type Archive = 'zip' | 'tar'

/** What octets turned out to be. */
export type Detected =
  | { readonly kind: 'capture'; readonly format: CaptureFormat }
  | { readonly kind: 'compressed'; readonly compression: Compression }
  | { readonly kind: 'archive'; readonly archive: Archive }
  /** Not one octet. */
  | { readonly kind: 'empty' }
  /** `looksLike` is what it seems to be instead, such as `JSON`, and `remedy` what to do about it. */
  | { readonly kind: 'other'; readonly looksLike: string; readonly remedy: string }

/** Octets from the start of a file that tell what it is; less is enough where the file is shorter. */
export const DETECT_LENGTH: number = 64 * 1024

const COMPRESSIONS: readonly (readonly [Compression, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b, 0x08]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  ['bzip2', [0x42, 0x5a, 0x68]],
]
/** Local file header, or the end record of an archive without files. */
const ZIP_STARTS: readonly (readonly number[])[] = [
  [0x50, 0x4b, 0x03, 0x04],
  [0x50, 0x4b, 0x05, 0x06],
]
/** `ustar`, in POSIX and GNU archives alike. */
const TAR_MAGIC: readonly number[] = [0x75, 0x73, 0x74, 0x61, 0x72]
const TAR_MAGIC_AT = 257
const MAGIC_LENGTH = 12

/**
 * Tells from octets alone what a file is.
 *
 * @param start - First octets of the file.
 * @param complete - True when these are all octets of the file.
 * @returns `undefined` where more octets must be seen first; never when there are {@link DETECT_LENGTH}.
 */
export function detect(start: Uint8Array, complete: boolean): Detected | undefined {
  if (start.length === 0) return complete ? { kind: 'empty' } : undefined
  const binary = detectBinary(start)
  if (binary !== undefined) return binary
  const enough = complete || start.length >= DETECT_LENGTH
  if (start.length < MAGIC_LENGTH && !enough) return undefined
  if (hasAt(start, TAR_MAGIC, TAR_MAGIC_AT)) return { kind: 'archive', archive: 'tar' }
  if (sniffTcpdumpText(start)) return { kind: 'capture', format: 'text' }
  return enough ? { kind: 'other', ...describeOctets(start) } : undefined
}

function detectBinary(start: Uint8Array): Detected | undefined {
  for (const [compression, magic] of COMPRESSIONS) {
    if (hasAt(start, magic, 0)) return { kind: 'compressed', compression }
  }
  if (ZIP_STARTS.some((magic) => hasAt(start, magic, 0))) return { kind: 'archive', archive: 'zip' }
  if (start.length < 4) return undefined
  const view = new DataView(start.buffer, start.byteOffset, start.length)
  const magic = view.getUint32(0)
  if (isPcapMagic(magic) || isPcapMagic(view.getUint32(0, true))) return { kind: 'capture', format: 'pcap' }
  if (magic !== BlockType.SectionHeader)
    return isSkippableZstd(view) ? { kind: 'compressed', compression: 'zstd' } : undefined
  if (start.length < MAGIC_LENGTH) return undefined
  const isPcapng = view.getUint32(8) === BYTE_ORDER_MAGIC || view.getUint32(8, true) === BYTE_ORDER_MAGIC
  return isPcapng ? { kind: 'capture', format: 'pcapng' } : undefined
}

/** zstd files may begin with a frame of user data, RFC 8878 §3.1.2. */
function isSkippableZstd(view: DataView): boolean {
  return view.getUint32(0, true) >>> 4 === 0x184d2a5
}

function hasAt(octets: Uint8Array, magic: readonly number[], at: number): boolean {
  return octets.length >= at + magic.length && magic.every((octet, i) => octets[at + i] === octet)
}
