import type { ClusterNode, ClusterSnapshot, EgressGatewayPolicy } from '../../cluster/snapshot.ts'
import { cidrContainsCidr } from '../../core/cidr.ts'
import { selectorMatches } from '../../masquerade/label-selector.ts'
import type { Hit, LintCheck } from './check.ts'
import { hasBpfNodePort, isGiven, ownNodes, wantsBpf } from './in-force.ts'

/** Egress gateway policies and what they need. */
export const EGRESS_GATEWAY: readonly LintCheck[] = [
  {
    code: 'egress-gateway-unmet',
    severity: 'error',
    title: 'egress gateway without what it needs',
    consequence: 'The agent refuses to start.',
    remedy:
      'Egress gateway needs IPv4 and BPF masquerading, the kube-proxy replacement, CRD identities and no CiliumEndpointSlices.',
    find({ settings }) {
      const flag = settings.enableEgressGateway
      if (!settings.known || !flag.value) return []
      return unmet(settings).map(({ text, source }) => ({
        found: `egress gateway is on and ${text}`,
        subject: 'enable-egress-gateway',
        sources: [flag.source, source],
      }))
    },
  },
  {
    code: 'egress-policies-unused',
    severity: 'warning',
    title: 'egress gateway policies while egress gateway is off',
    consequence: 'The policies have no effect: their pods leave with the address of their own node.',
    remedy: 'Set enable-egress-gateway: "true" (enable-ipv4-egress-gateway before 1.18).',
    find({ settings, egressGatewayPolicies: policies }) {
      const [first] = policies
      if (!settings.known || settings.enableEgressGateway.value || first === undefined) return []
      const found = `${policies.length === 1 ? `policy ${first.name} exists` : `${policies.length} policies exist`} and egress gateway is off`
      return [{ found, subject: first.name, sources: [first.source, settings.enableEgressGateway.source] }]
    },
  },
  {
    code: 'egress-policy-without-gateway',
    severity: 'error',
    title: 'an egress gateway policy whose gateway is no node',
    consequence: 'Traffic that the policy selects is dropped.',
    remedy: 'Label a node, or correct the nodeSelector.',
    find(cluster) {
      if (!cluster.nodesKnown || !hasLabels(cluster)) return []
      return cluster.egressGatewayPolicies.flatMap((policy) =>
        policy.gateways
          .filter(({ nodeSelector }) => gatewaysOf(cluster, nodeSelector).length === 0)
          .map(({ nodeSelector }): Hit => {
            const labels = Object.entries(nodeSelector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`)
            const found = `policy ${policy.name} wants a gateway with ${labels.join(', ') || 'labels'} and no node has them`
            return { found, subject: policy.name, sources: [policy.source] }
          }),
      )
    },
  },
  {
    code: 'egress-ip-on-no-device',
    severity: 'error',
    title: 'an egress IP that no device of the gateway carries',
    consequence: 'The traffic leaves with another address of the node, or is dropped.',
    remedy: 'Add the address to an interface of the gateway, or name the interface in the policy.',
    find(cluster) {
      return cluster.egressGatewayPolicies.flatMap((policy) => egressIpHits(cluster, policy))
    },
  },
  {
    code: 'egress-policy-over-native-cidr',
    severity: 'info',
    title: 'an egress gateway policy that covers the native-routing CIDR',
    consequence:
      'Policies are asked first: destinations in that range that are no part of the cluster leave with the egress IP.',
    remedy: 'Put the range into excludedCIDRs if it should be reached with pod addresses.',
    find({ settings, egressGatewayPolicies: policies }) {
      const setting = settings.ipv4NativeRoutingCidr
      const native = setting.value
      if (native === null || !settings.enableEgressGateway.value) return []
      return policies.flatMap((policy): Hit[] => {
        const over = policy.destinationCidrs.find((cidr) => cidrContainsCidr(cidr, native))
        if (over === undefined || policy.excludedCidrs.some((cidr) => cidrContainsCidr(cidr, native))) return []
        const found = `policy ${policy.name} covers ${over.text}, which holds ipv4-native-routing-cidr ${native.text}`
        return [{ found, subject: policy.name, sources: [policy.source, setting.source] }]
      })
    },
  },
]

function unmet(settings: ClusterSnapshot['settings']) {
  const raw = (key: string) => settings.raw.get(key)
  const replacement = settings.kubeProxyReplacement
  const checks = [
    { fails: !wantsBpf(settings), text: 'enable-bpf-masquerade is false', source: settings.enableBpfMasquerade.source },
    {
      fails: !settings.enableIpv4Masquerade.value,
      text: 'enable-ipv4-masquerade is false',
      source: settings.enableIpv4Masquerade.source,
    },
    {
      fails: hasBpfNodePort(settings) === false && isGiven(replacement),
      text: `kube-proxy-replacement is ${replacement.value}`,
      source: replacement.source,
    },
    {
      fails: raw('enable-cilium-endpoint-slice')?.value === 'true',
      text: 'enable-cilium-endpoint-slice is true',
      source: raw('enable-cilium-endpoint-slice')?.source,
    },
    {
      fails: raw('identity-allocation-mode')?.value === 'kvstore',
      text: 'identity-allocation-mode is kvstore',
      source: raw('identity-allocation-mode')?.source,
    },
  ]
  return checks.filter(({ fails }) => fails)
}

// Without labels the nodes were given in a form that has none: nothing can be said.
const hasLabels = (cluster: ClusterSnapshot): boolean =>
  cluster.nodes.some((node) => Object.keys(node.labels).length > 0)

function gatewaysOf(
  cluster: ClusterSnapshot,
  selector: EgressGatewayPolicy['gateways'][number]['nodeSelector'],
): ClusterNode[] {
  return ownNodes(cluster).filter((node) => selectorMatches(selector, node.labels))
}

function egressIpHits(cluster: ClusterSnapshot, policy: EgressGatewayPolicy): Hit[] {
  return policy.gateways.flatMap(({ egressIp, nodeSelector }): Hit[] => {
    const [node] = gatewaysOf(cluster, nodeSelector).sort((a, b) => (a.name < b.name ? -1 : 1))
    if (egressIp === null || node === undefined || node.devices === null) return []
    const devices = [...node.devices.values()]
    if (devices.some(({ addresses }) => addresses.some(({ ip }) => ip === egressIp))) return []
    const found = `policy ${policy.name} gives egress IP ${egressIp}, and no device of its gateway ${node.name} has it`
    return [{ found, subject: policy.name, sources: [policy.source, devices[0]?.source], confirm: 'ip addr' }]
  })
}
