import type { CaptureInterface } from '../../src/capture/record.ts'
import { IpProtocol } from '../../src/core/protocol.ts'
import { TcpFlag } from '../../src/core/tcp-flags.ts'
import type { Flow, FlowDirection, FlowEndpoint, IcmpError, PacketSample, Vantage } from '../../src/flow/flow.ts'
import type { CaptureSummary } from '../../src/flow/flow-run.ts'

/** What a test says of a flow; the rest is a complete, answered TCP connection. */
export interface FlowFacts {
  readonly id?: number
  readonly capture?: number
  /** `10.244.1.10:40000 > 1.1.1.1:443`; IPv6 in brackets; no ports for ICMP. */
  readonly tuple: string
  readonly protocol?: 'tcp' | 'udp' | 'icmp' | 'icmpv6'
  readonly state?: string
  readonly history?: string
  readonly originKnown?: boolean
  readonly isn?: number | null
  readonly reverseIsn?: number | null
  readonly tsVal?: number | null
  readonly ipId?: number | null
  /** Offset of the opener's TCP timestamp clock in milliseconds. */
  readonly clock?: number
  /** TTL of the forward packets as captured. */
  readonly ttl?: number | null
  readonly reverseTtl?: number | null
  readonly mss?: number | null
  readonly syns?: number
  readonly answered?: boolean
  readonly payload?: number
  readonly retransmissions?: number
  /** Seconds since 2025-08-01T00:00:00Z. */
  readonly at?: number
  /** Places it was seen at, as interface index, direction, ifindex or SLL type; one plain vantage where left out. */
  readonly vantages?: readonly Partial<Vantage>[]
  readonly tunnel?: Flow['tunnel']
  readonly icmp?: Flow['icmp']
  readonly icmpErrors?: readonly IcmpError[]
  readonly tag?: number | null
  readonly timeKind?: Flow['timeKind']
  readonly samples?: readonly PacketSample[]
  /** 0 for a flow of which only answers were captured. */
  readonly forwardPackets?: number
}

const EPOCH = Date.UTC(2025, 7, 1) / 1000
const PROTOCOLS = {
  tcp: IpProtocol.Tcp,
  udp: IpProtocol.Udp,
  icmp: IpProtocol.Icmp,
  icmpv6: IpProtocol.Icmpv6,
} as const

/** The node 172.18.0.2 says of an answer from 1.1.1.1 that nobody takes it. */
export function anIcmpError(facts: Partial<IcmpError> = {}): IcmpError {
  return {
    type: 3,
    code: 3,
    family: 4,
    from: '172.18.0.2',
    to: '1.1.1.1',
    quotesForward: false,
    mtu: 0,
    timeSec: 0,
    timeNsec: 0,
    record: 3,
    ...facts,
  }
}

/** One kept packet. */
export function aSample(facts: Partial<PacketSample>): PacketSample {
  const start = splitSeconds(0)
  return {
    record: 1,
    file: 0,
    forward: true,
    timeSec: start.sec,
    timeNsec: start.nsec,
    flags: 0,
    seq: 0,
    ack: 0,
    payloadLength: 0,
    tsVal: null,
    ipId: null,
    ttl: null,
    tag: null,
    ...facts,
  }
}

/** A flow with the facts that the test speaks of; every call is a value of its own. */
export function aFlow(facts: FlowFacts): Flow {
  const [source, destination] = facts.tuple.split(' > ').map(parseEndpoint) as [FlowEndpoint, FlowEndpoint]
  const protocol = PROTOCOLS[facts.protocol ?? 'tcp']
  const isTcp = protocol === IpProtocol.Tcp
  const answered = facts.answered ?? true
  const start = splitSeconds(facts.at ?? 0)
  const state = facts.state ?? (isTcp ? (answered ? 'SF' : 'S0') : answered ? 'SF' : 'S0')
  const history = facts.history ?? (answered ? 'ShADadFf' : 'S')
  return {
    id: facts.id ?? 1,
    capture: facts.capture ?? 0,
    protocol,
    family: source.ip.includes(':') ? 6 : 4,
    source,
    destination,
    timeKind: facts.timeKind ?? 'absolute',
    startSec: start.sec,
    startNsec: start.nsec,
    endSec: start.sec,
    endNsec: start.nsec,
    zeekDurationSeconds: 0,
    forward: direction(facts, true, answered),
    reverse: direction(facts, false, answered),
    tcp: isTcp ? { connState: state, history, handshakeRttSeconds: null } : null,
    connState: state,
    history: isTcp ? history : '',
    originKnown: facts.originKnown ?? true,
    icmp: facts.icmp ?? null,
    vantages: (facts.vantages ?? [{}]).map((vantage) => aVantage(vantage, facts, answered)),
    tunnel: facts.tunnel ?? null,
    samples: facts.samples ?? samplesOf(facts, answered, isTcp),
    icmpErrors: facts.icmpErrors ?? [],
    evicted: false,
  }
}

