// Decimal numbers of a text, eight octets at a time. Each is handed over in 64 bits: its value in the lower half, the digits that it has
// in the upper one; 0 where there is none.

const ZEROS: u64 = (0x30303030 << 32) | 0x30303030
const LOWER_BITS: u64 = (0x7f7f7f7f << 32) | 0x7f7f7f7f
/** Carries into the highest bit of an octet above 9. */
const BEYOND_NINE: u64 = (0x76767676 << 32) | 0x76767676
const HIGHEST_BITS: u64 = (0x80808080 << 32) | 0x80808080
/** Where pairs of digits, and groups of four, stand. */
const PAIRS: u64 = (0x00ff00ff << 32) | 0x00ff00ff
const FOURS: u64 = (0x0000ffff << 32) | 0x0000ffff
const MAX_DIGITS: u32 = 10
const LARGEST: u64 = 0xffffffff

/** Number of at most 32 bits at `at`. */
export function numberAt(at: usize): u64 {
  const octets = load<u64>(at) ^ ZEROS
  const others = (((octets & LOWER_BITS) + BEYOND_NINE) | octets) & HIGHEST_BITS
  if (others === 0) return longNumber(at + 8, eightDigits(octets))
  const count = ctz(others) >> 3
  return count === 0 ? 0 : (count << 32) | eightDigits(octets << (64 - (count << 3)))
}

export function valueIn(number: u64): u32 {
  return u32(number)
}

export function digitsOf(number: u64): u32 {
  return u32(number >> 32)
}

/** Nanoseconds of a fraction of six or nine digits with a space behind it; −1 where another stands there. */
export function fractionAt(at: usize, digits: u32): i32 {
  if (load<u8>(at + digits) !== 0x20) return -1
  const number = numberAt(at)
  if (digitsOf(number) !== digits) return -1
  return digits === 6 ? i32(valueIn(number)) * 1000 : i32(valueIn(number))
}

/** @param start - Value of the eight digits before `at`. */
function longNumber(at: usize, start: u64): u64 {
  let value = start
  let digits: u32 = 8
  for (let digit = digitAt(at); digit <= 9; digit = digitAt(++at)) {
    value = value * 10 + digit
    if (++digits > MAX_DIGITS) return 0
  }
  return value > LARGEST ? 0 : (u64(digits) << 32) | value
}

function digitAt(at: usize): u32 {
  return u32(load<u8>(at)) - 0x30
}

/** Value of eight digits, one an octet, the lowest octet the highest digit. */
function eightDigits(digits: u64): u64 {
  const pairs = ((digits * 2561) >> 8) & PAIRS
  const fours = ((pairs * 6553601) >> 16) & FOURS
  return (fours * 42949672960001) >> 32
}
