import type { AddressBook, Identity } from '../../src/cluster/address-book.ts'
import type { Setting, SettingOrigin, Settings } from '../../src/cluster/settings.ts'
import type {
  ClusterNode,
  ClusterSnapshot,
  EgressGatewayPolicy,
  InstalledState,
  IpMasqAgent,
  NodeDevice,
  NodeRoute,
  Pod,
  PodPool,
} from '../../src/cluster/snapshot.ts'
import { type Cidr, cidrContains, parseCidr } from '../../src/core/cidr.ts'
import type { SourceRef } from '../../src/core/source-ref.ts'

const CONFIG_FILE = 'cilium-config.yaml'
const NODES_FILE = 'nodes.json'

/** A node in few words; addresses as `ip` or `ip/prefix` on devices. */
export interface NodeSpec {
  readonly name: string
  readonly internalIP?: string
  readonly externalIP?: string
  readonly internalIPv6?: string
  readonly externalIPv6?: string
  readonly ciliumHostIP?: string
  readonly ciliumHostIPv6?: string
  readonly podCIDRs?: readonly string[]
  readonly interfaces?: Readonly<Record<string, readonly string[]>>
  readonly routes?: readonly {
    readonly dst: string
    readonly dev?: string
    readonly via?: string
    readonly src?: string
  }[]
  readonly labels?: Readonly<Record<string, string>>
  readonly health?: readonly string[]
  readonly ingress?: readonly string[]
  readonly pools?: Readonly<Record<string, readonly string[]>>
  readonly remoteCluster?: boolean
  readonly installed?: Partial<InstalledState>
  readonly status?: ClusterNode['status']
}

interface PodSpec {
  readonly name: string
  readonly ip: string
  readonly node: string | null
  readonly labels?: Readonly<Record<string, string>>
  readonly phase?: string
}

export interface ClusterSpec {
  readonly version?: string
  /** cilium-config keys. `undefined`: no configuration was read, only what `options` gives. */
  readonly config?: Readonly<Record<string, string>>
  readonly options?: Readonly<Record<string, string>>
  readonly nodes?: readonly NodeSpec[]
  readonly pods?: readonly PodSpec[]
  readonly agent?: Partial<IpMasqAgent> & { readonly cidrs?: readonly string[] }
  readonly policies?: readonly EgressGatewayPolicy[]
  readonly pools?: readonly PodPool[]
  readonly nodesKnown?: boolean
}

export function cidr(text: string): Cidr {
  const parsed = parseCidr(text, { bareAddress: true })
  if (parsed === undefined) throw new Error(`Not a CIDR: ${text}`)
  return parsed
}

/** A snapshot made from literals, for tests of the decision. */
export function buildCluster(spec: ClusterSpec): ClusterSnapshot {
  const nodes = (spec.nodes ?? []).map(buildNode)
  const pods = (spec.pods ?? []).map(buildPod)
  const settings = buildSettings(spec)
  return {
    nodes,
    nodesByName: new Map(nodes.map((node) => [node.name, node])),
    nodesKnown: spec.nodesKnown ?? nodes.length > 0,
    pods,
    podsKnown: spec.pods !== undefined,
    services: [],
    egressGatewayPolicies: spec.policies ?? [],
    podPools: spec.pools ?? [],
    addressBook: buildAddressBook(nodes, pods, spec.nodesKnown ?? nodes.length > 0),
    settings,
    settingsFor: () => settings,
    ipMasqAgent: buildAgent(spec.agent),
    translations: [],
    connections: [],
    inputs: [],
    warnings: [],
  }
}

function buildAgent(agent: ClusterSpec['agent']): IpMasqAgent {
  return {
    state: agent?.state ?? 'unknown',
    effective:
      agent?.effective ??
      (agent?.cidrs ?? []).map((text) => ({
        cidr: cidr(text),
        basis: 'entry' as const,
        source: { file: 'ip-masq-agent.yaml' },
      })),
    masqLinkLocal: agent?.masqLinkLocal ?? false,
    masqLinkLocalIpv6: agent?.masqLinkLocalIpv6 ?? false,
    source: agent === undefined ? null : (agent.source ?? { file: 'ip-masq-agent.yaml' }),
    key: agent?.key ?? null,
  }
}

