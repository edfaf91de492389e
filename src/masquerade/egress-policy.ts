import type { ClusterNode, EgressGatewayPolicy, Pod } from '../cluster/snapshot.ts'
import { type Cidr, cidrContains } from '../core/cidr.ts'
import { type IpText, ipFamily } from '../core/ip.ts'
import { atLeast } from './cilium-version.ts'
import type { EgressAnswer, EgressGateway } from './egress-answer.ts'
import { egressMapAnswer } from './egress-map.ts'
import type { PacketFacts } from './facts.ts'
import { selectorKeys, selectorMatches } from './label-selector.ts'
import { knownDevices, nativeDevices, usableAddresses } from './node-devices.ts'
import { podAt } from './pod-index.ts'

/**
 * Looks a packet up in the egress gateway policies as the datapath does: pods selected by labels, then the longest
 * destination prefix, where `excludedCIDRs` are entries without a gateway (docs/masquerade.md, "Egress gateway").
 */
export function egressPolicyFor(facts: PacketFacts): EgressAnswer {
  const disabled = whyDisabled(facts)
  if (disabled !== null) return { kind: 'none', detail: disabled }
  const cluster = inCluster(facts)
  if (cluster !== null) return { kind: 'none', detail: cluster }
  const answer = byPolicies(facts)
  const given = facts.cluster.egressGatewayPolicies.length > 0
  return answer.kind === 'unclear' || !given ? (egressMapAnswer(facts) ?? answer) : answer
}

function byPolicies(facts: PacketFacts): EgressAnswer {
  if (facts.cluster.egressGatewayPolicies.length === 0) return { kind: 'none', detail: 'no egress gateway policy' }
  const pod = podAt(facts.cluster, facts.query.source)
  return pod === undefined ? withoutPod(facts) : forPod(facts, pod)
}

function whyDisabled(facts: PacketFacts): string | null {
  if (!facts.settings.enableEgressGateway.value) return 'egress gateway is off'
  const known = facts.family === 4 || atLeast(facts.version, 1, 18)
  return known ? null : 'egress gateway knows only IPv4 before 1.18'
}

// "Destination that is any cluster identity never matches" (docs/masquerade.md, "Egress gateway").
function inCluster(facts: PacketFacts): string | null {
  const place = facts.destination.place
  return place === 'outside' || place === 'unknown' ? null : 'the destination is part of the cluster'
}

function withoutPod(facts: PacketFacts): EgressAnswer {
  const mayMatch = facts.cluster.egressGatewayPolicies.find((policy) => longestEntry(policy, facts)?.excluded === false)
  const isPod = facts.source.identity.kind === 'pod'
  if (mayMatch === undefined || !isPod) return { kind: 'none', detail: 'no egress gateway policy selects the source' }
  const missing = `the labels of the pod ${facts.query.source}, which policy ${mayMatch.name} asks for`
  return { kind: 'unclear', missing, policy: mayMatch.name, source: mayMatch.source }
}

interface Entry {
  readonly cidr: Cidr
  readonly excluded: boolean
}

function longestEntry(policy: EgressGatewayPolicy, facts: PacketFacts): Entry | undefined {
  // At equal length the exclusion wins: it is written to the map after the destinations.
  const entries: Entry[] = [
    ...policy.excludedCidrs.map((cidr) => ({ cidr, excluded: true })),
    ...policy.destinationCidrs.map((cidr) => ({ cidr, excluded: false })),
  ]
  let best: Entry | undefined
  for (const entry of entries) {
    if (!cidrContains(entry.cidr, facts.query.destination)) continue
    if (best === undefined || entry.cidr.prefix > best.cidr.prefix) best = entry
  }
  return best
}

