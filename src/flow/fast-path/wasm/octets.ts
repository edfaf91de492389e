/** 16-bit number in network order. */
export function be16(at: usize): u32 {
  return bswap<u16>(load<u16>(at))
}

/** 32-bit number in network order. */
export function be32(at: usize): u32 {
  return bswap<u32>(load<u32>(at))
}

/** Whether four words, as `PacketView` has them, are the IPv6 address at `octets`. */
export function isIpv6(words: usize, octets: usize): bool {
  return (
    load<u32>(words + 12) === be32(octets + 12) &&
    load<u32>(words + 8) === be32(octets + 8) &&
    load<u32>(words + 4) === be32(octets + 4) &&
    load<u32>(words) === be32(octets)
  )
}

/** Added to an integer below 2⁵¹, it leaves the integer's lower bits in those of the significand (1.5 · 2⁵²). */
const INTEGER_BITS: f64 = 6755399441055744

/** What `| 0` makes of an integer in JavaScript, for those below 2⁵¹: in two instructions, where a conversion takes a dozen. */
export function toInt32(integer: f64): i32 {
  return i32(reinterpret<i64>(integer + INTEGER_BITS))
}
