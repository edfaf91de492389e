import { DamagedStream } from '../octet-stream.ts'

/** How the decompressors say that the input only ends early. */
const ENDS_EARLY = /unexpected end|unexpected EOF/i

/**
 * The error of a decompressor as damage of the stream.
 *
 * @param name - Of the compression.
 */
export function damageOf(error: unknown, name: string): DamagedStream {
  const text = error instanceof Error ? error.message : String(error)
  const truncated = ENDS_EARLY.test(text)
  const message = truncated ? `the ${name} data ends early` : `the ${name} data is damaged: ${text}`
  return new DamagedStream(message, truncated, { cause: error })
}
