import {
  ACKED,
  BITS,
  HANDSHAKE_TIMED,
  HAS_CLOSED,
  IDLE_UNANSWERED,
  IP_BYTES,
  IRREGULAR,
  KIND,
  LAST_DIGEST,
  LAST_MICROS,
  LAST_TIME,
  LETTER_ACK,
  LETTER_DATA,
  MAX,
  MAX_SAMPLES_A_SIDE,
  OPEN,
  OPEN_MASK,
  PACKETS,
  PENDING_END,
  PENDING_FORWARD,
  PENDING_REVERSE,
  PENDING_TIME,
  RTT_MIN,
  SHOWN_ACK,
  SIDE_ACKED,
  SIDE_OCTETS,
  SIDES,
  START,
  SYN_TIMED,
  TTL_HOME,
} from './layout'
import { toInt32 } from './octets'

/** Times that hostile files lie beyond, in nanoseconds: those below are counted in 64 bits. */
const LATEST: f64 = 9e18
/** Packets that a side must have sent: the first ones are kept as samples. */
let leastPackets: u32 = MAX_SAMPLES_A_SIDE
let wantedSamples: u32 = MAX_SAMPLES_A_SIDE
/** 1 when a packet was taken that would be kept if fewer flows were alive. */
export let unsampled: u32 = 0

/** @param packets - Packets of a side that are kept as samples now, `wanted` while there is plenty of room: see `SamplePool`. */
export function setSamples(packets: u32, wanted: u32): void {
  leastPackets = packets
  wantedSamples = wanted
  unsampled = 0
}

/** A flow is in order with both of these, or with neither. */
const TIMED = SYN_TIMED | HANDSHAKE_TIMED
const SPECIAL = HAS_CLOSED | IRREGULAR | TIMED
const PENDING = PENDING_FORWARD | PENDING_REVERSE

/** `tcpDigest()` of copies.ts. @param mixed - The checksum; where it is 0, TSval or 0. */
export function tcpDigest(seq: u32, ack: u32, payload: u32, ipId: u32, mixed: u32, flags: u32, window: u32): u32 {
  return (seq + ack * 0x85ebca6b) ^ (ipId << 16) ^ mixed ^ ((flags << 20) | window) ^ (payload << 8)
}

/**
 * Applies what nearly all segments of a long capture are: the next one in order of an open connection, at the
 * place its direction was last seen at, with payload or a new acknowledgment. It does what `FlowTable` and `TcpSegments`
 * would do, and nothing if anything is out of the ordinary.
 *
 * @param flow - First octet of the flow.
 * @param side - 0 when the originator sent the segment.
 * @param digest - {@link tcpDigest} of the segment.
 * @param vantage - Where it was seen.
 * @param t - When, nanoseconds from the table's first second.
 * @returns False, and nothing changed, where the segment must go the long way.
 */
export function applyInOrder(
  flow: usize,
  side: u32,
  seq: u32,
  acknowledgment: u32,
  payload: u32,
  ipLength: u32,
  ttl: u32,
  digest: u32,
  vantage: u32,
  t: f64,
): bool {
  const e = flow + SIDES + usize(side) * SIDE_OCTETS
  const p = flow + SIDES + SIDE_OCTETS - usize(side) * SIDE_OCTETS
  const kind = load<u32>(flow + KIND)
  const needed = (payload > 0 ? LETTER_DATA : LETTER_ACK) | SHOWN_ACK
  if ((kind & SPECIAL) !== TIMED && (kind & SPECIAL) !== 0) return false
  if ((load<u32>(e + BITS) & (OPEN_MASK | needed)) !== (OPEN | needed)) return false
  if ((load<u32>(p + BITS) & (OPEN_MASK | SIDE_ACKED)) !== (OPEN | SIDE_ACKED)) return false

  const max = load<f64>(e + MAX)
  if (seq !== u32(toInt32(f64(load<i32>(e + START)) + max))) return false
  const acked = load<f64>(p + ACKED)
  const ack = acked + f64(toInt32(f64(acknowledgment) - f64(load<i32>(p + START)) - acked))
  if (ack > load<f64>(p + MAX) || (payload === 0 && ack <= acked)) return false
  const packets = load<u32>(e + PACKETS)
  const idle = t - load<f64>(flow + LAST_TIME)
  if (packets < leastPackets || abs(t) > LATEST || !(idle >= 0 && idle <= IDLE_UNANSWERED)) return false
  const ttlHome = load<u32>(e + TTL_HOME)
  if (ttlHome >> 16 !== vantage) return false

  if (packets < wantedSamples) unsampled = 1
  const micros = i32(i64(t * 0.001 + 0.5))
  store<u32>(e + PACKETS, packets + 1)
  store<u32>(e + TTL_HOME, widenTtl(ttlHome, ttl))
  store<u32>(e + LAST_DIGEST, digest)
  store<i32>(e + LAST_MICROS, micros)
  store<f64>(e + IP_BYTES, load<f64>(e + IP_BYTES) + f64(ipLength))
  store<f64>(flow + LAST_TIME, t)
  let timing = kind
  if (ack > acked) store<f64>(p + ACKED, ack)
  if ((timing & (side === 0 ? PENDING_REVERSE : PENDING_FORWARD)) !== 0)
    timing = endTiming(flow, p, timing, ack, micros)
  if (payload > 0) {
    const to = max + f64(payload)
    store<f64>(e + MAX, to)
    if ((timing & PENDING) === 0) timing = beginTiming(flow, side, timing, to, micros)
  }
  if (timing !== kind) store<u32>(flow + KIND, timing)
  return true
}

/** `timeSegment()` of round-trip.ts. */
function beginTiming(flow: usize, side: u32, kind: u32, to: f64, micros: i32): u32 {
  store<i32>(flow + PENDING_END, toInt32(to))
  store<i32>(flow + PENDING_TIME, micros)
  return kind | (side === 0 ? PENDING_FORWARD : PENDING_REVERSE)
}

/** `timeAcknowledgment()` of round-trip.ts. @param p - First octet of the side that is acknowledged. */
function endTiming(flow: usize, p: usize, kind: u32, ack: f64, micros: i32): u32 {
  if (toInt32(ack) - load<i32>(flow + PENDING_END) < 0) return kind
  const elapsed = micros - load<i32>(flow + PENDING_TIME)
  const least = load<i32>(p + RTT_MIN)
  if (elapsed >= 0 && (least === 0 || elapsed + 1 < least)) store<i32>(p + RTT_MIN, elapsed + 1)
  return kind & ~PENDING
}

/** `widenTtl()` of vantage-tally.ts; a TTL that was not captured is −1. */
function widenTtl(word: u32, ttl: u32): u32 {
  if (i32(ttl) < 0) return word
  const lowest = max<u32>(word & 0xff, 255 - ttl)
  const highest = max<u32>((word >> 8) & 0xff, ttl)
  return (word & 0xffff0000) | (highest << 8) | lowest
}
