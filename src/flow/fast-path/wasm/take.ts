import {
  ACKNOWLEDGMENT,
  ADDRESSES,
  DESTINATION,
  DIGEST,
  endOfGathered,
  FLOW_KIND,
  FLOW_PORTS,
  gatherInto,
  HASH,
  IP_LENGTH,
  isFull,
  NSEC,
  PAYLOAD,
  RECORD,
  RECORD_END,
  RECORD_START,
  SEC,
  SEQ,
  SOURCE,
  TTL,
} from './gathered'
import { applyInOrder } from './in-order'
import { findIpv4, findIpv6, firstEntry, foundFlow, foundSide, TCP, touchFlow } from './table'

/** Records gathered and taken together at most, and at first: where few are taken in a row, few are looked at in vain. */
export const MAX_BATCH: u32 = 32
const FIRST_BATCH: u32 = 4

let batch: usize = 0
/** Room for what stands at the places of the index that a batch's hashes belong to. */
let entries: usize = 0
let batchSize: u32 = FIRST_BATCH
/** Of the records gathered ahead, the next one, and one past the last. */
let ahead: usize = 0
let aheadEnd: usize = 0

// Of the records wanted: their second, its beginning from the table's first second in nanoseconds, and where they were captured.
let wantedSec: u32 = 0
let secStart: f64 = 0
let wantedVantage: u32 = 0

/** Since {@link beginTaking}: records taken, first octet not taken, and the nanoseconds of the last record taken. */
export let taken: u32 = 0
export let takenTo: usize = 0
export let takenNsec: u32 = 0
/** Made of what was read merely to fetch it: without a use such reads would be left out. */
export let touched: u32 = 0

/** @param at - Room for {@link MAX_BATCH} gathered records, and for a word each behind them. */
export function setBatch(at: usize): void {
  batch = at
  entries = at + MAX_BATCH * RECORD
}

/** Records of the octets at hand that were gathered already, in order; none where `first` is `end`. */
export function setAhead(first: usize, end: usize): void {
  ahead = first
  aheadEnd = end
}

/** @param at - First octet of the first record. */
export function beginTaking(at: usize, sec: u32, start: f64, vantage: u32): void {
  wantedSec = sec
  secStart = start
  wantedVantage = vantage
  taken = 0
  takenTo = at
  batchSize = FIRST_BATCH
  gatherInto(batch, batchSize)
}

/** Takes records that were gathered ahead. @returns False where the first record wanted was not. */
export function takeAhead(): bool {
  while (ahead < aheadEnd && load<u32>(ahead + RECORD_START) < u32(takenTo)) ahead += RECORD
  if (ahead >= aheadEnd || load<u32>(ahead + RECORD_START) !== u32(takenTo)) return false
  let next = ahead
  do {
    ahead = next
    next = min<usize>(ahead + usize(batchSize) * RECORD, aheadEnd)
  } while (ahead < next && take(ahead, next))
  return true
}

/**
 * Takes the batch.
 *
 * @returns Whether to fill another one: this one was full, and all of it was taken.
 */
export function takeBatch(): bool {
  const wasFull = isFull()
  const goesOn = take(batch, endOfGathered) && wasFull
  gatherInto(batch, batchSize)
  return goesOn
}

/**
 * Takes gathered records that follow each other, up to the first that must go the long way or is of another second; the next batch may be
 * larger. All their flows, and addresses that another thread has read, are fetched beforehand: waiting for memory once a batch, and not
 * once a record, makes a million flows at once cost half.
 *
 * @returns Whether all were taken.
 */
function take(first: usize, end: usize): bool {
  batchSize = min<u32>(2 * batchSize, MAX_BATCH)
  let entry = entries
  for (let record = first; record < end; record += RECORD) {
    store<u32>(entry, firstEntry(load<u32>(record + HASH)))
    entry += 4
    const addresses: usize = load<u32>(record + ADDRESSES)
    touched ^= load<u32>(addresses) ^ load<u32>(addresses + 28)
  }
  while (entry > entries) {
    entry -= 4
    touched ^= touchFlow(load<u32>(entry))
  }
  for (let record = first; record < end; record += RECORD) {
    if (load<u32>(record + RECORD_START) !== u32(takenTo) || load<u32>(record + SEC) !== wantedSec) return false
    if (!takeRecord(record)) return false
    takenTo = load<u32>(record + RECORD_END)
    takenNsec = load<u32>(record + NSEC)
    taken++
  }
  return true
}

/** Takes a record into its flow, if it is in order there. @returns False, and nothing changed, where it must go the long way. */
function takeRecord(record: usize): bool {
  const hash = load<u32>(record + HASH)
  const ports = load<u32>(record + FLOW_PORTS)
  if (load<u32>(record + FLOW_KIND) === TCP) {
    if (!findIpv4(hash, load<u32>(record + SOURCE), load<u32>(record + DESTINATION), ports)) return false
  } else if (!findIpv6(hash, load<u32>(record + ADDRESSES), ports)) return false
  return applyInOrder(
    foundFlow,
    foundSide,
    load<u32>(record + SEQ),
    load<u32>(record + ACKNOWLEDGMENT),
    load<u32>(record + PAYLOAD),
    load<u32>(record + IP_LENGTH),
    load<u32>(record + TTL),
    load<u32>(record + DIGEST),
    wantedVantage,
    secStart + f64(load<u32>(record + NSEC)),
  )
}
