import type { Cidr } from '../core/cidr.ts'
import type { SourceRef } from '../core/source-ref.ts'

/** Where a setting's value came from, strongest first; the precedence of `cluster-metadata-formats.md` §13. */
export type SettingOrigin =
  | 'option'
  | 'status'
  | 'node-config'
  | 'agent-config'
  | 'cilium-config'
  | 'helm-values'
  | 'detected'
  | 'default'

/** One effective setting with its provenance. */
export interface Setting<T> {
  readonly value: T
  readonly origin: SettingOrigin
  /** `null` for defaults. */
  readonly source: SourceRef | null
  /** Who else said something about it, and what: strongest first, the winner left out. */
  readonly others: readonly { readonly value: T; readonly origin: SettingOrigin; readonly source: SourceRef | null }[]
}

/** Effective settings of the cluster, or of one node. Names are the cilium-config keys in camelCase. */
export interface Settings {
  /** `x.y`; `1.17` assumed (origin `default`) where nothing says. */
  readonly ciliumVersion: Setting<string>
  /** Full release where the inputs tell it, such as `1.16.4`; some rules changed in a patch release. */
  readonly ciliumRelease?: Setting<string>
  /** False when no input says anything about masquerading at all: verdicts are then `not_applicable` or `inconclusive`. */
  readonly known: boolean
  readonly enableIpv4: Setting<boolean>
  readonly enableIpv6: Setting<boolean>
  readonly enableIpv4Masquerade: Setting<boolean>
  readonly enableIpv6Masquerade: Setting<boolean>
  readonly enableBpfMasquerade: Setting<boolean>
  readonly routingMode: Setting<'native' | 'tunnel' | 'hybrid'>
  readonly tunnelProtocol: Setting<'vxlan' | 'geneve'>
  readonly tunnelPort: Setting<number>
  readonly ipv4NativeRoutingCidr: Setting<Cidr | null>
  readonly ipv6NativeRoutingCidr: Setting<Cidr | null>
  readonly autoDirectNodeRoutes: Setting<boolean>
  readonly enableIpMasqAgent: Setting<boolean>
  readonly egressMasqueradeInterfaces: Setting<readonly string[]>
  readonly enableMasqueradeToRouteSource: Setting<boolean>
  readonly enableRemoteNodeMasquerade: Setting<boolean>
  /** Empty: auto-detected (then `agent status` devices, where given, are the answer). Wildcards `eth+` allowed. */
  readonly devices: Setting<readonly string[]>
  readonly directRoutingDevice: Setting<string | null>
  readonly deriveMasqueradeIpAddrFromDevice: Setting<string | null>
  /** As written: `true`, `false`, or the older `strict`, `partial`, `probe`, `disabled`. */
  readonly kubeProxyReplacement: Setting<string>
  readonly enableEndpointRoutes: Setting<boolean>
  readonly enableHostLegacyRouting: Setting<boolean>
  readonly enableEgressGateway: Setting<boolean>
  readonly ipam: Setting<string>
  readonly installNoConntrackIptablesRules: Setting<boolean>
  readonly iptablesRandomFully: Setting<boolean>
  readonly onlyMasqueradeDefaultPool: Setting<boolean>
  readonly enableHostFirewall: Setting<boolean>
  readonly encryptNode: Setting<boolean>
  readonly enableWireguard: Setting<boolean>
  readonly enableIpsec: Setting<boolean>
  readonly enableSctp: Setting<boolean>
  readonly enableL7Proxy: Setting<boolean>
  /** Inclusive. BPF NAT ports start at the upper bound + 1. */
  readonly nodePortRange: Setting<readonly [number, number]>
  readonly bpfLbMode: Setting<string>
  readonly bpfLbSock: Setting<boolean>
  /** Every cilium-config key that any input set, as text; for lint and for rules of new versions. */
  readonly raw: ReadonlyMap<string, Setting<string>>
}
