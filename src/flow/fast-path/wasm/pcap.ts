import { readFrame } from './frame'
import { addGathered, endOfGathered, isFull } from './gathered'
import { beginTaking, takeAhead, takeBatch, takenTo } from './take'

// Field offsets in octets from the start of a record, draft-ietf-opsawg-pcap §5.
const SECONDS: usize = 0
const FRACTION: usize = 4
const CAPTURED_LENGTH: usize = 8
const ORIGINAL_LENGTH: usize = 12
const HEADER_LENGTH: usize = 16

// As in pcap.ts and limits.ts of capture/.
const MAX_CAPTURED_LENGTH: u32 = 256 * 1024
const MAX_ORIGINAL_LENGTH: u32 = 16 * 1024 * 1024
const MAX_FRACTION: u32 = 999_999_999
const CLOSE_IN_TIME: u32 = 86_400

/**
 * Takes records of classic pcap, little-endian and without additions, one after the other, up to the first that
 * must go the long way, that is of another second, or that is followed by nothing believable.
 *
 * @param at - First octet of a record's header, `end` one past the last octet at hand.
 * @param sec - Second that all records are of, and `start` its beginning from the table's first second, in nanoseconds.
 * @param unit - Nanoseconds of a unit of the fraction.
 * @returns First octet not taken.
 */
export function takePcap(at: usize, end: usize, sec: u32, unit: u32, start: f64, vantage: u32): usize {
  beginTaking(at, sec, start, vantage)
  if (takeAhead()) return takenTo
  do gather(takenTo, end, unit)
  while (takeBatch())
  return takenTo
}

/**
 * Gathers all records of a chunk that may be taken.
 *
 * @returns Where the first record begins that is not all in the chunk: beyond its end, or before where even the header is not;
 * 0 where nothing tells.
 */
export function gatherPcap(at: usize, end: usize, unit: u32): usize {
  let next = at
  while (next + HEADER_LENGTH <= end) {
    const record = gather(next, end, unit)
    if (record + HEADER_LENGTH > end) return record
    const captured = load<u32>(record + CAPTURED_LENGTH)
    if (captured > MAX_CAPTURED_LENGTH) return 0
    next = record + HEADER_LENGTH + captured
  }
  return next
}

/** Gathers records while there is room. @returns First octet of the first that was not gathered. */
function gather(first: usize, end: usize, unit: u32): usize {
  const highest = MAX_FRACTION / unit
  let at = first
  while (!isFull() && at + HEADER_LENGTH <= end) {
    const captured = load<u32>(at + CAPTURED_LENGTH)
    const frame = at + HEADER_LENGTH
    const next = frame + captured
    if (captured > MAX_CAPTURED_LENGTH || next + HEADER_LENGTH > end) break
    const sec = load<u32>(at + SECONDS)
    const fraction = load<u32>(at + FRACTION)
    if (fraction > highest || !isBelievable(next, sec) || !readFrame(frame, next, endOfGathered)) break
    addGathered(at, next, sec, fraction * unit)
    at = next
  }
  return at
}

/** Whether a record's header may be at `at`. */
function isBelievable(at: usize, sec: u32): bool {
  const captured = load<u32>(at + CAPTURED_LENGTH)
  const original = load<u32>(at + ORIGINAL_LENGTH)
  if (captured > MAX_CAPTURED_LENGTH || original < captured || original === 0 || original > MAX_ORIGINAL_LENGTH)
    return false
  const seconds = load<u32>(at + SECONDS)
  const apart = seconds > sec ? seconds - sec : sec - seconds
  return load<u32>(at + FRACTION) <= MAX_FRACTION && apart <= CLOSE_IN_TIME
}
