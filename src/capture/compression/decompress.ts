import type { Compression } from '../detect.ts'
import type { OctetStream } from '../octet-stream.ts'

/**
 * Undoes a compression. What does it is loaded only now.
 *
 * @returns A stream that reads `input` and closes it.
 */
export async function decompress(compression: Compression, input: OctetStream): Promise<OctetStream> {
  switch (compression) {
    case 'gzip':
      return (await import('./gzip.ts')).gunzip(input)
    case 'zstd':
      return (await import('./zstd.ts')).unzstd(input)
    case 'xz':
      return (await import('./xz.ts')).unxz(input)
    case 'lz4':
      return (await import('./lz4.ts')).unlz4(input)
    case 'bzip2':
      return (await import('./bzip2.ts')).bunzip2(input)
  }
}