function buildNode(spec: NodeSpec): ClusterNode {
  const source: SourceRef = { file: NODES_FILE }
  const address = (type: 'InternalIP' | 'ExternalIP' | 'CiliumInternalIP', ip: string | undefined) =>
    ip === undefined ? [] : [{ ip, type, source }]
  return {
    name: spec.name,
    addresses: [
      ...address('InternalIP', spec.internalIP),
      ...address('InternalIP', spec.internalIPv6),
      ...address('ExternalIP', spec.externalIP),
      ...address('ExternalIP', spec.externalIPv6),
      ...address('CiliumInternalIP', spec.ciliumHostIP),
      ...address('CiliumInternalIP', spec.ciliumHostIPv6),
    ],
    ciliumHost: [spec.ciliumHostIP, spec.ciliumHostIPv6].flatMap((ip) => ip ?? []),
    health: spec.health ?? [],
    ingress: spec.ingress ?? [],
    podCidrs: (spec.podCIDRs ?? []).map(cidr),
    pools: new Map(Object.entries(spec.pools ?? {}).map(([name, cidrs]) => [name, cidrs.map(cidr)])),
    labels: spec.labels ?? {},
    remoteCluster: spec.remoteCluster ?? false,
    devices: spec.interfaces === undefined ? null : buildDevices(spec.interfaces),
    routes: spec.routes === undefined ? null : spec.routes.map(buildRoute),
    installed: {
      iptables: null,
      ip6tables: null,
      ipsets: null,
      ipMasqCidrs: null,
      egressEntries: null,
      ...spec.installed,
    },
    status: spec.status ?? null,
    source,
  }
}

function buildDevices(interfaces: Readonly<Record<string, readonly string[]>>): Map<string, NodeDevice> {
  return new Map(
    Object.entries(interfaces).map(([name, addresses], i) => [
      name,
      {
        name,
        ifindex: i + 1,
        mtu: null,
        addresses: addresses.map((text) => {
          const [ip = '', prefix] = text.split('/')
          return { ip, prefix: prefix === undefined ? 0 : Number(prefix), scope: scopeOf(ip), secondary: false }
        }),
        source: { file: 'ip-addr.txt', line: i + 1 },
      },
    ]),
  )
}

function scopeOf(ip: string): 'global' | 'link' | 'host' {
  if (ip.startsWith('127.') || ip === '::1') return 'host'
  return ip.startsWith('fe80:') ? 'link' : 'global'
}

function buildRoute(route: NonNullable<NodeSpec['routes']>[number], i: number): NodeRoute {
  const destination = route.dst === 'default' || /\/0$/.test(route.dst) ? null : cidr(route.dst)
  return {
    destination,
    device: route.dev ?? null,
    via: route.via ?? null,
    src: route.src ?? null,
    source: { file: 'ip-route.txt', line: i + 1 },
  }
}

function buildPod(spec: PodSpec): Pod {
  const [namespace = 'default', name = 'pod'] = spec.name.split('/')
  return {
    namespace,
    name,
    node: spec.node,
    ips: [spec.ip],
    hostNetwork: false,
    phase: spec.phase ?? 'Running',
    terminating: false,
    labels: spec.labels ?? {},
    ports: [],
    source: { file: 'pods.json' },
  }
}

