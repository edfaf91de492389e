/**
 * A 32-bit sequence number as a distance from its side's start, in a double: no wrap below 2⁵³ octets.
 *
 * @param near - A distance known to lie within 2 GiB of it, such as the highest so far.
 */
export function relativeTo(seq: number, start: number, near: number): number {
  return near + ((seq - start - near) | 0)
}
