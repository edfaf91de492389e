import { TcpFlag } from '../core/tcp-flags.ts'
import type { PacketView } from '../packet/packet-view.ts'
import { tcpDigest } from './copies.ts'
import {
  ACKED,
  BITS,
  IP_BYTES,
  KIND,
  Kind,
  LAST_DIGEST,
  LAST_MICROS,
  LAST_TIME,
  MAX,
  PACKETS,
  SIDE_WORDS,
  SIDES,
  SideBit,
  START,
  TTL_HOME,
} from './flow-record.ts'
import type { FlowStore } from './flow-store.ts'
import { IDLE_UNANSWERED, microsOf } from './flow-times.ts'
import { timeAcknowledgment, timeSegment } from './round-trip.ts'
import { MAX_SAMPLES_A_SIDE } from './samples.ts'
import { TcpState } from './tcp-state.ts'
import { widenTtl } from './vantage-tally.ts'

const { Syn, Fin, Rst, Ack } = TcpFlag

const STATE_MASK = 7
const PENDING = Kind.PendingForward | Kind.PendingReverse
/** A flow with any of these takes the long way. */
const SPECIAL = Kind.Closed | Kind.Irregular | Kind.SynTimed | Kind.HandshakeTimed
const PLAIN = Kind.SynTimed | Kind.HandshakeTimed

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
  if ((view.flags & (Syn | Fin | Rst | Ack)) !== Ack || view.window === 0 || view.hasSeq === 0) return false
  const words = store.words
  const doubles = store.doubles
  const base = store.base
  const e = base + SIDES + side * SIDE_WORDS
  const p = base + SIDES + SIDE_WORDS - side * SIDE_WORDS
  const payload = view.payloadLength
  const kind = words[base + KIND] as number
  const bits = words[e + BITS] as number
  const peerBits = words[p + BITS] as number
  const letter = payload > 0 ? SideBit.LetterData : SideBit.LetterAck
  const needed = letter | SideBit.ShownAck
  if ((kind & SPECIAL) !== PLAIN && (kind & SPECIAL) !== 0) return false
  if ((bits & (STATE_MASK | needed)) !== (TcpState.Established | needed)) return false
  if ((peerBits & (STATE_MASK | SideBit.Acked)) !== (TcpState.Established | SideBit.Acked)) return false

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

  words[e + PACKETS] = packets + 1
  words[e + TTL_HOME] = widenTtl(ttlHome, view.ttl)
  words[e + LAST_DIGEST] = tcpDigest(view)
  words[e + LAST_MICROS] = microsOf(t)
  doubles[(e + IP_BYTES) >> 1] = (doubles[(e + IP_BYTES) >> 1] as number) + view.ipLength
  doubles[(base + LAST_TIME) >> 1] = t
  if (ack > acked) {
    doubles[(p + ACKED) >> 1] = ack
    if ((kind & PENDING) !== 0) timeAcknowledgment(store, side === 0 ? 1 : 0, ack, t)
  }
  if (payload > 0) {
    doubles[(e + MAX) >> 1] = max + payload
    if ((kind & PENDING) === 0) timeSegment(store, side, max + payload, t)
  }
  return true
}
