/** How a chart value becomes the text of a cilium-config key. */
export interface HelmKey {
  readonly key: string
  /** Text of the key for a value; `undefined` where the value sets nothing. */
  readonly text?: (value: string) => string | undefined
  /** A default that another value brings along: weaker than the value of its own name. */
  readonly implied?: boolean
}

/** What a cloud mode brings along when it is on. */
const implies = (keys: Readonly<Record<string, string>>): readonly HelmKey[] =>
  Object.entries(keys).map(([key, text]) => ({
    key,
    implied: true,
    text: (value) => (value === 'true' ? text : undefined),
  }))

/**
 * Chart values that bear on masquerading and the cilium-config keys the chart writes from them; cilium-masquerade §8 and
 * `cluster-metadata-formats.md` §5.3.
 */
export const HELM_KEYS: ReadonlyMap<string, readonly HelmKey[]> = new Map<string, readonly HelmKey[]>([
  ['enableIPv4Masquerade', [{ key: 'enable-ipv4-masquerade' }]],
  ['enableIPv6Masquerade', [{ key: 'enable-ipv6-masquerade' }]],
  ['masquerade', [{ key: 'enable-ipv4-masquerade' }, { key: 'enable-ipv6-masquerade' }]],
  ['bpf.masquerade', [{ key: 'enable-bpf-masquerade' }]],
  ['bpf.hostRouting', [{ key: 'enable-host-legacy-routing', text: (v) => String(v !== 'true') }]],
  ['bpf.hostLegacyRouting', [{ key: 'enable-host-legacy-routing' }]],
  ['kubeProxyReplacement', [{ key: 'kube-proxy-replacement' }]],
  ['routingMode', [{ key: 'routing-mode' }]],
  ['tunnelProtocol', [{ key: 'tunnel-protocol' }]],
  ['tunnelPort', [{ key: 'tunnel-port' }]],
  ['tunnel', [{ key: 'tunnel' }]],
  ['ipv4NativeRoutingCIDR', [{ key: 'ipv4-native-routing-cidr' }]],
  ['ipv6NativeRoutingCIDR', [{ key: 'ipv6-native-routing-cidr' }]],
  ['nativeRoutingCIDR', [{ key: 'native-routing-cidr' }]],
  ['autoDirectNodeRoutes', [{ key: 'auto-direct-node-routes' }]],
  ['devices', [{ key: 'devices' }]],
  ['nodePort.directRoutingDevice', [{ key: 'direct-routing-device' }]],
  ['nodePort.range', [{ key: 'node-port-range' }]],
  ['egressMasqueradeInterfaces', [{ key: 'egress-masquerade-interfaces' }]],
  ['enableMasqueradeRouteSource', [{ key: 'enable-masquerade-to-route-source' }]],
  ['ipMasqAgent.enabled', [{ key: 'enable-ip-masq-agent' }]],
  ['egressGateway.enabled', [{ key: 'enable-egress-gateway' }, { key: 'enable-ipv4-egress-gateway' }]],
  ['endpointRoutes.enabled', [{ key: 'enable-endpoint-routes' }]],
  ['iptablesRandomFully', [{ key: 'iptables-random-fully' }]],
  ['installNoConntrackIptablesRules', [{ key: 'install-no-conntrack-iptables-rules' }]],
  ['ipam.mode', [{ key: 'ipam' }]],
  ['ipam.operator.clusterPoolIPv4PodCIDRList', [{ key: 'cluster-pool-ipv4-cidr' }]],
  ['ipam.operator.clusterPoolIPv4PodCIDR', [{ key: 'cluster-pool-ipv4-cidr' }]],
  ['ipam.operator.clusterPoolIPv4MaskSize', [{ key: 'cluster-pool-ipv4-mask-size' }]],
  ['ipam.operator.clusterPoolIPv6PodCIDRList', [{ key: 'cluster-pool-ipv6-cidr' }]],
  ['ipv4.enabled', [{ key: 'enable-ipv4' }]],
  ['ipv6.enabled', [{ key: 'enable-ipv6' }]],
  ['socketLB.enabled', [{ key: 'bpf-lb-sock' }]],
  ['socketLB.hostNamespaceOnly', [{ key: 'bpf-lb-sock-hostns-only' }]],
  ['loadBalancer.mode', [{ key: 'bpf-lb-mode' }]],
  ['loadBalancer.acceleration', [{ key: 'bpf-lb-acceleration' }]],
  ['hostFirewall.enabled', [{ key: 'enable-host-firewall' }]],
  ['encryption.nodeEncryption', [{ key: 'encrypt-node' }]],
  ['l7Proxy', [{ key: 'enable-l7-proxy' }]],
  ['sctp.enabled', [{ key: 'enable-sctp' }]],
  ['annotateK8sNode', [{ key: 'annotate-k8s-node' }]],
  ['cluster.name', [{ key: 'cluster-name' }]],
  ['cluster.id', [{ key: 'cluster-id' }]],
  ['eni.enabled', implies({ ipam: 'eni', 'enable-endpoint-routes': 'true', 'routing-mode': 'native' })],
  ['azure.enabled', implies({ ipam: 'azure', 'enable-endpoint-routes': 'true' })],
  ['alibabacloud.enabled', implies({ ipam: 'alibabacloud', 'enable-endpoint-routes': 'true' })],
  ['gke.enabled', implies({ 'routing-mode': 'native', 'enable-endpoint-routes': 'true' })],
])

/** Values whose presence tells a file of chart values from any other mapping. */
export const HELM_TELLING: ReadonlySet<string> = new Set([
  'autoDirectNodeRoutes',
  'bpf',
  'enableIPv4Masquerade',
  'enableIPv6Masquerade',
  'endpointRoutes',
  'egressMasqueradeInterfaces',
  'ipMasqAgent',
  'ipam',
  'ipv4NativeRoutingCIDR',
  'k8sServiceHost',
  'kubeProxyReplacement',
  'nativeRoutingCIDR',
  'routingMode',
  'tunnelProtocol',
])

/** cilium-config keys people pass as chart values, where they do nothing: seen in published tutorials. */
export function isMisspeltValue(path: string): boolean {
  return /^(?:enable|ipv[46]|native|egress|kube|routing|tunnel|auto)(?:-[a-z0-9]+)+$/.test(path)
}
