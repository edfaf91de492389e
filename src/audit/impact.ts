import { IpProtocol } from '../core/protocol.ts'
import type { Flow, IcmpError } from '../flow/flow.ts'
import type { CaptureSummary } from '../flow/flow-run.ts'
import type { AuditContext } from './context.ts'
import { partyText } from './words.ts'

// A filter that names only one direction leaves the other out of the capture: silence is then no evidence.
const ONE_DIRECTION = /\b(?:src|dst)\b/
const EITHER_DIRECTION = /\bsrc (?:or|and) dst\b/

/**
 * What became of a connection, as far as the capture shows: `4 SYN unanswered`, `reset by node kind-worker`,
 * `ICMP host unreachable from 172.18.0.2`. `null` where it went well, or where the capture cannot show it.
 */
export function impactOf(flow: Flow, capture: CaptureSummary | undefined, context: AuditContext): string | null {
  const error = flow.icmpErrors.find((candidate) => candidate.quotesForward)
  if (error !== undefined) return icmpImpact(error)
  if (flow.protocol !== IpProtocol.Tcp) return null
  if (flow.forward.syns > 0 && flow.reverse.packets === 0) {
    if (wasAcknowledged(flow) || seesOneDirection(flow, capture)) return null
    return `${flow.forward.syns} SYN unanswered`
  }
  return resetImpact(flow, context)
}

// The opener acknowledges what the silent side sent: it answered, past this capture.
function wasAcknowledged(flow: Flow): boolean {
  return flow.reverse.acknowledgedBytes > 0 || (flow.tcp?.history.includes('A') ?? false)
}

function seesOneDirection(flow: Flow, capture: CaptureSummary | undefined): boolean {
  const interfaces = flow.vantages.map((vantage) => capture?.interfaces[vantage.interfaceIndex])
  return interfaces.some((seen) => {
    const filter = seen?.filter ?? ''
    return ONE_DIRECTION.test(filter) && !EITHER_DIRECTION.test(filter)
  })
}

function resetImpact(flow: Flow, context: AuditContext): string | null {
  switch (flow.connState) {
    case 'REJ':
    case 'RSTR':
    case 'RSTRH':
      return `reset by ${partyText(context.identify(flow.destination.ip))} ${flow.destination.ip}`
    case 'RSTO':
    case 'RSTOS0':
      return `reset by ${partyText(context.identify(flow.source.ip))} ${flow.source.ip}`
    default:
      return null
  }
}

const UNREACHABLE: Readonly<Record<number, string>> = {
  0: 'network unreachable',
  1: 'host unreachable',
  2: 'protocol unreachable',
  3: 'port unreachable',
  4: 'fragmentation needed',
  9: 'network prohibited',
  10: 'host prohibited',
  13: 'administratively prohibited',
}
const UNREACHABLE_V6: Readonly<Record<number, string>> = {
  0: 'no route to destination',
  1: 'administratively prohibited',
  3: 'address unreachable',
  4: 'port unreachable',
}

/** @see RFC 792, RFC 4443 §3 */
function icmpImpact({ type, code, family, from }: IcmpError): string {
  return `ICMP ${errorName(type, code, family)} from ${from}`
}

function errorName(type: number, code: number, family: 4 | 6): string {
  if (family === 4) {
    if (type === 3) return UNREACHABLE[code] ?? `unreachable (code ${code})`
    return type === 11 ? 'time exceeded' : `type ${type} code ${code}`
  }
  if (type === 1) return UNREACHABLE_V6[code] ?? `unreachable (code ${code})`
  if (type === 2) return 'packet too big'
  return type === 3 ? 'time exceeded' : `type ${type} code ${code}`
}