function forPod(facts: PacketFacts, pod: Pod): EgressAnswer {
  let best: { entry: Entry; policy: EgressGatewayPolicy; missing: string | null } | undefined
  for (const policy of facts.cluster.egressGatewayPolicies) {
    const selected = selects(policy, pod, facts)
    if (selected === false) continue
    const entry = longestEntry(policy, facts)
    if (entry === undefined || (best !== undefined && best.entry.cidr.prefix >= entry.cidr.prefix)) continue
    best = { entry, policy, missing: selected === true ? null : selected }
  }
  if (best === undefined) return { kind: 'none', detail: 'no egress gateway policy selects source and destination' }
  const { entry, policy, missing } = best
  if (entry.excluded) return { kind: 'none', detail: `excludedCIDRs ${entry.cidr.text} of policy ${policy.name}` }
  if (missing !== null) return { kind: 'unclear', missing, policy: policy.name, source: policy.source }
  const gateways = gatewaysOf(policy, facts)
  return { kind: 'gateway', policy: policy.name, destination: entry.cidr, gateways, source: policy.source }
}

/** True, false, or the fact that is missing. */
function selects(policy: EgressGatewayPolicy, pod: Pod, facts: PacketFacts): boolean | string {
  let missing: string | null = null
  const labels = withNamespace(pod)
  const node = pod.node === null ? undefined : facts.cluster.nodesByName.get(pod.node)
  for (const selector of policy.selectors) {
    if (!selectorMatches(selector.podSelector, labels)) continue
    if (selector.nodeSelector !== null && !selectorMatches(selector.nodeSelector, node?.labels ?? {})) continue
    const unknown = selectorKeys(selector.namespaceSelector).filter((key) => !(key in namespaceLabels(pod)))
    if (unknown.length > 0) missing = `the label ${unknown.join(', ')} of namespace ${pod.namespace}`
    else if (selectorMatches(selector.namespaceSelector, namespaceLabels(pod))) return true
  }
  return missing ?? false
}

const namespaceLabels = (pod: Pod): Record<string, string> => ({ 'kubernetes.io/metadata.name': pod.namespace })

const withNamespace = (pod: Pod): Record<string, string> => ({
  ...pod.labels,
  'io.kubernetes.pod.namespace': pod.namespace,
  'io.kubernetes.pod.name': pod.name,
})

function gatewaysOf(policy: EgressGatewayPolicy, facts: PacketFacts): EgressGateway[] {
  return policy.gateways.map((gateway) => {
    const node = [...facts.cluster.nodes]
      .filter((candidate) => !candidate.remoteCluster && selectorMatches(gateway.nodeSelector, candidate.labels))
      .sort((a, b) => (a.name < b.name ? -1 : 1))[0]
    if (node === undefined) return { node: null, addresses: [] }
    return { node: node.name, addresses: egressAddresses(node, gateway, facts) }
  })
}

/** The policy's egress IP, else the first of its interface, else the first of the default route's interface. */
function egressAddresses(
  node: ClusterNode,
  gateway: EgressGatewayPolicy['gateways'][number],
  facts: PacketFacts,
): IpText[] | null {
  if (gateway.egressIp !== null) return isUsable(gateway.egressIp, facts) ? [gateway.egressIp] : []
  const name = gateway.interface ?? defaultRouteDevice(node, facts)
  const devices = knownDevices(node)
  if (name === null || devices === null) return null
  const device = devices.get(name)
  const first = device === undefined ? undefined : usableAddresses(device, facts.family)[0]
  return first === undefined ? [] : [first.ip]
}

// The map's entry for "no egress IP" is the unspecified address.
function isUsable(ip: IpText, facts: PacketFacts): boolean {
  return ipFamily(ip) === facts.family && ip !== '0.0.0.0' && ip !== '::'
}

/** Device of the default route; without routes the only device that leads out. */
function defaultRouteDevice(node: ClusterNode, facts: PacketFacts): string | null {
  const route = (node.routes ?? []).find(
    (candidate) =>
      candidate.destination === null && (candidate.via === null || ipFamily(candidate.via) === facts.family),
  )
  if (route !== undefined) return route.device
  const native = node.routes === null ? nativeDevices(node, facts.family) : []
  return native.length === 1 ? (native[0]?.name ?? null) : null
}