function buildAddressBook(nodes: readonly ClusterNode[], pods: readonly Pod[], nodesKnown: boolean): AddressBook {
  const known = new Map<string, Identity>()
  for (const node of nodes) {
    const put = (ip: string, kind: Identity['kind'], basis: string, extra: Partial<Identity> = {}): void => {
      if (!known.has(ip))
        known.set(ip, { ip, kind, name: node.name, node: node.name, basis, source: node.source, ...extra })
    }
    for (const { ip, type } of node.addresses) {
      if (type === 'CiliumInternalIP') put(ip, 'cilium_host', 'CiliumNode CiliumInternalIP')
      else put(ip, 'node', `node ${type}`, { addressType: type })
    }
    for (const ip of node.health) put(ip, 'health', 'CiliumNode health')
    for (const ip of node.ingress) put(ip, 'ingress', 'CiliumNode ingress')
    for (const device of node.devices?.values() ?? []) {
      for (const { ip, scope } of device.addresses) {
        if (scope === 'global')
          put(ip, 'node', `address of ${device.name}`, { addressType: 'other', device: device.name })
      }
    }
  }
  for (const pod of pods) {
    for (const ip of pod.ips) {
      const name = `${pod.namespace}/${pod.name}`
      known.set(ip, { ip, kind: 'pod', name, node: pod.node, basis: 'pod status.podIPs', source: pod.source })
    }
  }
  return {
    lookup: (ip) => known.get(ip) ?? byRange(ip, nodes, nodesKnown),
    resolve: () => [],
  }
}

function byRange(ip: string, nodes: readonly ClusterNode[], nodesKnown: boolean): Identity {
  const base = { ip, name: null, source: null }
  if (ip.startsWith('127.') || ip === '::1') return { ...base, kind: 'loopback', node: null, basis: 'loopback' }
  for (const node of nodes) {
    const blocks = [...node.podCidrs, ...[...node.pools.values()].flat()]
    const block = blocks.find((candidate) => cidrContains(candidate, ip))
    if (block) return { ...base, kind: 'pod', node: node.name, basis: `in pod CIDR ${block.text}, no pod listed` }
  }
  return { ...base, kind: nodesKnown ? 'external' : 'unknown', node: null, basis: 'no match' }
}

