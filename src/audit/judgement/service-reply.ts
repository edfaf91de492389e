import { IpProtocol } from '../../core/protocol.ts'
import type { Sighting } from '../sighting.ts'
import { captureStart } from './capture-start.ts'
import type { Case } from './case.ts'
import { openerOf } from './opener.ts'

/**
 * Whether a flow under a Service's address may be answers that a balancer rightly gave it: the backend's answers to a
 * client that called the Service. A connection seen opening is none, nor is a datagram from a port the Service does not
 * serve.
 */
export function mayBeServiceReply(seen: Sighting, { captures, context }: Pick<Case, 'captures' | 'context'>): boolean {
  const { flow, source } = seen
  if (source.kind !== 'service') return false
  if (!openerOf(flow, source, captureStart({ sighting: seen, captures }), context).sure) return true
  if (flow.protocol === IpProtocol.Tcp) return false
  const services = context.servicesAt(source.ip)
  return services.length === 0 || services.some(({ ports }) => ports.some(({ port }) => port === flow.source.port))
}
