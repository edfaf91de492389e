import type { CapturePoint, Evidence, Verdict } from '../../audit/verdict.ts'
import type { Identity } from '../../cluster/address-book.ts'
import { protocolName } from '../../core/protocol.ts'
import type { Flow, FlowDirection, FlowEndpoint, IcmpError } from '../../flow/flow.ts'
import type { Decision } from '../../masquerade/decision.ts'
import { flowSeconds, offsetOf, roundToNs, timestampOf } from './time.ts'
import type {
  BothWays,
  CountsRecord,
  EndpointRecord,
  EvidenceRecord,
  ExpectedRecord,
  FlowRecord,
  IcmpErrorRecord,
  NatRecord,
  PointRecord,
  TcpRecord,
} from './types.ts'

/**
 * The public record of one flow.
 *
 * @param sighting - A verdict, or a flow with its identities alone (then `nat` is `null`).
 * @param capture - Name of the capture it was seen in.
 */
export function toFlowRecord(
  sighting: Verdict | Pick<Verdict, 'flow' | 'source' | 'destination' | 'point'>,
  capture: string,
): FlowRecord {
  const { flow } = sighting
  return {
    record: 'flow',
    id: String(flow.id),
    capture,
    point: pointRecord(sighting.point),
    protocol: protocolName(flow.protocol),
    source: endpointRecord(flow.source, sighting.source),
    destination: endpointRecord(flow.destination, sighting.destination),
    start: timestampOf(flow.timeKind, flow.startSec, flow.startNsec),
    offsetSeconds: offsetOf(flow.timeKind, flow.startSec, flow.startNsec),
    durationSeconds: flowSeconds(flow),
    forward: countsRecord(flow.forward),
    reverse: countsRecord(flow.reverse),
    tcp: tcpRecord(flow),
    icmp: flow.icmp,
    tunnel: flow.tunnel,
    icmpErrors: flow.icmpErrors.map(icmpErrorRecord),
    evicted: flow.evicted,
    nat: 'verdict' in sighting ? natRecord(sighting) : null,
  }
}

export function pointRecord(point: CapturePoint): PointRecord {
  const { kind, name, basis, side, assumed } = point
  return { kind, name, interface: point.interface, basis, side, assumed }
}

/** Decision as the `expected` and `installed` members of a flow show it. */
export function expectedRecord(decision: Decision, because: readonly string[]): ExpectedRecord {
  const { engine, action, address, addresses, rule } = decision
  return { engine, action, address, addresses, rule, because }
}

function endpointRecord(endpoint: FlowEndpoint, identity: Identity): EndpointRecord {
  const { kind, name, node, basis } = identity
  return { ip: endpoint.ip, port: endpoint.port, kind, name, node, basis }
}

function countsRecord({ packets, payloadBytes, ipBytes }: FlowDirection): CountsRecord {
  return { packets, payloadBytes, ipBytes }
}

function bothWays<K extends keyof FlowDirection>(flow: Flow, key: K): BothWays<FlowDirection[K]> {
  return { forward: flow.forward[key], reverse: flow.reverse[key] }
}

function tcpRecord(flow: Flow): TcpRecord | null {
  if (flow.tcp === null) return null
  return {
    connState: flow.tcp.connState,
    history: flow.tcp.history,
    originKnown: flow.originKnown,
    isn: bothWays(flow, 'isn'),
    retransmissions: bothWays(flow, 'retransmissions'),
    outOfOrder: bothWays(flow, 'outOfOrder'),
    duplicates: bothWays(flow, 'duplicates'),
    missedBytes: bothWays(flow, 'missedBytes'),
    zeroWindows: bothWays(flow, 'zeroWindows'),
    keepAlives: bothWays(flow, 'keepAlives'),
    resets: bothWays(flow, 'resets'),
    handshakeRttSeconds: flow.tcp.handshakeRttSeconds === null ? null : roundToNs(flow.tcp.handshakeRttSeconds),
  }
}

function icmpErrorRecord({ type, code, from, to, quotesForward, mtu }: IcmpError): IcmpErrorRecord {
  return { type, code, from, to, quotes: quotesForward ? 'forward' : 'reverse', mtu }
}

function natRecord(verdict: Verdict): NatRecord {
  const { code, expected, installed, observed, because, evidence, connection, impact } = verdict
  return {
    verdict: verdict.verdict,
    code,
    expected: expected && expectedRecord(expected, because),
    installed: installed && expectedRecord(installed, decidingReasons(installed)),
    observed,
    because,
    evidence: evidence.map(evidenceRecord),
    connection,
    impact,
  }
}

/** Details of the rules that matched, the deciding one last in the trace and first here. */
export function decidingReasons(decision: Decision): string[] {
  return decision.trace
    .filter((step) => step.matched)
    .map((step) => step.detail)
    .reverse()
}

function evidenceRecord({ kind, detail, confidence, packets, source }: Evidence): EvidenceRecord {
  return { kind, detail, confidence, packets: packets ?? [], source: source ?? null }
}
