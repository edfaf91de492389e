/** 16-bit number in network order. */
export function be16(at: usize): u32 {
  return bswap<u16>(load<u16>(at))
}

/** 32-bit number in network order. */
export function be32(at: usize): u32 {
  return bswap<u32>(load<u32>(at))
}

/** What `| 0` makes of a double in JavaScript, for numbers below 2⁶³. */
export function toInt32(value: f64): i32 {
  return i32(i64(value))
}
