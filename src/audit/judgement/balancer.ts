import type { Service } from '../../cluster/snapshot.ts'
import type { AuditContext } from '../context.ts'
import type { Sighting } from '../sighting.ts'

/**
 * The Service whose traffic a node may forward to this destination under its own address: one reachable from outside
 * (NodePort, LoadBalancer, external IPs) with the destination among its backends, whose policy allows it.
 *
 * @returns `namespace/name`, `null` where there is none, or where all of them must keep the client's address
 * (`externalTrafficPolicy: Local`, DSR).
 * @see cilium-masquerade reference §5
 */
export function balancedTo({ flow, destination }: Sighting, context: AuditContext): string | null {
  if (destination.kind !== 'pod' && destination.kind !== 'node') return null
  const service = context
    .servicesOf(destination.ip)
    .find(
      (candidate) =>
        isExposed(candidate) && translates(candidate, context) && servesPort(candidate, flow.destination.port),
    )
  return service === undefined ? null : `${service.namespace}/${service.name}`
}

function isExposed({ type, externalIps }: Service): boolean {
  return type === 'NodePort' || type === 'LoadBalancer' || externalIps.length > 0
}

function translates({ externalTrafficPolicy }: Service, { cluster }: AuditContext): boolean {
  return externalTrafficPolicy === 'Cluster' && cluster.settings.bpfLbMode.value !== 'dsr'
}

// A named target port is not resolved here: it may be any port of the pod.
function servesPort({ ports }: Service, port: number | null): boolean {
  return ports.some(({ targetPort, port: own }) => typeof targetPort === 'string' || (targetPort ?? own) === port)
}
