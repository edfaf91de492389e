import { Decompress } from 'fzstd'
import xxhash, { type XXHashAPI } from 'xxhash-wasm'
import { DamagedStream, type OctetStream } from '../octet-stream.ts'
import { OctetPuller } from './octet-puller.ts'

const FRAME_MAGIC = 0xfd2fb528
/** Of frames with user data, which are passed over; the low four bits are free. */
const SKIPPABLE_MAGIC = 0x184d2a50

// Bits of the frame header descriptor, RFC 8878 §3.1.1.1.1.
const SINGLE_SEGMENT = 0x20
const CONTENT_CHECKSUM = 0x04
const DICTIONARY_ID = 0x03
const MAX_FRAME_HEADER = 14

/** Farther back the package cannot reach. A frame that asks for more memory than this is not given it. */
const MAX_WINDOW = 32 * 1024 * 1024

const BLOCK_HEADER_LENGTH = 3
const BLOCK_RUN = 1
const BLOCK_RESERVED = 3
const MAX_BLOCK_LENGTH = 128 * 1024

/**
 * Undoes zstd through the package fzstd, handing it one block at a time: so what a few octets expand to stays bounded,
 * and so does the window, whose length a frame may claim at will. The package verifies no checksums.
 *
 * @see RFC 8878 §3.1
 */
export async function* zstdPieces(stream: OctetStream): AsyncGenerator<Uint8Array, void> {
  const input = new OctetPuller(stream, 'zstd')
  const hash = await xxhash()
  while (!(await input.atEnd())) {
    const magic = numberOf(await input.take(4))
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) await input.skip(numberOf(await input.take(4)))
    else if (magic === FRAME_MAGIC) yield* frame(input, hash)
    else throw new DamagedStream('the zstd data is damaged: no frame where one should begin', false)
  }
}

async function* frame(input: OctetPuller, hash: XXHashAPI): AsyncGenerator<Uint8Array, void> {
  const descriptor = await input.take(1)
  const flags = descriptor[0] ?? 0
  const rest = await input.take(restOfHeader(flags))
  checkWindow(flags, rest)
  const isChecked = (flags & CONTENT_CHECKSUM) !== 0
  const pieces: Uint8Array[] = []
  const content = hash.create64()
  const decoder = new Decompress((piece) => pieces.push(piece))
  decoder.push(concat(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd), descriptor, rest))
  for (let last = false; !last; ) {
    const header = await input.take(BLOCK_HEADER_LENGTH)
    const fields = (header[0] ?? 0) | ((header[1] ?? 0) << 8) | ((header[2] ?? 0) << 16)
    const type = (fields >> 1) & 3
    const length = fields >>> 3
    last = (fields & 1) !== 0
    if (type === BLOCK_RESERVED || length > MAX_BLOCK_LENGTH) {
      throw new DamagedStream(`the zstd data is damaged: a block of ${length} octets`, false)
    }
    const block = await input.take(type === BLOCK_RUN ? 1 : length)
    decoder.push(concat(header, block))
    for (const piece of pieces.splice(0)) {
      if (isChecked) content.update(piece)
      yield piece
    }
  }
  if (isChecked && numberOf(await input.take(4)) !== Number(content.digest() & 0xffffffffn)) {
    throw new DamagedStream('the zstd data is damaged: the checksum of its content does not fit', false)
  }
}

/** Octets of the frame header behind the descriptor. */
function restOfHeader(flags: number): number {
  const dictionary = [0, 1, 2, 4][flags & DICTIONARY_ID] ?? 0
  const singleSegment = (flags & SINGLE_SEGMENT) !== 0
  const contentSize = [singleSegment ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0
  return Math.min((singleSegment ? 0 : 1) + dictionary + contentSize, MAX_FRAME_HEADER)
}

function checkWindow(flags: number, rest: Uint8Array): void {
  const window = (flags & SINGLE_SEGMENT) !== 0 ? contentSize(flags, rest) : windowOf(rest[0] ?? 0)
  if (window <= MAX_WINDOW) return
  const most = MAX_WINDOW / 2 ** 20
  throw new DamagedStream(
    `the zstd data needs a window of ${window} octets, more than ${most} MiB: Node 22.15 or later reads up to 128`,
    false,
  )
}

/** RFC 8878 §3.1.1.1.2. */
function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3))
  return base + (base / 8) * (descriptor & 7)
}

/** Of a frame in a single segment the window is the content, RFC 8878 §3.1.1.1.4. */
function contentSize(flags: number, rest: Uint8Array): number {
  const octets = rest.subarray([0, 1, 2, 4][flags & DICTIONARY_ID] ?? 0)
  const size = octets.reduceRight((sum, octet) => sum * 256 + octet, 0)
  return octets.length === 2 ? size + 256 : size
}

function numberOf(octets: Uint8Array): number {
  return new DataView(octets.buffer, octets.byteOffset).getUint32(0, true)
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
