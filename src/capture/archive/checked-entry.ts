import { crc32 } from 'node:zlib'
import { DamagedStream, type OctetStream } from '../octet-stream.ts'

/** The octets of a file in a zip archive, held against the size and the checksum that the archive gives. */
export class CheckedEntry implements OctetStream {
  readonly size: number
  bytesRead = 0
  readonly #plain: OctetStream
  readonly #checksum: number
  #computed = 0

  /**
   * @param plain - Decompressed; closed with this stream.
   * @param expected.size - In octets.
   * @param expected.checksum - CRC-32 of all octets.
   */
  constructor(plain: OctetStream, expected: { readonly size: number; readonly checksum: number }) {
    this.#plain = plain
    this.size = expected.size
    this.#checksum = expected.checksum
  }

  async read(): Promise<Uint8Array | undefined> {
    const chunk = await this.#plain.read()
    if (chunk === undefined) {
      if (this.bytesRead < this.size) throw new DamagedStream('the file in the archive ends early', true)
      if (this.#computed !== this.#checksum) throw damage('its checksum does not fit')
      return undefined
    }
    const left = this.size - this.bytesRead
    if (left === 0) throw damage(`it is longer than the ${this.size} octets that the archive says`)
    const expected = chunk.subarray(0, left)
    this.bytesRead += expected.length
    this.#computed = crc32(expected, this.#computed)
    return expected
  }

  close(): Promise<void> {
    return this.#plain.close()
  }
}

function damage(what: string): DamagedStream {
  return new DamagedStream(`the file in the archive is damaged: ${what}`, false)
}
