import { DamagedStream, type OctetStream } from '../octet-stream.ts'

/** Takes exact numbers of octets from a stream, for formats that are read field by field. */
export class OctetPuller {
  readonly #input: OctetStream
  readonly #name: string
  #rest: Uint8Array = new Uint8Array(0)

  /** @param name - Of the format, for messages. */
  constructor(input: OctetStream, name: string) {
    this.#input = input
    this.#name = name
  }

  /** Whether all octets were taken. */
  async atEnd(): Promise<boolean> {
    return (await this.takeUpTo(0)) === undefined
  }

  /**
   * @returns Exactly `count` octets, owned by the caller.
   * @throws {DamagedStream} when the stream has fewer.
   */
  async take(count: number): Promise<Uint8Array> {
    const taken = await this.takeAvailable(count)
    if (taken.length < count) throw new DamagedStream(`the ${this.#name} data ends early`, true)
    return taken
  }

  /** @returns `count` octets, or those that are left, owned by the caller. */
  async takeAvailable(count: number): Promise<Uint8Array> {
    const taken = new Uint8Array(count)
    for (let have = 0; have < count; ) {
      const part = await this.takeUpTo(count - have)
      if (part === undefined) return taken.subarray(0, have)
      taken.set(part, have)
      have += part.length
    }
    return taken
  }

  /** Passes over `count` octets. */
  async skip(count: number): Promise<void> {
    for (let left = count; left > 0; ) {
      const part = await this.takeUpTo(left)
      if (part === undefined) throw new DamagedStream(`the ${this.#name} data ends early`, true)
      left -= part.length
    }
  }

  /** @returns At most `count` octets, valid until the next call; `undefined` at the end. */
  async takeUpTo(count: number): Promise<Uint8Array | undefined> {
    while (this.#rest.length === 0) {
      const chunk = await this.#input.read()
      if (chunk === undefined) return undefined
      this.#rest = chunk
    }
    const part = this.#rest.subarray(0, count)
    this.#rest = this.#rest.subarray(part.length)
    return part
  }
}
