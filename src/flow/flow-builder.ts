import { formatIp, type IpText } from '../core/ip.ts'
import { IpProtocol } from '../core/protocol.ts'
import type { TimeKind } from '../core/time.ts'
import type { AddressTable } from './address-table.ts'
import { datagramState, isIcmp } from './datagram.ts'
import type { Flow, FlowDirection, FlowEndpoint, PacketSample, Vantage } from './flow.ts'
import type { ExtraPool, SideExtra, VantageTally } from './flow-extra.ts'
import {
  ACKED,
  BITS,
  COUNTS,
  EXTRA,
  FIRST_ACK,
  HANDSHAKE,
  ID,
  IP_BYTES,
  KEY_A,
  KEY_B,
  KIND,
  Kind,
  LAST_TIME,
  MAX,
  PACKETS,
  PORTS,
  RTT_MIN,
  SAMPLES,
  SIDE_WORDS,
  SIDES,
  SideBit,
  START,
  START_TIME,
  SYN_OPTIONS,
  TTL_HOME,
  ZEEK_END,
} from './flow-record.ts'
import type { FlowStore } from './flow-store.ts'
import type { FlowClock } from './flow-times.ts'
import { historyText } from './history.ts'
import type { RecordPositions } from './record-positions.ts'
import type { SamplePool } from './samples.ts'
import { relativeTo } from './sequence.ts'
import { mssOf, windowScaleOf } from './syn-options.ts'
import { resetCount, synAckCount, synCount } from './tcp-counts.ts'
import { connState, stateOf, TcpState } from './tcp-state.ts'
import type { TunnelTable } from './tunnels.ts'
import { highestTtl, lowestTtl, type VantageTallies } from './vantage-tally.ts'
import type { VantageTable } from './vantages.ts'

const NO_ERRORS: Flow['icmpErrors'] = []

/** What a flow's words refer to. */
export interface FlowParts {
  readonly store: FlowStore
  readonly extras: ExtraPool
  readonly addresses: AddressTable
  readonly samples: SamplePool
  readonly tunnels: TunnelTable
  readonly vantages: VantageTable
  readonly tallies: VantageTallies
  readonly clock: FlowClock
  readonly positions: RecordPositions
  /** Host names by the stand-in addresses of a text capture. */
  readonly names: ReadonlyMap<IpText, string>
}

/** Makes the value that later stages see from the words of the flow the store's cursor is on. */
export class FlowBuilder {
  readonly #parts: FlowParts
  readonly #capture: number
  readonly #timeKind: TimeKind

  constructor(parts: FlowParts, capture: number, timeKind: TimeKind) {
    this.#parts = parts
    this.#capture = capture
    this.#timeKind = timeKind
  }

  /** @param evicted - The flow leaves the table before its end. */
  build(evicted: boolean): Flow {
    const { store, extras, tunnels, clock } = this.#parts
    const base = store.base
    const kind = store.int(base + KIND)
    const protocol = kind & Kind.ProtocolMask
    const extra = extras.get(store.int(base + EXTRA))
    const start = store.double(base + START_TIME)
    const end = store.double(base + LAST_TIME)
    const samples = this.#samples()
    const forward = this.#direction(0, protocol, extra?.sides[0], samples)
    const reverse = this.#direction(1, protocol, extra?.sides[1], samples)
    const history = historyText(store, extras)
    const state = this.#state(protocol, forward, reverse, history)
    return {
      id: store.coldInt(ID) >>> 0,
      capture: this.#capture,
      protocol,
      family: (kind & Kind.Ipv6) !== 0 ? 6 : 4,
      source: this.#endpoint(store.int(base + KEY_A), kind, store.int(base + PORTS) >>> 16),
      destination: this.#endpoint(store.int(base + KEY_B), kind, store.int(base + PORTS) & 0xffff),
      timeKind: this.#timeKind,
      startSec: clock.seconds(start),
      startNsec: clock.nanoseconds(start),
      endSec: clock.seconds(end),
      endNsec: clock.nanoseconds(end),
      zeekDurationSeconds: ((kind & Kind.BothClosed) !== 0 ? store.double(base + ZEEK_END) - start : end - start) / 1e9,
      forward,
      reverse,
      tcp:
        protocol === IpProtocol.Tcp ? { connState: state, history, handshakeRttSeconds: this.#handshake(kind) } : null,
      connState: state,
      history,
      originKnown: (kind & Kind.OriginKnown) !== 0,
      icmp: isIcmp(protocol) ? icmpOf(kind, store.int(base + PORTS)) : null,
      vantages: this.#parts.tallies.read().map((tally) => this.#vantage(tally)),
      tunnel: (kind & Kind.Tunnelled) !== 0 ? tunnels.take(store.flow) : null,
      samples,
      icmpErrors: extra?.icmpErrors ?? NO_ERRORS,
      evicted,
    }
  }

  #state(protocol: number, forward: FlowDirection, reverse: FlowDirection, history: string): string {
    if (protocol !== IpProtocol.Tcp) return datagramState(protocol, forward.packets, reverse.packets)
    const { store } = this.#parts
    const os = stateOf(store.int(store.base + SIDES + BITS))
    const rs = stateOf(store.int(store.base + SIDES + SIDE_WORDS + BITS))
    return connState(os, rs, forward.payloadBytes === 0 && reverse.payloadBytes === 0, history)
  }

