import { readFrame } from './frame'
import { addGathered, endOfGathered, isFull } from './gathered'
import { beginTaking, takeAhead, takeBatch, takenTo } from './take'

// Field offsets in octets from the start of an enhanced packet block, draft-ietf-opsawg-pcapng §4.3.
const TYPE: usize = 0
const LENGTH: usize = 4
const INTERFACE: usize = 8
const TIME_HIGH: usize = 12
const TIME_LOW: usize = 16
const CAPTURED_LENGTH: usize = 20
const PACKET_DATA: u32 = 28
/** The length once more. */
const TRAILER: u32 = 4
/** Of any block. */
const BLOCK_HEADER: usize = 8

const ENHANCED_PACKET: u32 = 6
// As in limits.ts of capture/.
const MAX_BLOCK_LENGTH: u32 = 1024 * 1024
const MAX_CAPTURED_LENGTH: u32 = 256 * 1024
/** An option and the end of options; what is shorter says nothing. */
const SHORTEST_OPTIONS: u32 = 8
const MAX_SEC: u64 = 0xffffffff

/** Second that the record gathered last was of, and its first tick: a division a second, and not a record. */
let lastSec: u32 = 0
let firstTick: u64 = 0

/**
 * Takes enhanced packet blocks of one interface, little-endian and without options, one after the other, up to the first
 * that must go the long way or that is of another second.
 *
 * @param at - First octet of a block, `end` one past the last octet at hand.
 * @param id - Number of the interface in its section.
 * @param sec - Second that all records are of, and `start` its beginning from the table's first second, in nanoseconds.
 * @param rate - Ticks of the interface's clock a second, at most 10⁹.
 * @returns First octet not taken.
 */
export function takePcapng(at: usize, end: usize, id: u32, sec: u32, rate: u32, start: f64, vantage: u32): usize {
  beginTaking(at, sec, start, vantage)
  if (takeAhead()) return takenTo
  beginSec(sec, rate)
  do gather(takenTo, end, id, rate)
  while (takeBatch())
  return takenTo
}

/** As `gatherPcap()`. */
export function gatherPcapng(at: usize, end: usize, id: u32, rate: u32): usize {
  let next = at
  beginSec(0, rate)
  while (next + BLOCK_HEADER <= end) {
    const block = gather(next, end, id, rate)
    if (block + BLOCK_HEADER > end) return block
    const length = load<u32>(block + LENGTH)
    if (length < BLOCK_HEADER + TRAILER || length > MAX_BLOCK_LENGTH) return 0
    next = block + length
  }
  return next
}

/** Gathers blocks while there is room. @returns First octet of the first that was not gathered. */
function gather(first: usize, end: usize, id: u32, rate: u32): usize {
  const unit: u64 = 1_000_000_000 / u64(rate)
  let at = first
  while (!isFull() && at + PACKET_DATA + TRAILER <= end) {
    const length = load<u32>(at + LENGTH)
    if (load<u32>(at + TYPE) !== ENHANCED_PACKET || load<u32>(at + INTERFACE) !== id) break
    if (length < PACKET_DATA + TRAILER || length > MAX_BLOCK_LENGTH || at + length > end) break
    const trailer = at + length - TRAILER
    const captured = load<u32>(at + CAPTURED_LENGTH)
    if (load<u32>(trailer) !== length || captured > MAX_CAPTURED_LENGTH) break
    const frame = at + PACKET_DATA
    const options = frame + ((captured + 3) & ~3)
    if (frame + captured > trailer || trailer >= options + SHORTEST_OPTIONS) break
    const tick = (u64(load<u32>(at + TIME_HIGH)) << 32) | u64(load<u32>(at + TIME_LOW))
    if (tick - firstTick >= u64(rate)) {
      if (tick / u64(rate) > MAX_SEC) break
      beginSec(u32(tick / u64(rate)), rate)
    }
    if (!readFrame(frame, frame + captured, endOfGathered)) break
    addGathered(at, at + length, lastSec, u32((tick - firstTick) * unit))
    at += length
  }
  return at
}

function beginSec(sec: u32, rate: u32): void {
  lastSec = sec
  firstTick = u64(sec) * u64(rate)
}
