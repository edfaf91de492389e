import type { Identity } from '../../cluster/address-book.ts'
import { IpProtocol } from '../../core/protocol.ts'
import type { Flow } from '../../flow/flow.ts'
import { startSeconds } from '../connection/fingerprint.ts'
import type { AuditContext } from '../context.ts'

// Flows of UDP and ICMP end after this idle time in the datapath's connection table as in ours.
const UDP_IDLE_SECONDS = 60
// Linux: net.ipv4.ip_local_port_range, default lower end.
const FIRST_EPHEMERAL_PORT = 32768

/** Whether the source of a flow is known to have opened it; only the opener's side is subject to masquerading. */
export interface Opener {
  readonly sure: boolean
  /** Why not, and what makes one side likely. */
  readonly doubt: string
}

const SURE: Opener = { sure: true, doubt: '' }

/** @param captureStart - First packet of the capture, in the same seconds as the flow's times. */
export function openerOf(flow: Flow, source: Identity, captureStart: number, context: AuditContext): Opener {
  if (flow.protocol === IpProtocol.Tcp || flow.protocol === IpProtocol.Sctp) {
    return flow.originKnown ? SURE : { sure: false, doubt: doubtOf(flow, source, context) }
  }
  if (flow.icmp !== null) {
    return ECHO_REQUESTS.has(flow.icmp.type)
      ? SURE
      : { sure: false, doubt: 'the request it belongs to was not captured' }
  }
  if (mayBeAnswer(flow, captureStart)) return { sure: false, doubt: doubtOf(flow, source, context) }
  return SURE
}

const ECHO_REQUESTS: ReadonlySet<number> = new Set([8, 128])

// A datagram from a service's port to a high one, or between two high ports near the start of a capture, may answer one
// that came before the capture.
function mayBeAnswer(flow: Flow, captureStart: number): boolean {
  const from = flow.source.port ?? 0
  const to = flow.destination.port ?? 0
  if (to < 1024) return false
  if (from < 1024) return true
  if (flow.originKnown && to < FIRST_EPHEMERAL_PORT && to < from) return false
  return flow.timeKind === 'none' || startSeconds(flow) - captureStart < UDP_IDLE_SECONDS
}

/** From an ephemeral port to a lower one, as an opener speaks: NodePorts and host ports lie below. */
export function looksOpened({ source, destination }: Flow): boolean {
  return (source.port ?? 0) >= FIRST_EPHEMERAL_PORT && (destination.port ?? 0) < FIRST_EPHEMERAL_PORT
}

function doubtOf(flow: Flow, source: Identity, context: AuditContext): string {
  const declared = declaredPort(flow, source, context)
  if (declared !== null) return `its opening was not captured, and ${declared}: the other side probably opened it`
  return 'its opening was not captured, so either side may have opened it'
}

/** What the metadata says of the source's own port, if it names it. */
function declaredPort(flow: Flow, source: Identity, context: AuditContext): string | null {
  const port = flow.source.port
  if (port === null || source.kind !== 'pod') return null
  const pod = context.podAt(source.ip)
  if (pod?.ports.some(({ containerPort }) => containerPort === port))
    return `port ${port} is a container port of ${source.name}`
  const service = context
    .servicesOf(source.ip)
    .find(({ ports }) => ports.some((entry) => entry.targetPort === port || entry.port === port))
  return service === undefined ? null : `port ${port} is served there by ${service.namespace}/${service.name}`
}
