/**
 * A record that may be taken: what was read of it, so that nobody needs to look at its octets again (but at IPv6 addresses).
 * One fills a cache line. Offsets of its words in octets:
 */
export const RECORD: usize = 64

/** First octet of the record, and one past its last. */
export const RECORD_START: usize = 0
export const RECORD_END: usize = 4
export const SEC: usize = 8
export const NSEC: usize = 12
/** Of the flow. */
export const HASH: usize = 16
/** Protocol and IP version, as `KIND` of a flow. */
export const FLOW_KIND: usize = 20
/** IPv4 addresses. */
export const SOURCE: usize = 24
export const DESTINATION: usize = 28
export const FLOW_PORTS: usize = 32
// Of the segment, see `applyInOrder()`.
export const SEQ: usize = 36
export const ACKNOWLEDGMENT: usize = 40
export const PAYLOAD: usize = 44
export const IP_LENGTH: usize = 48
export const TTL: usize = 52
export const DIGEST: usize = 56
/** Where the two addresses of IPv6 lie; of IPv4, the record. */
export const ADDRESSES: usize = 60

/** Behind the last record gathered. */
export let endOfGathered: usize = 0
let limit: usize = 0

/** Gathers into room for `count` records from now on. */
export function gatherInto(at: usize, count: u32): void {
  endOfGathered = at
  limit = at + usize(count) * RECORD
}

/** Whether there is no room left; where there is, a record is written at {@link endOfGathered} and then added. */
export function isFull(): bool {
  return endOfGathered === limit
}

/** @param start - First octet of the record at {@link endOfGathered}, `next` one past its last. */
export function addGathered(start: usize, next: usize, sec: u32, nsec: u32): void {
  store<u32>(endOfGathered + RECORD_START, u32(start))
  store<u32>(endOfGathered + RECORD_END, u32(next))
  store<u32>(endOfGathered + SEC, sec)
  store<u32>(endOfGathered + NSEC, nsec)
  endOfGathered += RECORD
}
