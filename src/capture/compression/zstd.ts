import type { Duplex } from 'node:stream'
import zlib from 'node:zlib'
import type { OctetStream } from '../octet-stream.ts'
import { PieceStream } from './piece-stream.ts'
import { DECODER_OPTIONS, TransformStream } from './transform-stream.ts'

/** Part of node:zlib from Node 22.15 on. */
type ZstdFactory = (options: typeof DECODER_OPTIONS) => Duplex

/** Undoes zstd, of any number of frames: with Node's own decoder where it has one, three times as fast as the package. */
export async function unzstd(input: OctetStream): Promise<OctetStream> {
  const { createZstdDecompress } = zlib as { createZstdDecompress?: ZstdFactory }
  if (createZstdDecompress !== undefined) {
    const transform = createZstdDecompress(DECODER_OPTIONS)
    return new TransformStream(input, transform, 'zstd')
  }
  const { zstdPieces } = await import('./zstd-frames.ts')
  return new PieceStream(input, zstdPieces(input), 'zstd')
}