  #endpoint(address: number, kind: number, port: number): FlowEndpoint {
    const { addresses, names } = this.#parts
    const ip = (kind & Kind.Ipv6) !== 0 ? addresses.text(address) : formatIp(4, 0, 0, 0xffff, address >>> 0)
    const hasPorts = PORT_PROTOCOLS.has(kind & Kind.ProtocolMask)
    const name = names.size === 0 ? undefined : names.get(ip)
    if (name !== undefined) return { ip: name, port: hasPorts ? port : null, isName: true }
    return { ip, port: hasPorts ? port : null }
  }

  #direction(
    side: 0 | 1,
    protocol: number,
    extra: SideExtra | undefined,
    samples: readonly PacketSample[],
  ): FlowDirection {
    const { store } = this.#parts
    const e = store.base + SIDES + side * SIDE_WORDS
    const isTcp = protocol === IpProtocol.Tcp
    const bits = store.int(e + BITS)
    const counts = isTcp ? store.int(e + COUNTS) : 0
    const ttl = store.int(e + TTL_HOME)
    const rtt = isTcp ? store.int(e + RTT_MIN) : 0
    const options = store.coldInt(SYN_OPTIONS + side)
    return {
      packets: store.int(e + PACKETS),
      payloadBytes: isTcp ? this.#tcpPayload(e, side) : store.double(e + MAX),
      ipBytes: store.double(e + IP_BYTES),
      retransmissions: extra?.retransmissions ?? 0,
      outOfOrder: extra?.outOfOrder ?? 0,
      duplicates: extra?.duplicates ?? 0,
      missedBytes: extra?.missedBytes ?? 0,
      acknowledgedBytes: isTcp && (bits & SideBit.Acked) !== 0 ? this.#acknowledged(e) : 0,
      keepAlives: extra?.keepAlives ?? 0,
      zeroWindows: extra?.zeroWindows ?? 0,
      syns: synCount(counts),
      resets: resetCount(counts),
      isn: (bits & SideBit.ShownSyn) !== 0 ? store.int(e + START) >>> 0 : null,
      minTtl: lowestTtl(ttl),
      maxTtl: highestTtl(ttl),
      mss: mssOf(options),
      windowScale: windowScaleOf(options),
      firstTsVal: firstTsVal(samples, side === 0),
      dataRttSeconds: rtt === 0 ? null : (rtt - 1) / 1e6,
    }
  }
  /** Octets of payload by sequence space: no retransmitted one twice, no SYN or FIN, gaps included. */
  #tcpPayload(e: number, side: 0 | 1): number {
    const { store } = this.#parts
    const bits = store.int(e + BITS)
    const state = stateOf(bits)
    if (state === TcpState.Inactive) return 0
    const peer = store.base + SIDES + (1 - side) * SIDE_WORDS
    const unanswered = side === 0 && stateOf(store.int(peer + BITS)) === TcpState.Inactive
    // SYN and then a reset by the same side: the numbers between them are no data.
    if (state === TcpState.Reset && unanswered && (bits & SideBit.ShownSyn) !== 0) return 0
    const highest = Math.max(store.double(e + MAX), store.double(e + ACKED))
    return Math.max(0, highest - 1 - ((bits & SideBit.ShownFin) !== 0 ? 1 : 0))
  }

  #acknowledged(e: number): number {
    const { store } = this.#parts
    return Math.max(0, store.double(e + ACKED) - relativeTo(store.int(e + FIRST_ACK), store.int(e + START), 1))
  }

  /** From the SYN to the originator's first acknowledgment; not where SYN or SYN-ACK were repeated. */
  #handshake(kind: number): number | null {
    const { store } = this.#parts
    if ((kind & Kind.HandshakeTimed) === 0) return null
    const forward = store.int(store.base + SIDES + COUNTS)
    const reverse = store.int(store.base + SIDES + SIDE_WORDS + COUNTS)
    const seconds = store.coldDouble(HANDSHAKE) / 1e9
    return synCount(forward) === 1 && synAckCount(reverse) === 1 && seconds >= 0 ? seconds : null
  }

  #samples(): PacketSample[] {
    const { store, samples, clock, positions } = this.#parts
    return samples.read(store.coldInt(SAMPLES), clock, positions)
  }

  #vantage(tally: VantageTally): Vantage {
    const { vantages, clock } = this.#parts
    const place = vantages.placeOf(tally.vantage)
    return {
      interfaceIndex: place.interfaceIndex,
      ifindex: place.ifindex,
      sllPacketType: place.sllPacketType,
      direction: place.direction,
      vlan: place.vlan,
      depth: place.depth,
      forwardPackets: tally.packets[0],
      reversePackets: tally.packets[1],
      minTtlForward: tally.minTtl[0],
      minTtlReverse: tally.minTtl[1],
      firstTimeSec: clock.seconds(tally.firstTime),
      firstTimeNsec: clock.nanoseconds(tally.firstTime),
    }
  }
}

const PORT_PROTOCOLS: ReadonlySet<number> = new Set([IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Sctp])

function icmpOf(kind: number, ports: number): { type: number; code: number; id: number } {
  const type = (ports >>> 16) & 0xff
  const rest = ports & 0xffff
  return (kind & Kind.OneWay) !== 0 ? { type, code: rest, id: 0 } : { type, code: 0, id: rest }
}

function firstTsVal(samples: readonly PacketSample[], forward: boolean): FlowDirection['firstTsVal'] {
  for (const sample of samples) {
    if (sample.forward !== forward || sample.tsVal === null) continue
    return { value: sample.tsVal, timeSec: sample.timeSec, timeNsec: sample.timeNsec }
  }
  return null
}
