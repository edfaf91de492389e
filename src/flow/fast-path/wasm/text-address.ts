import { digitsOf, numberAt, valueIn } from './text-numbers'

const DOT: u32 = 0x2e
const COLON: u32 = 0x3a
const MAX_PORT: u32 = 0xffff
const MAX_PORT_DIGITS: u32 = 5

const ZEROS: u32 = 0x30303030
const LOWER_BITS: u32 = 0x7f7f7f7f
/** Carries into the highest bit of an octet above 9. */
const BEYOND_NINE: u32 = 0x76767676
const HIGHEST_BITS: u32 = 0x80808080

/** Of the endpoint last read. */
export let port: u32 = 0

/**
 * Reads `10.244.0.101.52844`: `PlainEndpointScanner.scanIpv4()`.
 *
 * @param address - Where the address is put, four octets in network order.
 * @returns First octet behind the port, 0 where there is no such endpoint.
 */
export function readIpv4(at: usize, address: usize): usize {
  for (let i: usize = 0; i < 4; i++) {
    const octets = load<u32>(at) ^ ZEROS
    const count = ctz((((octets & LOWER_BITS) + BEYOND_NINE) | octets) & HIGHEST_BITS) >> 3
    // None, or four and more.
    if (count - 1 > 2) return 0
    const digits = octets << (32 - (count << 3))
    const value = ((digits >> 8) & 0xff) * 100 + ((digits >> 16) & 0xff) * 10 + (digits >> 24)
    if (value > 255 || (count > 1 && (octets & 0xff) === 0) || load<u8>(at + count) !== DOT) return 0
    store<u8>(address + i, value)
    at += count + 1
  }
  return readPort(at)
}

/**
 * Reads `2001:db8::1.443`: `PlainEndpointScanner.scanIpv6()`.
 *
 * @param address - Where the address is put, sixteen octets in network order.
 */
export function readIpv6(start: usize, address: usize): usize {
  let at = start
  let count: u32 = 0
  let gap: i32 = -1
  for (;;) {
    const first = at
    let value: u32 = 0
    for (let digit = hexDigit(at); digit < 16; digit = hexDigit(at)) {
      value = (value << 4) | digit
      if (++at - first > 4) return 0
    }
    const octet: u32 = load<u8>(at)
    if (at > first) {
      if (count === 8) return 0
      store<u16>(address + (count++ << 1), bswap<u16>(u16(value)))
    } else if (octet === COLON && (at > start || load<u8>(at + 1) === COLON)) {
      if (at > start) {
        if (gap >= 0) return 0
        gap = i32(count)
      }
    } else if (octet !== DOT || gap !== i32(count)) return 0
    at++
    if (octet === DOT) break
    if (octet !== COLON) return 0
  }
  if (gap < 0 ? count !== 8 : count > 7) return 0
  if (gap >= 0) widenGap(address, count, u32(gap))
  return readPort(at)
}

/** Moves the groups behind `::` to the end, and fills up with zeros. */
function widenGap(address: usize, count: u32, gap: u32): void {
  const behind = count - gap
  const moved = address + ((8 - behind) << 1)
  memory.copy(moved, address + (gap << 1), behind << 1)
  memory.fill(address + (gap << 1), 0, (8 - count) << 1)
}

function readPort(at: usize): usize {
  const number = numberAt(at)
  const digits = digitsOf(number)
  port = valueIn(number)
  return digits === 0 || digits > MAX_PORT_DIGITS || port > MAX_PORT ? 0 : at + digits
}

/** More than 15 where no lower-case digit stands. */
function hexDigit(at: usize): u32 {
  const octet: u32 = load<u8>(at)
  const digit = octet - 0x30
  if (digit <= 9) return digit
  const letter = octet - 0x61
  return letter <= 5 ? letter + 10 : 16
}
