import { createRequire } from 'node:module'
import { DamagedStream, type OctetStream } from '../octet-stream.ts'
import { PieceStream } from './piece-stream.ts'

/** The package names its exports in a way that Node finds by `require` only. */
const { XzReadableStream } = createRequire(import.meta.url)('xz-decompress') as typeof import('xz-decompress')

// The package lets one stream begin only when all others are read, and would wait for ever for one that is packed
// twice over, or held open on standard input. Its streams have contexts of their own and do not need to wait.
Object.assign(XzReadableStream, { _contextMutex: { acquire: async () => undefined, release: () => undefined } })

/** Octets of the stream header, and where in them the kind of check stands (The .xz File Format §2.1.1). */
const HEADER_LENGTH = 12
const CHECK_AT = 7
const SHA256 = 10
/** What the package's decoder says by number (xz.h, `enum xz_ret`). */
const CODE = /error code (\d+)$/
const MEANING: Readonly<Record<string, string>> = {
  3: 'no memory for it',
  4: 'it asks for too much memory',
  5: 'no stream where one should begin',
  6: 'options that are not known',
  7: 'corrupt octets, or a checksum that does not fit',
}

/** Undoes xz, of any number of streams and blocks. CRC32 and CRC64 are checked. */
export function unxz(input: OctetStream): OctetStream {
  return new PieceStream(input, pieces(input), 'xz')
}

async function* pieces(input: OctetStream): AsyncGenerator<Uint8Array, void> {
  const header: number[] = []
  const compressed = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = await input.read()
        if (chunk === undefined) return controller.close()
        if (header.length < HEADER_LENGTH) header.push(...chunk.subarray(0, HEADER_LENGTH - header.length))
        controller.enqueue(chunk.slice())
      },
    },
    // Nothing ahead of need, so that what was read last is what the decoder is at.
    { highWaterMark: 0 },
  )
  const reader = new XzReadableStream(compressed).getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      if (value.length > 0) yield value
    }
  } catch (error) {
    throw damageBy(error, header)
  } finally {
    // Frees the memory of what was not read to its end.
    await reader.cancel().catch(() => undefined)
  }
}

/** The package stumbles over the end of its input, which it does not expect. */
function damageBy(error: unknown, header: readonly number[]): unknown {
  if (error instanceof TypeError) return new DamagedStream('the xz data ends early', true, { cause: error })
  const code = error instanceof Error ? (CODE.exec(error.message)?.[1] ?? '') : ''
  const meaning = MEANING[code]
  if (meaning === undefined) return error
  if (meaning === MEANING[6] && header[CHECK_AT] === SHA256) {
    return new DamagedStream('the xz data has a SHA-256 check, which is not read: pack it with --check=crc64', false)
  }
  return new DamagedStream(`the xz data is damaged: ${meaning}`, false, { cause: error })
}
