import { concat } from './packet-octets.ts'

/** Writes the blocks of a pcapng file one by one, also wrong ones; `pcapng` of pcap-writer.ts writes whole good files. */
export class BlockWriter {
  readonly #littleEndian: boolean

  constructor(options: { bigEndian?: boolean } = {}) {
    this.#littleEndian = options.bigEndian !== true
  }

  u16(...values: number[]): Uint8Array {
    return this.#numbers(2, values)
  }

  u32(...values: number[]): Uint8Array {
    return this.#numbers(4, values)
  }

  u64(value: bigint): Uint8Array {
    const view = new DataView(new ArrayBuffer(8))
    view.setBigUint64(0, BigInt.asUintN(64, value), this.#littleEndian)
    return new Uint8Array(view.buffer)
  }

  /** Options, each a code and its value; the end of options is added. */
  options(...entries: readonly (readonly [code: number, value: Uint8Array | string])[]): Uint8Array {
    const written = entries.map(([code, value]) => {
      const octets = typeof value === 'string' ? new TextEncoder().encode(value) : value
      return concat(this.u16(code, octets.length), padded(octets))
    })
    return concat(...written, this.u16(0, 0))
  }

  /** @param trailer - The length at the end, where it is to differ. */
  block(type: number, body: Uint8Array, trailer?: number): Uint8Array {
    const content = padded(body)
    const length = content.length + 12
    return concat(this.u32(type, length), content, this.u32(trailer ?? length))
  }

  section(): Uint8Array {
    return this.block(0x0a0d0d0a, concat(this.u32(0x1a2b3c4d), this.u16(1, 0), this.u32(0xffffffff, 0xffffffff)))
  }

  interface(options: Uint8Array = new Uint8Array(0), linkType = 1, snapLength = 0): Uint8Array {
    return this.block(1, concat(this.u16(linkType, 0), this.u32(snapLength), options))
  }

  packet(
    frame: Uint8Array,
    fields: { id?: number; ticks?: bigint; captured?: number; options?: Uint8Array } = {},
  ): Uint8Array {
    const ticks = fields.ticks ?? 1_000_000n
    return this.block(
      6,
      concat(
        this.u32(fields.id ?? 0, Number(ticks >> 32n), Number(ticks & 0xffffffffn)),
        this.u32(fields.captured ?? frame.length, frame.length),
        padded(frame),
        fields.options ?? new Uint8Array(0),
      ),
    )
  }

  simplePacket(frame: Uint8Array, originalLength: number = frame.length): Uint8Array {
    return this.block(3, concat(this.u32(originalLength), frame))
  }

  obsoletePacket(frame: Uint8Array, id: number, ticks: bigint, options: Uint8Array = new Uint8Array(0)): Uint8Array {
    return this.block(
      2,
      concat(
        this.u16(id, 7),
        this.u32(Number(ticks >> 32n), Number(ticks & 0xffffffffn), frame.length, frame.length),
        padded(frame),
        options,
      ),
    )
  }

  #numbers(size: 2 | 4, values: readonly number[]): Uint8Array {
    const view = new DataView(new ArrayBuffer(size * values.length))
    values.forEach((value, i) => {
      if (size === 2) view.setUint16(i * 2, value, this.#littleEndian)
      else view.setUint32(i * 4, value, this.#littleEndian)
    })
    return new Uint8Array(view.buffer)
  }
}

function padded(octets: Uint8Array): Uint8Array {
  return concat(octets, new Uint8Array(-octets.length & 3))
}