/** Effective settings of cilium-config keys; absent keys take the agent's default. */
export function buildSettings(spec: Pick<ClusterSpec, 'version' | 'config' | 'options'>): Settings {
  const keys = { ...spec.config, ...spec.options }
  const originOf = (key: string): SettingOrigin =>
    spec.options?.[key] !== undefined ? 'option' : spec.config?.[key] !== undefined ? 'cilium-config' : 'default'
  const names = Object.keys(keys)
  const setting = <T>(value: T, key: string): Setting<T> => {
    const origin = originOf(key)
    const line = names.indexOf(key) + 1
    return { value, origin, source: origin === 'default' ? null : { file: CONFIG_FILE, line }, others: [] }
  }
  const text = (key: string, fallback: string): Setting<string> => setting(keys[key] || fallback, key)
  const flag = (key: string, fallback: boolean): Setting<boolean> =>
    setting(keys[key] === undefined ? fallback : keys[key] === 'true', key)
  const list = (key: string): Setting<readonly string[]> =>
    setting((keys[key] ?? '').split(/[\s,]+/).filter(Boolean), key)
  const block = (key: string): Setting<Cidr | null> => setting(keys[key] ? cidr(keys[key]) : null, key)
  const optional = (key: string): Setting<string | null> => setting(keys[key] || null, key)
  const [low = '30000', high = '32767'] = (keys['node-port-range'] ?? '30000,32767').split(',')
  return {
    ciliumVersion: {
      value: spec.version ?? '1.17',
      origin: spec.version ? 'status' : 'default',
      source: null,
      others: [],
    },
    known: spec.config !== undefined || spec.options !== undefined,
    enableIpv4: flag('enable-ipv4', true),
    enableIpv6: flag('enable-ipv6', true),
    enableIpv4Masquerade: flag('enable-ipv4-masquerade', true),
    enableIpv6Masquerade: flag('enable-ipv6-masquerade', true),
    enableBpfMasquerade: flag('enable-bpf-masquerade', false),
    routingMode: routingMode(keys, setting),
    tunnelProtocol: text('tunnel-protocol', 'vxlan') as Setting<'vxlan' | 'geneve'>,
    tunnelPort: setting(Number(keys['tunnel-port'] ?? 8472), 'tunnel-port'),
    ipv4NativeRoutingCidr: block('ipv4-native-routing-cidr'),
    ipv6NativeRoutingCidr: block('ipv6-native-routing-cidr'),
    autoDirectNodeRoutes: flag('auto-direct-node-routes', false),
    enableIpMasqAgent: flag('enable-ip-masq-agent', false),
    egressMasqueradeInterfaces: list('egress-masquerade-interfaces'),
    enableMasqueradeToRouteSource: flag('enable-masquerade-to-route-source', false),
    enableRemoteNodeMasquerade: flag('enable-remote-node-masquerade', false),
    devices: list('devices'),
    directRoutingDevice: optional('direct-routing-device'),
    deriveMasqueradeIpAddrFromDevice: optional('derive-masquerade-ip-addr-from-device'),
    kubeProxyReplacement: text('kube-proxy-replacement', 'false'),
    enableEndpointRoutes: flag('enable-endpoint-routes', false),
    enableHostLegacyRouting: flag('enable-host-legacy-routing', false),
    enableEgressGateway: flag(
      keys['enable-egress-gateway'] === undefined ? 'enable-ipv4-egress-gateway' : 'enable-egress-gateway',
      false,
    ),
    ipam: text('ipam', 'cluster-pool'),
    installNoConntrackIptablesRules: flag('install-no-conntrack-iptables-rules', false),
    iptablesRandomFully: flag('iptables-random-fully', false),
    onlyMasqueradeDefaultPool: flag('only-masquerade-default-pool', false),
    enableHostFirewall: flag('enable-host-firewall', false),
    encryptNode: flag('encrypt-node', false),
    enableWireguard: flag('enable-wireguard', false),
    enableIpsec: flag('enable-ipsec', false),
    enableSctp: flag('enable-sctp', false),
    enableL7Proxy: flag('enable-l7-proxy', true),
    nodePortRange: setting([Number(low), Number(high)] as const, 'node-port-range'),
    bpfLbMode: text('bpf-lb-mode', 'snat'),
    bpfLbSock: flag('bpf-lb-sock', false),
    raw: new Map(names.map((name) => [name, text(name, '')])),
  }
}

function routingMode(
  keys: Readonly<Record<string, string>>,
  setting: <T>(value: T, key: string) => Setting<T>,
): Settings['routingMode'] {
  const old = keys.tunnel
  if (keys['routing-mode'] === undefined && old !== undefined) {
    return setting(old === 'disabled' ? 'native' : 'tunnel', 'tunnel')
  }
  return setting((keys['routing-mode'] ?? 'tunnel') as 'native' | 'tunnel' | 'hybrid', 'routing-mode')
}

/** A policy for pods with a label, one gateway by label. */
export function egressPolicy(spec: {
  readonly name: string
  readonly podLabels?: Readonly<Record<string, string>>
  readonly destinations: readonly string[]
  readonly excluded?: readonly string[]
  readonly gatewayLabels: Readonly<Record<string, string>>
  readonly egressIp?: string
  readonly interface?: string
}): EgressGatewayPolicy {
  const selector = (labels: Readonly<Record<string, string>>) => ({ matchLabels: labels, matchExpressions: [] })
  return {
    name: spec.name,
    selectors: [{ podSelector: selector(spec.podLabels ?? {}), namespaceSelector: null, nodeSelector: null }],
    destinationCidrs: spec.destinations.map(cidr),
    excludedCidrs: (spec.excluded ?? []).map(cidr),
    gateways: [
      {
        nodeSelector: selector(spec.gatewayLabels),
        egressIp: spec.egressIp ?? null,
        interface: spec.interface ?? null,
      },
    ],
    source: { file: 'egress-policies.yaml' },
  }
}
