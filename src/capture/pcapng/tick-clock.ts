/** Bit of the octet of `if_tsresol` that says: a power of 2, and not of 10. */
const POWER_OF_TWO = 0x80
/** Microseconds, where an interface has no `if_tsresol`. */
export const DEFAULT_RESOLUTION = 6
/** 64 bits count no finer ticks for as much as a second. */
const MAX_DECIMAL = 19
const MAX_BINARY = 63

const WORD = 0x1_0000_0000
const MAX_NSEC = 999_999_999
/** Below this upper half, 64-bit numbers divided by a million or less are exact as doubles. */
const EXACT_HIGH = 0x10_0000

/**
 * Turns the 64-bit time stamps of one interface into seconds and nanoseconds: exactly, but for powers of 2, and without
 * a `bigint` per packet.
 *
 * @see draft-ietf-opsawg-pcapng §4.2, `if_tsresol` and `if_tsoffset`
 */
export class TickClock {
  /** Of the last {@link read}: whole seconds since 1970. */
  sec = 0
  /** Of the last {@link read}: 0 – 999 999 999. */
  nsec = 0
  /** Seconds added to every time. */
  readonly offset: number
  /** Bits of the fraction of a second for powers of 2, −1 for powers of 10. */
  readonly #bits: number
  /** Ticks a second, at most 10⁹; finer ones are first divided by `#divisor`. */
  readonly #rate: number
  readonly #divisor: number

  /**
   * @param resolution - Octet of `if_tsresol`; must be supported.
   * @param offset - Seconds of `if_tsoffset`.
   */
  constructor(resolution: number = DEFAULT_RESOLUTION, offset = 0) {
    const exponent = resolution & ~POWER_OF_TWO
    this.offset = offset
    this.#bits = (resolution & POWER_OF_TWO) === 0 ? -1 : exponent
    this.#rate = 10 ** Math.min(exponent, 9)
    this.#divisor = 10 ** Math.max(exponent - 9, 0)
  }

  /** Ticks a second, 10³ to 10⁹; 0 where a tick is no such part of a second. */
  get ticksPerSecond(): number {
    return this.#bits < 0 && this.#divisor === 1 && this.#rate >= 1000 ? this.#rate : 0
  }

  /** Whether 64 bits can count ticks of a resolution. */
  static isSupported(resolution: number): boolean {
    const exponent = resolution & ~POWER_OF_TWO
    return exponent <= ((resolution & POWER_OF_TWO) === 0 ? MAX_DECIMAL : MAX_BINARY)
  }

  /**
   * Sets `sec` and `nsec` to the time stamp at `at`: its upper 32 bits, then its lower ones.
   *
   * The octets are handed over and not the two numbers, for numbers beyond 2³¹ would be boxed on the way.
   */
  read(view: DataView, at: number, littleEndian: boolean): void {
    const high = view.getUint32(at, littleEndian)
    const low = view.getUint32(at + 4, littleEndian)
    const rate = this.#rate
    if (this.#bits >= 0) this.#readBinary(high, low)
    else if (this.#divisor > 1) this.#readFine(high, low)
    else if (rate <= 1_000_000 && high < EXACT_HIGH) {
      const ticks = high * WORD + low
      this.sec = Math.floor(ticks / rate)
      this.nsec = (ticks - this.sec * rate) * (1e9 / rate)
    } else {
      this.#readDecimal(high, low)
    }
    this.sec += this.offset
  }

  #readDecimal(high: number, low: number): void {
    const rate = this.#rate
    // Long division in digits of 32, 22 and 10 bits: a remainder, below 2³⁰, and the next digit stay below 2⁵³.
    const first = Math.floor(high / rate)
    const middle = (high - first * rate) * 0x40_0000 + (low >>> 10)
    const second = Math.floor(middle / rate)
    const last = (middle - second * rate) * 0x400 + (low & 0x3ff)
    const third = Math.floor(last / rate)
    this.sec = first * WORD + second * 0x400 + third
    this.nsec = (last - third * rate) * (1e9 / rate)
  }

  /** Ticks finer than a nanosecond: divides them down to nanoseconds first, in digits of 32, 16 and 16 bits. */
  #readFine(high: number, low: number): void {
    const divisor = this.#divisor
    const first = Math.floor(high / divisor)
    const middle = (high - first * divisor) * 0x1_0000 + (low >>> 16)
    const second = Math.floor(middle / divisor)
    const last = (middle - second * divisor) * 0x1_0000 + (low & 0xffff)
    this.#readDecimal(first, second * 0x1_0000 + Math.floor(last / divisor))
  }

  #readBinary(high: number, low: number): void {
    const bits = this.#bits
    const ticks = 2 ** bits
    let fraction: number
    if (bits <= 32) {
      this.sec = high * 2 ** (32 - bits) + Math.floor(low / ticks)
      fraction = low % ticks
    } else {
      const upper = 2 ** (bits - 32)
      this.sec = Math.floor(high / upper)
      fraction = (high % upper) * WORD + low
    }
    this.nsec = Math.min(MAX_NSEC, Math.floor((fraction / ticks) * 1e9))
  }
}
