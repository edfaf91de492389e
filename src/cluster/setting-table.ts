import { isAtLeast } from './cilium-version.ts'
import {
  parseBoolean,
  parseList,
  parseOptionalCidr,
  parseOptionalText,
  parsePort,
  parsePortRange,
  parseText,
  parseWord,
  type ValueParser,
} from './setting-values.ts'
import type { Setting, Settings } from './settings.ts'

/** What decides a default: the release, and other settings' texts. */
export interface DefaultContext {
  /** `x.y`. */
  readonly version: string
  /** Effective text of a cilium-config key, `undefined` where no input sets it. */
  text(key: string): string | undefined
  /** Only chart values are given, so that the chart's defaults hold and not the agent's. */
  readonly chartOnly: boolean
}

/** A key that may set a field, with the translation of its text where it is an older spelling. */
export interface SettingKey {
  readonly key: string
  /** Text in the newer key's terms; `undefined` where this older key says nothing about the field. */
  readonly translate?: (text: string) => string | undefined
  /** Whether agents of a release read the key at all. */
  readonly readBy?: (version: string) => boolean
}

export interface SettingSpec<T> {
  readonly keys: readonly SettingKey[]
  readonly parse: ValueParser<T>
  readonly fallback: (context: DefaultContext) => T
}

type Fields = { [K in keyof Settings]: Settings[K] extends Setting<infer T> ? T : never }
type SpecTable = {
  readonly [K in Exclude<keyof Settings, 'known' | 'raw' | 'ciliumVersion' | 'ciliumRelease'>]: SettingSpec<Fields[K]>
}

const keys = (...names: string[]): SettingKey[] => names.map((key) => ({ key }))
const flag = (key: string, fallback = false): SettingSpec<boolean> => ({
  keys: keys(key),
  parse: parseBoolean,
  fallback: () => fallback,
})

/** Cloud IPAM modes, where the agent forces endpoint routes (cilium-masquerade §8). */
const routesPodsOnEndpoints = (context: DefaultContext): boolean =>
  ['eni', 'azure', 'alibabacloud'].includes(context.text('ipam') ?? '')

/** `tunnel: disabled|vxlan|geneve` of releases before 1.14, still read by 1.14. */
const OLD_TUNNEL_ROUTING: SettingKey = {
  key: 'tunnel',
  translate: (text) => (text === 'disabled' ? 'native' : 'tunnel'),
  readBy: (version) => !isAtLeast(version, '1.15'),
}
const OLD_TUNNEL_PROTOCOL: SettingKey = {
  key: 'tunnel',
  translate: (text) => (text === 'disabled' ? undefined : text),
  readBy: (version) => !isAtLeast(version, '1.15'),
}

/** Single master switch up to 1.9. */
const OLD_MASQUERADE: SettingKey = { key: 'masquerade', readBy: (version) => !isAtLeast(version, '1.10') }

/**
 * Every field of {@link Settings} with the cilium-config keys that set it, newest spelling first, and the agent's default.
 * Keys, spellings and defaults: cilium-masquerade §8 and Appendix B.
 */
