import { addToBatch, beginBatches, isBatchFull, takeBatch, takenTo } from './batch'
import { frameHash, frameIp, lookAtFrame } from './frame'

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

const ENHANCED_PACKET: u32 = 6
// As in limits.ts of capture/.
const MAX_BLOCK_LENGTH: u32 = 1024 * 1024
const MAX_CAPTURED_LENGTH: u32 = 256 * 1024
/** An option and the end of options; what is shorter says nothing. */
const SHORTEST_OPTIONS: u32 = 8

/**
 * Takes enhanced packet blocks of one interface, little-endian and without options, one after the other, up to the first
 * that `takeFrame()` does not take or that is of another second.
 *
 * @param at - First octet of a block, `end` one past the last octet at hand.
 * @param id - Number of the interface in its section.
 * @param sec - Second that all records are of, and `start` its beginning from the table's first second, in nanoseconds.
 * @param rate - Ticks of the interface's clock a second, at most 10⁹.
 * @returns First octet not taken.
 */
export function takePcapng(at: usize, end: usize, id: u32, sec: u32, rate: u32, start: f64, vantage: u32): usize {
  beginBatches(at)
  do gather(end, id, sec, rate)
  while (takeBatch(start, vantage))
  return takenTo
}

/** Fills the batch, from what was taken last on. */
function gather(end: usize, id: u32, sec: u32, rate: u32): void {
  const unit: u64 = 1_000_000_000 / u64(rate)
  const firstTick = u64(sec) * u64(rate)
  let at = takenTo
  while (!isBatchFull() && at + PACKET_DATA + TRAILER <= end) {
    const length = load<u32>(at + LENGTH)
    if (load<u32>(at + TYPE) !== ENHANCED_PACKET || load<u32>(at + INTERFACE) !== id) break
    if (length < PACKET_DATA + TRAILER || length > MAX_BLOCK_LENGTH || at + length > end) break
    const trailer = at + length - TRAILER
    const captured = load<u32>(at + CAPTURED_LENGTH)
    if (load<u32>(trailer) !== length || captured > MAX_CAPTURED_LENGTH) break
    const frame = at + PACKET_DATA
    const options = frame + ((captured + 3) & ~3)
    if (frame + captured > trailer || trailer >= options + SHORTEST_OPTIONS) break
    const ticks = ((u64(load<u32>(at + TIME_HIGH)) << 32) | u64(load<u32>(at + TIME_LOW))) - firstTick
    if (ticks >= u64(rate) || !lookAtFrame(frame, frame + captured)) break
    addToBatch(at + length, frame + captured, frameIp, frameHash, u32(ticks * unit))
    at += length
  }
}
