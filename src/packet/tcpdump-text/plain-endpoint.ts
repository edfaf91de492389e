const DOT = 0x2e
const ZERO = 0x30
const COLON = 0x3a

/** Scans `address.port` of either family out of octets, into words and a number; see {@link PlainLineScanner}. */
export class PlainEndpointScanner {
  // Signed 32 bits each.
  w0 = 0
  w1 = 0
  w2 = 0
  w3 = 0
  port = 0
  readonly #groups = new Uint16Array(8)

  /** @returns Position behind the port, 0 where no literal address with a port stands at `start`. */
  scan(bytes: Uint8Array, start: number, end: number, isIpv6: boolean): number {
    return isIpv6 ? this.#scanIpv6(bytes, start, end) : this.#scanIpv4(bytes, start, end)
  }

  // "10.244.0.101.52844"
  #scanIpv4(bytes: Uint8Array, start: number, end: number): number {
    let at = start
    let address = 0
    for (let i = 0; i < 4; i++) {
      const from = at
      let octet = 0
      while (at < end) {
        const digit = (bytes[at] as number) - ZERO
        if (digit < 0 || digit > 9) break
        octet = octet * 10 + digit
        if (octet > 255) return 0
        at++
      }
      const digits = at - from
      // Leading zeros mean octal to some readers; no version of tcpdump prints any.
      if (digits === 0 || (digits > 1 && bytes[from] === ZERO) || bytes[at] !== DOT) return 0
      address = (address << 8) | octet
      at++
    }
    this.w0 = 0
    this.w1 = 0
    this.w2 = 0xffff
    this.w3 = address
    return this.#scanPort(bytes, at, end)
  }

  // "2001:db8::1.443"; forms with an embedded IPv4 address are for the parser.
  #scanIpv6(bytes: Uint8Array, start: number, end: number): number {
    const groups = this.#groups
    let at = start
    let count = 0
    let gap = -1
    let value = 0
    let from = at
    for (; at < end; at++) {
      const octet = bytes[at] as number
      const digit = hexDigit(octet)
      if (digit >= 0) {
        value = value * 16 + digit
        if (at - from >= 4) return 0
        continue
      }
      if (at > from) {
        if (count === 8) return 0
        groups[count++] = value
        value = 0
      } else if (octet === COLON && at > start) {
        // A second colon in a row is the gap.
        if (gap >= 0) return 0
        gap = count
      } else if (octet !== COLON || bytes[at + 1] !== COLON) {
        // Nothing may be missing before a dot, unless the gap stands there, and a single colon begins no address.
        if (octet !== DOT || gap !== count) return 0
      }
      if (octet === DOT) break
      if (octet !== COLON) return 0
      from = at + 1
    }
    if (gap < 0 ? count !== 8 : count > 7) return 0
    this.#setIpv6Words(count, gap)
    return this.#scanPort(bytes, at + 1, end)
  }

  #setIpv6Words(count: number, gap: number): void {
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

  #scanPort(bytes: Uint8Array, start: number, end: number): number {
    let at = start
    let port = 0
    while (at < end) {
      const digit = (bytes[at] as number) - ZERO
      if (digit < 0 || digit > 9) break
      port = port * 10 + digit
      if (port > 0xffff) return 0
      at++
    }
    this.port = port
    return at === start ? 0 : at
  }
}

function hexDigit(octet: number): number {
  if (octet >= ZERO && octet <= 0x39) return octet - ZERO
  return octet >= 0x61 && octet <= 0x66 ? octet - 0x57 : -1
}
