import { digitAt } from './plain-octets.ts'

const DOT = 0x2e
const ZERO = 0x30
const COLON = 0x3a

const MAX_PORT_DIGITS = 5

/**
 * Scans `address.port` out of octets, into words and a number; see {@link PlainLineScanner}. Both ways return the
 * position behind the port, 0 where no literal address with a port stands at `start`.
 */
export class PlainEndpointScanner {
  // Signed 32 bits each.
  w0 = 0
  w1 = 0
  w2 = 0
  w3 = 0
  port = 0
  readonly #groups = new Uint16Array(8)

  /** "10.244.0.101.52844" */
  scanIpv4(bytes: Uint8Array, start: number): number {
    let at = start
    let address = 0
    for (let dots = 0; dots < 4; dots++) {
      let octet = digitAt(bytes, at)
      if (octet > 9) return 0
      const second = digitAt(bytes, at + 1)
      at++
      if (second <= 9) {
        // Leading zeros mean octal to some readers; no version of tcpdump prints any.
        if (octet === 0) return 0
        octet = octet * 10 + second
        const third = digitAt(bytes, at + 1)
        at++
        if (third <= 9) {
          octet = octet * 10 + third
          at++
        }
      }
      if (octet > 255 || bytes[at] !== DOT) return 0
      address = (address << 8) | octet
      at++
    }
    this.w0 = 0
    this.w1 = 0
    this.w2 = 0xffff
    this.w3 = address
    return this.#scanPort(bytes, at)
  }

  /** "2001:db8::1.443"; forms with an embedded IPv4 address are for the parser. */
  scanIpv6(bytes: Uint8Array, start: number): number {
    const groups = this.#groups
    let at = start
    let count = 0
    let gap = -1
    for (;;) {
      const first = at
      let value = 0
      for (let digit = hexDigit(bytes[at] as number); digit >= 0; digit = hexDigit(bytes[at] as number)) {
        value = value * 16 + digit
        if (++at - first > 4) return 0
      }
      const octet = bytes[at]
      if (at > first) {
        if (count === 8) return 0
        groups[count++] = value
      } else if (octet === COLON && (at > start || bytes[at + 1] === COLON)) {
        // The second colon in a row is the gap; the very first one only leads to it.
        if (at > start) {
          if (gap >= 0) return 0
          gap = count
        }
      } else if (octet !== DOT || gap !== count) return 0
      at++
      if (octet === DOT) break
      if (octet !== COLON) return 0
    }
    if (gap < 0 ? count !== 8 : count > 7) return 0
    this.#setWords(count, gap)
    return this.#scanPort(bytes, at)
  }

  #setWords(count: number, gap: number): void {
    const groups = this.#groups
    if (gap >= 0) {
      const behind = count - gap
      for (let i = 1; i <= behind; i++) groups[8 - i] = groups[count - i] as number
      for (let i = gap; i < 8 - behind; i++) groups[i] = 0
    }
    this.w0 = ((groups[0] as number) << 16) | (groups[1] as number)
    this.w1 = ((groups[2] as number) << 16) | (groups[3] as number)
    this.w2 = ((groups[4] as number) << 16) | (groups[5] as number)
    this.w3 = ((groups[6] as number) << 16) | (groups[7] as number)
  }

  #scanPort(bytes: Uint8Array, start: number): number {
    let at = start
    let port = 0
    for (let digit = digitAt(bytes, at); digit <= 9; digit = digitAt(bytes, ++at)) {
      port = port * 10 + digit
      if (port > 0xffff) return 0
    }
    this.port = port
    return at === start || at - start > MAX_PORT_DIGITS ? 0 : at
  }
}

function hexDigit(octet: number): number {
  if (octet >= ZERO && octet <= 0x39) return octet - ZERO
  return octet >= 0x61 && octet <= 0x66 ? octet - 0x57 : -1
}