export const SETTING_TABLE: SpecTable = {
  enableIpv4: flag('enable-ipv4', true),
  enableIpv6: flag('enable-ipv6'),
  enableIpv4Masquerade: {
    keys: [{ key: 'enable-ipv4-masquerade' }, OLD_MASQUERADE],
    parse: parseBoolean,
    // The chart turns it off in ENI mode since 1.18.
    fallback: ({ chartOnly, version, text }) => !(chartOnly && text('ipam') === 'eni' && isAtLeast(version, '1.18')),
  },
  enableIpv6Masquerade: {
    keys: [{ key: 'enable-ipv6-masquerade' }, OLD_MASQUERADE],
    parse: parseBoolean,
    fallback: () => true,
  },
  enableBpfMasquerade: {
    keys: keys('enable-bpf-masquerade'),
    parse: parseBoolean,
    // The charts of 1.8 and 1.9 turned it on.
    fallback: ({ chartOnly, version }) => chartOnly && !isAtLeast(version, '1.10'),
  },
  routingMode: {
    keys: [{ key: 'routing-mode' }, OLD_TUNNEL_ROUTING],
    parse: parseWord('native', 'tunnel', 'hybrid'),
    fallback: () => 'tunnel',
  },
  tunnelProtocol: {
    keys: [{ key: 'tunnel-protocol' }, OLD_TUNNEL_PROTOCOL],
    parse: parseWord('vxlan', 'geneve'),
    fallback: () => 'vxlan',
  },
  tunnelPort: {
    keys: keys('tunnel-port'),
    parse: (text) => (parsePort(text) === 0 ? undefined : parsePort(text)),
    fallback: (context) => (protocolOf(context) === 'geneve' ? 6081 : 8472),
  },
  ipv4NativeRoutingCidr: {
    keys: [
      { key: 'ipv4-native-routing-cidr' },
      { key: 'native-routing-cidr', readBy: (version) => !isAtLeast(version, '1.13') },
    ],
    parse: parseOptionalCidr(4),
    fallback: () => null,
  },
  ipv6NativeRoutingCidr: { keys: keys('ipv6-native-routing-cidr'), parse: parseOptionalCidr(6), fallback: () => null },
  autoDirectNodeRoutes: flag('auto-direct-node-routes'),
  enableIpMasqAgent: flag('enable-ip-masq-agent'),
  egressMasqueradeInterfaces: { keys: keys('egress-masquerade-interfaces'), parse: parseList, fallback: () => [] },
  enableMasqueradeToRouteSource: flag('enable-masquerade-to-route-source'),
  enableRemoteNodeMasquerade: flag('enable-remote-node-masquerade'),
  devices: { keys: keys('devices', 'device'), parse: parseList, fallback: () => [] },
  directRoutingDevice: { keys: keys('direct-routing-device'), parse: parseOptionalText, fallback: () => null },
  deriveMasqueradeIpAddrFromDevice: {
    keys: keys('derive-masquerade-ip-addr-from-device', 'derive-masq-ip-addr-from-device'),
    parse: parseOptionalText,
    fallback: () => null,
  },
  kubeProxyReplacement: {
    keys: keys('kube-proxy-replacement'),
    parse: (text) => text.trim().toLowerCase(),
    fallback: () => 'false',
  },
  enableEndpointRoutes: {
    keys: keys('enable-endpoint-routes'),
    parse: parseBoolean,
    fallback: routesPodsOnEndpoints,
  },
  enableHostLegacyRouting: flag('enable-host-legacy-routing'),
  enableEgressGateway: {
    keys: [
      { key: 'enable-egress-gateway', readBy: (version) => isAtLeast(version, '1.18') || version === '1.10' },
      { key: 'enable-ipv4-egress-gateway', readBy: (version) => !isAtLeast(version, '1.19') },
    ],
    parse: parseBoolean,
    fallback: () => false,
  },
  ipam: { keys: keys('ipam'), parse: parseText, fallback: () => 'cluster-pool' },
  installNoConntrackIptablesRules: flag('install-no-conntrack-iptables-rules'),
  iptablesRandomFully: flag('iptables-random-fully'),
  onlyMasqueradeDefaultPool: flag('only-masquerade-default-pool'),
  enableHostFirewall: flag('enable-host-firewall'),
  encryptNode: flag('encrypt-node'),
  enableWireguard: flag('enable-wireguard'),
  enableIpsec: flag('enable-ipsec'),
  enableSctp: flag('enable-sctp'),
  enableL7Proxy: flag('enable-l7-proxy', true),
  nodePortRange: { keys: keys('node-port-range'), parse: parsePortRange, fallback: () => [30000, 32767] },
  bpfLbMode: { keys: keys('bpf-lb-mode', 'node-port-mode'), parse: parseText, fallback: () => 'snat' },
  bpfLbSock: {
    keys: [{ key: 'bpf-lb-sock' }, { key: 'enable-host-reachable-services', readBy: (v) => !isAtLeast(v, '1.14') }],
    parse: parseBoolean,
    fallback: (context) => ['true', 'strict'].includes(context.text('kube-proxy-replacement') ?? ''),
  },
}

function protocolOf(context: DefaultContext): string {
  const old = isAtLeast(context.version, '1.15') ? undefined : context.text('tunnel')
  return context.text('tunnel-protocol') ?? old ?? 'vxlan'
}

/** Whether a text is a value of a cilium-config key; keys nobody here reads take any. */
export function isSettingValue(key: string, text: string): boolean {
  return Object.values(SETTING_TABLE).every((spec: SettingSpec<unknown>) =>
    spec.keys.every((own) => {
      if (own.key !== key) return true
      const translated = own.translate === undefined ? text : own.translate(text)
      return translated === undefined || spec.parse(translated) !== undefined
    }),
  )
}