function direction(facts: FlowFacts, forward: boolean, answered: boolean): FlowDirection {
  const isTcp = (facts.protocol ?? 'tcp') === 'tcp'
  const speaks = forward || answered
  const isn = forward ? facts.isn : facts.reverseIsn
  const ttl = (forward ? facts.ttl : facts.reverseTtl) ?? null
  return {
    packets: forward ? (facts.forwardPackets ?? 4) : speaks ? 4 : 0,
    payloadBytes: speaks ? (facts.payload ?? 75) : 0,
    ipBytes: speaks ? 400 : 0,
    retransmissions: forward ? (facts.retransmissions ?? 0) : 0,
    outOfOrder: 0,
    duplicates: 0,
    missedBytes: 0,
    acknowledgedBytes: answered ? (facts.payload ?? 75) : 0,
    keepAlives: 0,
    zeroWindows: 0,
    syns: forward && isTcp && facts.originKnown !== false ? (facts.syns ?? 1) : 0,
    resets: 0,
    isn: isTcp && speaks ? (isn ?? null) : null,
    minTtl: speaks ? ttl : null,
    maxTtl: speaks ? ttl : null,
    mss: forward ? (facts.mss ?? null) : null,
    windowScale: null,
    firstTsVal: forward && facts.clock !== undefined ? tsValOf(facts.clock, facts.at ?? 0) : null,
    dataRttSeconds: null,
  }
}

function tsValOf(offset: number, at: number): FlowDirection['firstTsVal'] {
  const { sec, nsec } = splitSeconds(at)
  return { value: (sec * 1000 + nsec / 1e6 + offset) % 2 ** 32, timeSec: sec, timeNsec: nsec }
}

function aVantage(vantage: Partial<Vantage>, facts: FlowFacts, answered: boolean): Vantage {
  const start = splitSeconds(facts.at ?? 0)
  return {
    interfaceIndex: 0,
    ifindex: 0,
    sllPacketType: -1,
    direction: null,
    vlan: -1,
    depth: 0,
    forwardPackets: facts.forwardPackets ?? 4,
    reversePackets: answered ? 4 : 0,
    minTtlForward: facts.ttl ?? null,
    minTtlReverse: facts.reverseTtl ?? null,
    firstTimeSec: start.sec,
    firstTimeNsec: start.nsec,
    ...vantage,
  }
}

function samplesOf(facts: FlowFacts, answered: boolean, isTcp: boolean): PacketSample[] {
  const start = splitSeconds(facts.at ?? 0)
  const base = {
    file: 0,
    timeSec: start.sec,
    timeNsec: start.nsec,
    payloadLength: isTcp ? 0 : (facts.payload ?? 75),
    tsVal: facts.tsVal ?? null,
    ipId: facts.ipId ?? null,
    ttl: facts.ttl ?? null,
    tag: facts.tag ?? null,
  }
  if (!isTcp) {
    const answer = {
      ...base,
      record: 2,
      forward: false,
      flags: 0,
      seq: 0,
      ack: 0,
      ttl: facts.reverseTtl ?? null,
      ipId: null,
    }
    return [{ ...base, record: 1, forward: true, flags: 0, seq: 0, ack: 0 }, ...(answered ? [answer] : [])]
  }
  const isn = facts.isn ?? 0
  const answer = {
    ...base,
    record: 2,
    forward: false,
    flags: TcpFlag.Syn | TcpFlag.Ack,
    seq: facts.reverseIsn ?? 0,
    ack: (isn + 1) >>> 0,
    ttl: facts.reverseTtl ?? null,
    tsVal: null,
    ipId: null,
  }
  if (facts.originKnown === false)
    return [{ ...base, record: 1, forward: true, flags: TcpFlag.Ack, seq: isn, ack: 0, payloadLength: 75 }]
  return [{ ...base, record: 1, forward: true, flags: TcpFlag.Syn, seq: isn, ack: 0 }, ...(answered ? [answer] : [])]
}

function parseEndpoint(text: string): FlowEndpoint {
  const v6 = /^\[(.+)\]:(\d+)$/.exec(text)
  if (v6) return { ip: v6[1] ?? '', port: Number(v6[2]) }
  const v4 = /^([\d.]+):(\d+)$/.exec(text)
  return v4 ? { ip: v4[1] ?? '', port: Number(v4[2]) } : { ip: text, port: null }
}

function splitSeconds(at: number): { sec: number; nsec: number } {
  const whole = Math.floor(at)
  return { sec: EPOCH + whole, nsec: Math.round((at - whole) * 1e9) }
}

/** A capture on interfaces of these names; `null` is an interface without one. */
export function aCapture(facts: {
  readonly index?: number
  readonly name?: string
  readonly interfaces?: readonly Partial<CaptureInterface>[]
  readonly startAt?: number
}): CaptureSummary {
  const name = facts.name ?? 'capture.pcap'
  const start = splitSeconds(facts.startAt ?? 0)
  return {
    index: facts.index ?? 0,
    name,
    files: [name],
    format: 'pcap',
    compression: [],
    interfaces: (facts.interfaces ?? [{}]).map(anInterface),
    timeKind: 'absolute',
    packets: 10,
    bytes: 1000,
    startSec: start.sec,
    startNsec: start.nsec,
    endSec: start.sec + 10,
    endNsec: 0,
    warnings: [],
    skipped: {},
    declaredPoint: null,
  }
}

function anInterface(facts: Partial<CaptureInterface>): CaptureInterface {
  return {
    name: null,
    description: null,
    linkType: 1,
    snapLength: 262144,
    timeKind: 'absolute',
    section: 0,
    host: null,
    command: null,
    filter: null,
    ...facts,
  }
}
