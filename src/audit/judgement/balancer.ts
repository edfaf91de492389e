import type { Service } from '../../cluster/snapshot.ts'
import type { AuditContext } from '../context.ts'
import { isSameNode } from '../identity.ts'
import type { Sighting } from '../sighting.ts'

/** Whether a node may have forwarded a client's connection to this destination under its own address. */
export type Balancing =
  /** A Service that is reachable from outside and has the destination as backend; `namespace/name`. */
  | { readonly may: 'yes'; readonly service: string }
  | { readonly may: 'no' }
  /** No Services are known, so that none can be excluded. */
  | { readonly may: 'unknown' }

/**
 * Tells whether a load balancer may stand behind a node's address.
 *
 * A balancer gives the client's connection the node's address only on the way to a backend elsewhere, and not under
 * `externalTrafficPolicy: Local` or DSR; kube-proxy does it for backends of its own node too.
 *
 * @see cilium-masquerade reference §5
 */
export function balancingOf({ flow, source, destination }: Sighting, context: AuditContext): Balancing {
  if (destination.kind !== 'pod' && destination.kind !== 'node' && destination.kind !== 'unknown') return { may: 'no' }
  if (isSameNode(source, destination) && replacesKubeProxy(context)) return { may: 'no' }
  const service = context
    .servicesOf(destination.ip)
    .find(
      (candidate) =>
        isExposed(candidate) && translates(candidate, context) && servesPort(candidate, flow.destination.port),
    )
  if (service !== undefined) return { may: 'yes', service: `${service.namespace}/${service.name}` }
  return { may: context.cluster.services.length > 0 || destination.kind === 'node' ? 'no' : 'unknown' }
}

/** Whether Services are balanced in BPF. Before 1.15 the setting knew `strict` and `partial` too. */
export function replacesKubeProxy({ cluster }: AuditContext): boolean {
  return ['true', 'strict', 'partial'].includes(cluster.settings.kubeProxyReplacement.value)
}

function isExposed({ type, externalIps }: Service): boolean {
  return type === 'NodePort' || type === 'LoadBalancer' || externalIps.length > 0
}

// The mode is that of balancing in BPF; kube-proxy knows no direct answers.
function translates({ externalTrafficPolicy }: Service, context: AuditContext): boolean {
  if (externalTrafficPolicy !== 'Cluster') return false
  const { bpfLbMode, kubeProxyReplacement } = context.cluster.settings
  const isKubeProxy = kubeProxyReplacement.origin !== 'default' && !replacesKubeProxy(context)
  return isKubeProxy || bpfLbMode.value !== 'dsr'
}

// A named target port is not resolved here: it may be any port of the pod.
function servesPort({ ports }: Service, port: number | null): boolean {
  return ports.some(({ targetPort, port: own }) => typeof targetPort === 'string' || (targetPort ?? own) === port)
}
