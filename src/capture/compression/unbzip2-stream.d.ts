// The package has no types for the parts that its stream is made of.

declare module 'unbzip2-stream/lib/bit_iterator.js' {
  /** Takes `n` bits; `null` aligns to the next octet. */
  interface BitReader {
    (n: number | null): number
    /** Octets begun. */
    bytesRead: number
  }
  export default function bitIterator(nextBuffer: () => Uint8Array): BitReader
}

declare module 'unbzip2-stream/lib/bzip2.js' {
  type Bits = (n: number | null) => number
  const bzip2: {
    /** @returns Level of the stream, 1 to 9. */
    header(bits: Bits): number
    /** @returns Checksum of the stream so far, or `null` at its end. */
    decompress(
      bits: Bits,
      put: (octet: number) => void,
      symbols: Int32Array,
      symbolCount: number,
      checksum: number,
    ): number | null
  }
  export default bzip2
}
