import type { IpFamily, IpText } from '../core/ip.ts'
import type { TimeKind } from '../core/time.ts'

/** One side of a flow. */
export interface FlowEndpoint {
  /** Canonical address; where a text capture printed a name instead, the name (`isName` true). */
  readonly ip: IpText
  /** `null` for ICMP. */
  readonly port: number | null
  readonly isName?: boolean
}

/** What one side sent. Copies of a packet seen more than once are in `duplicates` and in nothing else. */
export interface FlowDirection {
  readonly packets: number
  /** Octets of payload by sequence space (TCP) or the sum of payload lengths; see the contract. */
  readonly payloadBytes: number
  /** Sum of IP lengths, octets. */
  readonly ipBytes: number
  readonly retransmissions: number
  readonly outOfOrder: number
  readonly duplicates: number
  readonly missedBytes: number
  /** Octets the *other* side acknowledged beyond its first acknowledgment; tells "one-sided" from "unanswered". */
  readonly acknowledgedBytes: number
  readonly keepAlives: number
  readonly zeroWindows: number
  /** Segments with SYN and without ACK. */
  readonly syns: number
  readonly resets: number
  /** Initial sequence number, `null` where the SYN was not captured. */
  readonly isn: number | null
  /** Lowest and highest TTL seen, `null` where the capture has none. */
  readonly minTtl: number | null
  readonly maxTtl: number | null
  /** MSS and window scale of the SYN. */
  readonly mss: number | null
  readonly windowScale: number | null
  /** First TCP timestamp value of this side and the time it was seen at, for clock comparison. */
  readonly firstTsVal: { readonly value: number; readonly timeSec: number; readonly timeNsec: number } | null
  /** Smallest time from a data segment to the acknowledgment that covers it, as seen at the capture point. */
  readonly dataRttSeconds: number | null
}

/**
 * One packet kept as proof and for joining sightings; a flow keeps the first few of each direction.
 * NAT keeps `seq`, `ack`, `payloadLength`, `tsVal`, `ipId`; never the port.
 */
export interface PacketSample {
  /** {@link CaptureRecord.number} in the flow's capture file. */
  readonly record: number
  readonly file: number
  readonly forward: boolean
  readonly timeSec: number
  readonly timeNsec: number
  readonly flags: number
  readonly seq: number
  readonly ack: number
  readonly payloadLength: number
  readonly tsVal: number | null
  readonly ipId: number | null
  readonly ttl: number | null
  /** ICMP echo sequence number or DNS id for protocols without sequence numbers; `null` otherwise. */
  readonly tag: number | null
  /**
   * Set where `seq` or `ack` counts from a start that a text capture left unsaid, or was not printed at all (`-q`): good
   * inside the flow, of no value for joining.
   */
  readonly isRelative?: true
}

/** Where packets of the flow were seen: one (interface, direction of capture, VLAN, tunnel depth). At most 8 a flow. */
export interface Vantage {
  /** Index into the interfaces of the capture. */
  readonly interfaceIndex: number
  /** SLL2 interface index, 0 where there is none. */
  readonly ifindex: number
  /** SLL/SLL2 packet type or −1; direction In/Out of pcapng and text is folded in as `direction`. */
  readonly sllPacketType: number
  readonly direction: 'in' | 'out' | null
  readonly vlan: number
  readonly depth: number
  readonly forwardPackets: number
  readonly reversePackets: number
  readonly minTtlForward: number | null
  readonly minTtlReverse: number | null
  readonly firstTimeSec: number
  readonly firstTimeNsec: number
}

/** An ICMP error that quoted a packet of the flow. */
export interface IcmpError {
  readonly type: number
  readonly code: number
  readonly family: IpFamily
  /** Who sent it, and to whom. */
  readonly from: IpText
  readonly to: IpText
  /** True when it quotes a packet of the forward direction. */
  readonly quotesForward: boolean
  readonly mtu: number
  readonly timeSec: number
  readonly timeNsec: number
  readonly record: number
}

/**
 * One connection (or exchange) as seen at one capture: a *sighting*. A **value**: refers to no capture buffer.
 * `forward` is what the source sent; `source` is the side that opened the flow.
 */
export interface Flow {
  /** 1-based, in the order of first packets over the whole run. */
  readonly id: number
  /** Index of the capture (a file, a rotated set, or a section of a text) in the run. */
  readonly capture: number
  readonly protocol: number
  readonly family: IpFamily
  readonly source: FlowEndpoint
  readonly destination: FlowEndpoint
  readonly timeKind: TimeKind
  readonly startSec: number
  readonly startNsec: number
  readonly endSec: number
  readonly endNsec: number
  /** First to last packet, as Zeek counts it (packets after both sides closed left out); for the `zeek` formats. */
  readonly zeekDurationSeconds: number
  readonly forward: FlowDirection
  readonly reverse: FlowDirection
  /** TCP only. */
  readonly tcp: {
    readonly connState: string
    readonly history: string
    readonly handshakeRttSeconds: number | null
  } | null
  /** Zeek's conn_state for UDP, ICMP, SCTP (S0, SF, SHR, OTH); equal to `tcp.connState` for TCP. */
  readonly connState: string
  /** Zeek's history: as `tcp.history`; of UDP and SCTP `D` and `d`; empty for ICMP. */
  readonly history: string
  /** False where the opening was not captured and the roles are told from ports. */
  readonly originKnown: boolean
  readonly icmp: { readonly type: number; readonly code: number; readonly id: number } | null
  /** In order of first packet; at least one. */
  readonly vantages: readonly Vantage[]
  readonly tunnel: {
    readonly kind: 'vxlan' | 'geneve' | 'gre' | 'ipip'
    readonly vni: number | null
    readonly outerSource: IpText
    readonly outerDestination: IpText
  } | null
  /** First packets of each direction, at most 4 + 4, in order. */
  readonly samples: readonly PacketSample[]
  readonly icmpErrors: readonly IcmpError[]
  /** Why the flow left the table before its end: `limit` when `--max-flows` evicted it. */
  readonly evicted: boolean
}
