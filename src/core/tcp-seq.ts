/**
 * Distance from sequence number `b` to `a` on the 2³² circle.
 *
 * @returns Between −2³¹ and 2³¹ − 1; positive when `a` is after `b`. Unambiguous for distances below 2 GiB.
 * @see RFC 9293 §3.4
 */
export function seqDiff(a: number, b: number): number {
  return (a - b) | 0
}

/** `base + octets`, modulo 2³², as an unsigned number. */
export function seqAdd(base: number, octets: number): number {
  return (base + octets) >>> 0
}
