import { SETTING_TABLE } from './setting-table.ts'

/** Keys that say something about masquerading: with any of them given, the settings count as known. */
export const MASQUERADE_KEYS: ReadonlySet<string> = new Set([
  'masquerade',
  'enable-ipv4-masquerade',
  'enable-ipv6-masquerade',
  'enable-bpf-masquerade',
  'ipv4-native-routing-cidr',
  'ipv6-native-routing-cidr',
  'native-routing-cidr',
  'enable-ip-masq-agent',
  'egress-masquerade-interfaces',
  'enable-masquerade-to-route-source',
  'enable-remote-node-masquerade',
  'only-masquerade-default-pool',
])

/** Other keys of `cilium-config` that tell a grepped view for what it is. */
const OTHER_KEYS = [
  'cluster-name',
  'cluster-id',
  'cluster-pool-ipv4-cidr',
  'cluster-pool-ipv4-mask-size',
  'cluster-pool-ipv6-cidr',
  'cluster-pool-ipv6-mask-size',
  'ip-masq-agent-config-path',
  'install-iptables-rules',
  'enable-runtime-device-detection',
  'cni-chaining-mode',
  'cni-exclusive',
  'enable-node-port',
  'enable-bpf-clock-probe',
  'annotate-k8s-node',
  'prepend-iptables-chains',
  'nodeport-addresses',
  'bpf-lb-acceleration',
  'bpf-lb-sock-hostns-only',
  'datapath-mode',
  'identity-allocation-mode',
  'enable-hubble',
  'enable-policy',
  'vtep-cidr',
  'enable-health-checking',
  'enable-endpoint-health-checking',
  'enable-xt-socket-fallback',
  'k8s-require-ipv4-pod-cidr',
  'routing-mode',
  'enable-ipip-termination',
  'enable-cilium-endpoint-slice',
  'disable-endpoint-crd',
  'proxy-use-original-source-address',
  'local-max-addr-scope',
  'monitor-aggregation',
]

/** Keys of `cilium-config` this tool knows by name. */
export const KNOWN_KEYS: ReadonlySet<string> = new Set([
  ...Object.values(SETTING_TABLE).flatMap((spec) => spec.keys.map(({ key }) => key)),
  ...MASQUERADE_KEYS,
  ...OTHER_KEYS,
])
