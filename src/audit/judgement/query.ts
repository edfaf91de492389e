import type { Identity } from '../../cluster/address-book.ts'
import { type IpText, ipFamily } from '../../core/ip.ts'
import { IpProtocol } from '../../core/protocol.ts'
import type { Flow } from '../../flow/flow.ts'
import type { Decision, PacketQuery } from '../../masquerade/decision.ts'
import type { AuditContext } from '../context.ts'
import type { CapturePoint } from '../verdict.ts'

/** Facts of a question that the flow alone does not carry. */
export interface QueryFacts {
  /** Address before translation. */
  readonly source: IpText
  readonly node: string | null
  /** Destination after the services were resolved; the flow's own where left out. */
  readonly destination?: IpText
  readonly point?: CapturePoint
  readonly isReply?: boolean
}

/** The question to the settings: what happens to the opener's packets (or, for a reply, the answerer's). */
export function queryOf(flow: Flow, facts: QueryFacts): PacketQuery {
  const { source, node, isReply = false } = facts
  const [from, to] = isReply ? [flow.destination, flow.source] : [flow.source, flow.destination]
  return {
    source,
    destination: facts.destination ?? to.ip,
    protocol: flow.protocol,
    sourcePort: from.port,
    destinationPort: to.port,
    icmpType: isReply ? answerType(flow) : (flow.icmp?.type ?? null),
    node,
    outInterface: leavingDevice(facts.point, node),
    isReply,
  }
}

/** The device a packet of the node left by, where the point itself shows it. */
function leavingDevice(point: CapturePoint | undefined, node: string | null): string | null {
  if (point === undefined || point.kind !== 'node' || point.side !== 'after') return null
  if (point.name === null || point.name !== node || point.interface === 'any') return null
  return point.interface
}

function answerType(flow: Flow): number | null {
  if (flow.icmp === null) return null
  if (flow.protocol === IpProtocol.Icmp && flow.icmp.type === 8) return 0
  return flow.protocol === IpProtocol.Icmpv6 && flow.icmp.type === 128 ? 129 : flow.icmp.type
}

// An egress gateway is one step away, and steers no further.
const MAX_STEPS = 3

/** What the settings do with a packet on its whole way: where it is steered to another node, that node decides last. */
export function decideOnTheWay(query: PacketQuery, context: AuditContext): Decision {
  let decision = context.expected(query)
  for (let step = 1; decision.continuesAt !== null && step < MAX_STEPS; step++) {
    decision = context.expected({ ...query, node: decision.continuesAt, outInterface: null })
  }
  return decision
}

/** Backends a service address stands for; empty where none is listed. */
export function backendsOf(destination: Identity, context: AuditContext): readonly IpText[] {
  const family = ipFamily(destination.ip)
  const backends = context.servicesAt(destination.ip).flatMap((service) => service.backends)
  return [...new Set(backends)].filter((ip) => ipFamily(ip) === family)
}
