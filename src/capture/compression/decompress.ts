import type { Compression } from '../detect.ts'
import type { OctetStream } from '../octet-stream.ts'
import { type Decoder, RecoveringStream, type Reopen } from './recovery.ts'

/** Those whose decompressors make octets as they read; the others work block by block, and lose nothing in front of one. */
const STREAMING: ReadonlySet<Compression> = new Set(['gzip', 'zstd', 'xz'])

/**
 * Undoes a compression, up to where it is damaged. What does it is loaded only now.
 *
 * @param reopen - Gives the octets of `input` once more.
 * @returns A stream that reads `input` and closes it.
 */
export async function decompress(compression: Compression, input: OctetStream, reopen: Reopen): Promise<OctetStream> {
  const decoder = await decoderOf(compression)
  return STREAMING.has(compression) ? new RecoveringStream(input, decoder, reopen) : decoder(input)
}

async function decoderOf(compression: Compression): Promise<Decoder> {
  switch (compression) {
    case 'gzip':
      return (await import('./gzip.ts')).gunzip
    case 'zstd':
      return (await import('./zstd.ts')).unzstd
    case 'xz':
      return (await import('./xz.ts')).unxz
    case 'lz4':
      return (await import('./lz4.ts')).unlz4
    case 'bzip2':
      return (await import('./bzip2.ts')).bunzip2
  }
}
