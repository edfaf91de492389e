import { TcpFlag } from '../core/tcp-flags.ts'
import type { PacketView } from '../packet/packet-view.ts'
import { tcpDigest } from './copies.ts'
import * as layout from './flow-record.ts'
import type { FlowStore } from './flow-store.ts'
import * as times from './flow-times.ts'
import { timeAcknowledgment, timeSegment } from './round-trip.ts'
import * as samples from './samples.ts'
import { TcpState } from './tcp-state.ts'
import { widenTtl } from './vantage-tally.ts'

// Constants of the module itself, because V8 folds those, and reads imported ones from memory at every use: measured
// 14 ns a packet.
const { ACKED, BITS, IP_BYTES, KIND, LAST_DIGEST, LAST_MICROS, LAST_TIME, MAX, PACKETS, START, TTL_HOME } = layout
const { SIDES, SIDE_WORDS, Kind, SideBit } = layout
const { IDLE_UNANSWERED } = times
const { MAX_SAMPLES_A_SIDE } = samples
const { LetterAck, LetterData, ShownAck, Acked } = SideBit
const { Established } = TcpState
const STATE_MASK = 7

const SEGMENT_FLAGS = TcpFlag.Syn | TcpFlag.Fin | TcpFlag.Rst | TcpFlag.Ack
const PLAIN_FLAGS = TcpFlag.Ack
/** A flow is in order with both of these, or with neither. */
const TIMED = Kind.SynTimed | Kind.HandshakeTimed
const SPECIAL = Kind.HasClosed | Kind.Irregular | TIMED

/**
 * Short cut for what nearly all segments of a long capture are: the next one in order of an established connection, at
 * the place its direction was last seen at, with payload or a new acknowledgment. It does what `FlowTable` and
 * `TcpSegments` would do, and nothing if anything is out of the ordinary.
 *
 * Measured on a million such segments in 1,000 flows: 30 ns each instead of 190.
 *
 * @returns False, and nothing changed, where the segment must go the long way.
 */
export function applyInOrder(store: FlowStore, view: PacketView, side: 0 | 1, vantage: number, t: number): boolean {
  if ((view.flags & SEGMENT_FLAGS) !== PLAIN_FLAGS || view.window === 0 || view.hasSeq === 0) return false
  const words = store.words
  const doubles = store.doubles
  const base = store.base
  const e = base + SIDES + side * SIDE_WORDS
  const p = base + SIDES + SIDE_WORDS - side * SIDE_WORDS
  const payload = view.payloadLength
  const kind = words[base + KIND] as number
  const bits = words[e + BITS] as number
  const peerBits = words[p + BITS] as number
  const letter = payload > 0 ? LetterData : LetterAck
  const needed = letter | ShownAck
  if ((kind & SPECIAL) !== TIMED && (kind & SPECIAL) !== 0) return false
  if ((bits & (STATE_MASK | needed)) !== (Established | needed)) return false
  if ((peerBits & (STATE_MASK | Acked)) !== (Established | Acked)) return false

  const max = doubles[(e + MAX) >> 1] as number
  if ((view.seq | 0) !== (((words[e + START] as number) + max) | 0)) return false
  const acked = doubles[(p + ACKED) >> 1] as number
  const ack = acked + ((view.ack - (words[p + START] as number) - acked) | 0)
  if (ack > (doubles[(p + MAX) >> 1] as number) || (payload === 0 && ack <= acked)) return false
  const packets = words[e + PACKETS] as number
  const idle = t - (doubles[(base + LAST_TIME) >> 1] as number)
  if (packets < MAX_SAMPLES_A_SIDE || !(idle >= 0 && idle <= IDLE_UNANSWERED)) return false
  const ttlHome = words[e + TTL_HOME] as number
  if (ttlHome >>> 16 !== vantage) return false

  const micros = times.microsOf(t)
  let timing = kind
  words[e + PACKETS] = packets + 1
  const widened = widenTtl(ttlHome, view.ttl)
  if (widened !== ttlHome) words[e + TTL_HOME] = widened
  words[e + LAST_DIGEST] = tcpDigest(view)
  words[e + LAST_MICROS] = micros
  doubles[(e + IP_BYTES) >> 1] = (doubles[(e + IP_BYTES) >> 1] as number) + view.ipLength
  doubles[(base + LAST_TIME) >> 1] = t
  if (ack > acked) {
    doubles[(p + ACKED) >> 1] = ack
    timing = timeAcknowledgment(words, base, timing, side === 0 ? 1 : 0, ack, micros)
  }
  if (payload > 0) {
    doubles[(e + MAX) >> 1] = max + payload
    timing = timeSegment(words, base, timing, side, max + payload, micros)
  }
  if (timing !== kind) words[base + KIND] = timing
  return true
}
