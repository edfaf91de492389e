import { IpProtocol } from '../core/protocol.ts'
import type { PacketView } from '../packet/packet-view.ts'
import * as layout from './flow-record.ts'
import type { FlowStore } from './flow-store.ts'

const { CLOSED_TIME, KIND, Kind, LAST_TIME, PACKETS, SIDE_WORDS, SIDES } = layout
const { HasClosed, ProtocolMask } = Kind
const { Tcp } = IpProtocol

const SECOND = 1e9

/** How long a flow stays open without packets, in nanoseconds of capture time (flow reference, 3.2). */
const IDLE_CLOSED = 60 * SECOND
export const IDLE_UNANSWERED: number = 300 * SECOND
/** Cilium's conntrack lifetime of a TCP entry: cilium/cilium@v1.17.6 pkg/option `--bpf-ct-timeout-regular-tcp` (2h13m20s). */
const IDLE_OPEN = 8000 * SECOND
const IDLE_DATAGRAM = 60 * SECOND

/** How long after the close packets still change the state; later ones are only counted. */
const CLOSING = 5 * SECOND

/** No flow times out sooner, so that sweeping more often finds nothing. */
export const SHORTEST_IDLE: number = IDLE_CLOSED

/** Microseconds of a time, rounded, modulo 2³², as a signed word. */
export function microsOf(t: number): number {
  return (t * 0.001 + 0.5) | 0
}

/** Nanoseconds since the whole second of the capture's first packet; a double holds 104 days of them exactly. */
export class FlowClock {
  // Not numbers at first, so that V8 calculates in doubles from the start: integers overflow two seconds on, and the code
  // compiled for them is thrown away.
  baseSec: number = Number.NaN
  /** Time of the first packet. */
  first: number = Number.NaN
  #started = false

  /** Time of a packet. Packets without a readable time carry that of the packet before. */
  read(view: PacketView): number {
    if (!this.#started) this.#start(view)
    return this.startOf(view.timeSec) + view.timeNsec
  }

  /** Time at which a whole second begins; NaN before the first packet. */
  startOf(sec: number): number {
    return (sec - this.baseSec) * SECOND
  }

  seconds(t: number): number {
    return this.baseSec + Math.floor(t / SECOND)
  }

  nanoseconds(t: number): number {
    return t - Math.floor(t / SECOND) * SECOND
  }

  #start(view: PacketView): void {
    this.#started = true
    this.baseSec = view.timeSec
    this.first = view.timeNsec
  }
}

/** Whether the flow the cursor is on has ended by time before `t`. A time that goes back ends nothing. */
export function isExpired(store: FlowStore, t: number): boolean {
  const base = store.base
  const kind = store.int(base + KIND)
  if ((kind & ProtocolMask) !== Tcp) return t - store.double(base + LAST_TIME) > IDLE_DATAGRAM
  if ((kind & HasClosed) !== 0) return t - store.double(base + CLOSED_TIME) > IDLE_CLOSED
  const idle = t - store.double(base + LAST_TIME)
  if (idle <= IDLE_UNANSWERED) return false
  const forward = store.int(base + SIDES + PACKETS)
  const reverse = store.int(base + SIDES + SIDE_WORDS + PACKETS)
  return forward === 0 || reverse === 0 || idle > IDLE_OPEN
}

/** Whether the flow closed so long before `t` that packets are only counted. */
export function isLongClosed(store: FlowStore, t: number): boolean {
  if ((store.int(store.base + KIND) & HasClosed) === 0) return false
  return t > store.double(store.base + CLOSED_TIME) + CLOSING
}
