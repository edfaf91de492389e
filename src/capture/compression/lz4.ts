import { Buffer } from 'node:buffer'
import { uncompressSync } from 'lz4-napi'
import xxhash, { type XXHashAPI } from 'xxhash-wasm'
import { DamagedStream, type OctetStream } from '../octet-stream.ts'
import { soundStart } from './lz4-block.ts'
import { OctetPuller } from './octet-puller.ts'
import { PieceStream } from './piece-stream.ts'

const FRAME_MAGIC = 0x184d2204
/** Of frames with user data, which are passed over; the low four bits are free. */
const SKIPPABLE_MAGIC = 0x184d2a50

// Bits of the frame descriptor's flag octet.
const FLAG_BLOCK_CHECKSUMS = 0x10
const FLAG_INDEPENDENT_BLOCKS = 0x20
const FLAG_CONTENT_SIZE = 0x08
const FLAG_CONTENT_CHECKSUM = 0x04
const FLAG_DICTIONARY = 0x01
const VERSION = 0x40
const VERSION_MASK = 0xc0

/** Top bit of a block's size: the block is stored as it is. */
const STORED = 0x8000_0000
/** Matches reach this far back, in octets. */
const HISTORY = 64 * 1024

/**
 * Undoes LZ4, of any number of frames. The package decodes blocks; the frame around them is read here, because the package
 * reads whole frames only, of whatever size.
 *
 * @see https://github.com/lz4/lz4/blob/v1.9.4/doc/lz4_Frame_format.md
 */
export function unlz4(input: OctetStream): OctetStream {
  return new PieceStream(input, frames(new OctetPuller(input, 'lz4')), 'lz4')
}

async function* frames(input: OctetPuller): AsyncGenerator<Uint8Array, void> {
  const hash = await xxhash()
  while (!(await input.atEnd())) {
    const magic = await takeNumber(input)
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) await input.skip(await takeNumber(input))
    else if (magic === FRAME_MAGIC) yield* blocks(input, hash)
    else throw new DamagedStream('the lz4 data is damaged: no frame where one should begin', false)
  }
}

async function* blocks(input: OctetPuller, hash: XXHashAPI): AsyncGenerator<Uint8Array, void> {
  const { flags, maxLength } = await takeDescriptor(input, hash)
  const content = hash.create32()
  let history: Buffer | undefined
  for (;;) {
    const size = await takeNumber(input)
    if (size === 0) break
    const length = size & ~STORED
    if (length > maxLength) throw new DamagedStream(`the lz4 data is damaged: a block of ${length} octets`, false)
    const block = await input.takeAvailable(length)
    const isStored = size >= STORED
    if (block.length < length) {
      yield isStored ? block : soundStart(block, maxLength, history)
      throw new DamagedStream('the lz4 data ends early', true)
    }
    if ((flags & FLAG_BLOCK_CHECKSUMS) !== 0) {
      expectChecksum(await takeNumber(input), hash.h32Raw(block), 'block')
    }
    let output: Buffer
    try {
      output = isStored ? Buffer.from(block.buffer) : decodeBlock(block, maxLength, history)
    } catch (error) {
      yield soundStart(block, maxLength, history)
      throw error
    }
    if ((flags & FLAG_INDEPENDENT_BLOCKS) === 0) history = lastOctets(history, output)
    if ((flags & FLAG_CONTENT_CHECKSUM) !== 0) content.update(output)
    yield output
  }
  if ((flags & FLAG_CONTENT_CHECKSUM) !== 0) expectChecksum(await takeNumber(input), content.digest(), 'content')
}

async function takeDescriptor(input: OctetPuller, hash: XXHashAPI): Promise<{ flags: number; maxLength: number }> {
  const descriptor = await input.take(2)
  const [flags = 0, blockSize = 0] = descriptor
  if ((flags & VERSION_MASK) !== VERSION) throw new DamagedStream('the lz4 data is of an unknown version', false)
  if ((flags & FLAG_DICTIONARY) !== 0) throw new DamagedStream('the lz4 data needs a dictionary', false)
  const contentSize = await input.take((flags & FLAG_CONTENT_SIZE) !== 0 ? 8 : 0)
  const [checksum = 0] = await input.take(1)
  expectChecksum(checksum, (hash.h32Raw(Buffer.concat([descriptor, contentSize])) >>> 8) & 0xff, 'header')
  // 4 to 7: 64 KiB, 256 KiB, 1 MiB, 4 MiB.
  const code = (blockSize >> 4) & 0x7
  if (code < 4) throw new DamagedStream('the lz4 data is damaged: an unknown size of blocks', false)
  return { flags, maxLength: 2 ** (8 + 2 * code) }
}

function expectChecksum(stored: number, computed: number, what: string): void {
  if (stored !== computed)
    throw new DamagedStream(`the lz4 data is damaged: the checksum of its ${what} does not fit`, false)
}

/** The package wants the length of the output in front of a block; the most it may be will do. */
function decodeBlock(block: Uint8Array, maxLength: number, history: Buffer | undefined): Buffer {
  const prefixed = Buffer.alloc(4 + block.length)
  prefixed.writeUInt32LE(maxLength)
  prefixed.set(block, 4)
  return uncompressSync(prefixed, history)
}

function lastOctets(before: Buffer | undefined, output: Buffer): Buffer {
  if (output.length >= HISTORY || before === undefined) return Buffer.from(output.subarray(-HISTORY))
  return Buffer.concat([before, output]).subarray(-HISTORY)
}

async function takeNumber(input: OctetPuller): Promise<number> {
  const octets = await input.take(4)
  return new DataView(octets.buffer).getUint32(0, true)
}
