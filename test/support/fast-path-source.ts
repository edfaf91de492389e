import type { OctetStream } from '../../src/capture/octet-stream.ts'
import type { CaptureSource } from '../../src/capture/source.ts'
import type { Random } from '../fuzz/random.ts'
import { AheadStream } from './ahead-stream.ts'

/** Where a stream lays its chunks: anywhere in the buffer it is offered, or in one of its own; or a thread reads them ahead. */
export type Placement = 'offered' | 'own' | 'ahead'

/** Octets that come in chunks of random length; what was handed over before is wiped. */
export function chunkedSource(
  name: string,
  octets: Uint8Array,
  random: Random,
  options: { readonly placement: Placement; readonly longest: number; readonly patience?: number },
): CaptureSource {
  return {
    name,
    path: null,
    size: octets.length,
    reopens: true,
    open: async () =>
      options.placement === 'ahead'
        ? new AheadStream(octets, options.longest, options.patience ?? 150)
        : new ChunkStream(octets, random, options.placement, options.longest),
    close: async () => undefined,
  }
}

class ChunkStream implements OctetStream {
  readonly size: number
  bytesRead = 0
  readonly #octets: Uint8Array
  readonly #random: Random
  readonly #placement: Placement
  readonly #longest: number
  #buffer: Uint8Array

  constructor(octets: Uint8Array, random: Random, placement: Placement, longest: number) {
    this.size = octets.length
    this.#octets = octets
    this.#random = random
    this.#placement = placement
    this.#longest = longest
    this.#buffer = new Uint8Array(longest)
  }

  readInto(buffer: Uint8Array): void {
    if (this.#placement === 'offered') this.#buffer = buffer
  }

  async read(): Promise<Uint8Array | undefined> {
    const left = this.#octets.length - this.bytesRead
    if (left === 0) return undefined
    this.#buffer.fill(0xee)
    const length = Math.min(1 + this.#random.below(this.#longest), left, this.#buffer.length)
    const at = this.#random.below(this.#buffer.length - length + 1)
    const chunk = this.#buffer.subarray(at, at + length)
    chunk.set(this.#octets.subarray(this.bytesRead, this.bytesRead + length))
    this.bytesRead += length
    return chunk
  }

  async close(): Promise<void> {}
}
