import { takeFrame } from './frame'
import { firstEntry, touchFlow } from './table'

/** Records looked at together at most, and at first: where few are taken in a row, few are looked at in vain. */
export const MAX_BATCH: u32 = 32
const FIRST_BATCH: u32 = 4

// Of a record in the batch, as offsets in octets: where the record and its frame end, where its IP header begins, the hash of its
// flow, its nanoseconds, and the place of the index that the hash belongs to.
const RECORD_END: usize = 0
const FRAME_END: usize = 4
const IP: usize = 8
const HASH: usize = 12
const NSEC: usize = 16
const ENTRY: usize = 20
/** Room for a record. */
export const BATCH_RECORD: usize = 24

let batch: usize = 0
let batchEnd: usize = 0
/** Records that {@link isBatchFull} waits for. */
let batchSize: u32 = FIRST_BATCH

/** Since {@link beginBatches}: records taken, first octet not taken, and the nanoseconds of the last record taken. */
export let taken: u32 = 0
export let takenTo: usize = 0
export let takenNsec: u32 = 0
/** Made of what was read merely to fetch it: without a use such reads would be left out. */
export let touched: u32 = 0

/** @param at - Room for {@link MAX_BATCH} records. */
export function setBatch(at: usize): void {
  batch = at
}

/** @param at - First octet of the first record. */
export function beginBatches(at: usize): void {
  batchEnd = batch
  batchSize = FIRST_BATCH
  taken = 0
  takenTo = at
}

export function isBatchFull(): bool {
  return batchEnd === batch + usize(batchSize) * BATCH_RECORD
}

/** @param ip - First octet of the IP header, `hash` that of the flow: see `lookAtFrame()`. */
export function addToBatch(recordEnd: usize, frameEnd: usize, ip: usize, hash: u32, nsec: u32): void {
  const record = batchEnd
  store<u32>(record + RECORD_END, u32(recordEnd))
  store<u32>(record + FRAME_END, u32(frameEnd))
  store<u32>(record + IP, u32(ip))
  store<u32>(record + HASH, hash)
  store<u32>(record + NSEC, nsec)
  batchEnd = record + BATCH_RECORD
}

/**
 * Takes the records of the batch, up to the first that must go the long way, and empties it. All their flows are fetched beforehand:
 * waiting for memory once a batch, and not once a record, makes a million flows at once cost half.
 *
 * @param start - Beginning of the records' second, from the table's first second, in nanoseconds.
 * @returns Whether to fill another batch: this one was full, and all of it was taken.
 */
export function takeBatch(start: f64, vantage: u32): bool {
  const end = batchEnd
  const wasFull = isBatchFull()
  for (let record = batch; record < end; record += BATCH_RECORD) {
    store<u32>(record + ENTRY, firstEntry(load<u32>(record + HASH)))
  }
  for (let record = batch; record < end; record += BATCH_RECORD) touched ^= touchFlow(load<u32>(record + ENTRY))
  batchEnd = batch
  batchSize = min<u32>(2 * batchSize, MAX_BATCH)
  for (let record = batch; record < end; record += BATCH_RECORD) {
    const nsec = load<u32>(record + NSEC)
    const frameEnd: usize = load<u32>(record + FRAME_END)
    const ip: usize = load<u32>(record + IP)
    if (!takeFrame(ip, load<u32>(record + HASH), frameEnd, vantage, start + f64(nsec))) return false
    takenTo = load<u32>(record + RECORD_END)
    takenNsec = nsec
    taken++
  }
  return wasFull
}
