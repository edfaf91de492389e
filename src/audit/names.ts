import type { Flow, FlowEndpoint } from '../flow/flow.ts'
import type { AuditContext } from './context.ts'
import { findNode } from './point-prompt.ts'

/**
 * Flows of text captures printed with host names, with the names that mean one node or pod of the cluster replaced by
 * its address. Other names stay; nothing can be said of them.
 */
export function resolveNames(flows: readonly Flow[], context: AuditContext): readonly Flow[] {
  if (!flows.some(hasName)) return flows
  return flows.map((flow) =>
    hasName(flow)
      ? { ...flow, source: resolve(flow.source, flow, context), destination: resolve(flow.destination, flow, context) }
      : flow,
  )
}

/** Whether a side of the flow is a host name instead of an address. */
export function hasName({ source, destination }: Flow): boolean {
  return source.isName === true || destination.isName === true
}

function resolve(endpoint: FlowEndpoint, { family }: Flow, { cluster }: AuditContext): FlowEndpoint {
  if (endpoint.isName !== true) return endpoint
  const node = cluster.nodesByName.get(findNode(endpoint.ip, cluster) ?? '')
  const address = node?.addresses.find(({ ip, type }) => type === 'InternalIP' && ip.includes(':') === (family === 6))
  if (address !== undefined) return { ip: address.ip, port: endpoint.port }
  const pods = cluster.pods.filter((pod) => !pod.hostNetwork && pod.name === endpoint.ip)
  const ip =
    pods.length === 1 ? pods[0]?.ips.find((candidate) => candidate.includes(':') === (family === 6)) : undefined
  return ip === undefined ? endpoint : { ip, port: endpoint.port }
}
