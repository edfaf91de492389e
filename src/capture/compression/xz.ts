import { createRequire } from 'node:module'
import { DamagedStream, type OctetStream } from '../octet-stream.ts'
import { PieceStream } from './piece-stream.ts'

/** The package names its exports in a way that Node finds by `require` only. */
const { XzReadableStream } = createRequire(import.meta.url)('xz-decompress') as typeof import('xz-decompress')

/** Undoes xz, of one stream with any number of blocks. */
export function unxz(input: OctetStream): OctetStream {
  return new PieceStream(input, pieces(input), 'xz')
}

async function* pieces(input: OctetStream): AsyncGenerator<Uint8Array, void> {
  let ended = false
  const compressed = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = await input.read()
      if (chunk !== undefined) return controller.enqueue(chunk.slice())
      ended = true
      controller.close()
    },
  })
  const reader = new XzReadableStream(compressed).getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      if (value.length > 0) yield value
    }
  } catch (error) {
    // The package does not tell the end of its input from damage.
    throw ended ? new DamagedStream('the xz data ends early', true, { cause: error }) : error
  } finally {
    // Without this the package would hold back the next file for ever.
    await reader.cancel().catch(() => undefined)
  }
  if (!ended && (await input.read()) !== undefined) {
    throw new DamagedStream('the xz data holds a second stream, which is not read: write it as one', false)
  }
}
