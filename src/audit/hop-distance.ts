// Initial values of TTL and hop limit in use: Linux and BSD 64, Windows 128, network gear and some stacks 255.
const INITIAL_TTLS = [64, 128, 255] as const

/**
 * Routers a packet has passed, told from its TTL or hop limit: the smallest usual initial value at or above it, minus it.
 * 0 is a packet nobody forwarded. `null` where the capture has no TTL. A process may set its own TTL; judge with others.
 */
export function hopDistance(ttl: number | null): number | null {
  if (ttl === null || ttl < 0) return null
  const initial = INITIAL_TTLS.find((value) => value >= ttl)
  return initial === undefined ? null : initial - ttl
}
