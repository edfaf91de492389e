import { type Cidr, parseCidr } from '../../core/cidr.ts'
import { type IpText, parseIp } from '../../core/ip.ts'
import type { SourceRef } from '../../core/source-ref.ts'
import { type AddressFact, dumpOf, type FactStore, type InputEntry, type NodeClue, type SettingFact } from '../facts.ts'
import type { Section } from '../section.ts'
import type { AgentStatus } from '../snapshot.ts'

/** What a status says, in text or JSON alike; members `null` or empty where it says nothing. */
export interface StatusReading {
  readonly masquerading: AgentStatus['masquerading']
  /** Exclusion CIDRs of the masquerading line, both families. */
  readonly exclusions: readonly Cidr[]
  readonly hostRouting: AgentStatus['hostRouting']
  readonly routing: AgentStatus['routing'] | 'hybrid'
  readonly tunnelProtocol: string | null
  readonly version: string | null
  readonly devices: AgentStatus['devices']
  readonly kubeProxyReplacement: string | null
  /** CIDRs after `allocated from`. */
  readonly allocatedFrom: readonly Cidr[]
  /** `Proxy Status: OK, ip …`: cilium_host of the node. */
  readonly proxyIp: IpText | null
  /** Address and owner: `router`, `health`, `ingress` or `namespace/pod`. */
  readonly allocations: readonly { readonly ip: IpText; readonly owner: string; readonly source: SourceRef }[]
  /** Further cilium-config keys the status tells the realised value of. */
  readonly settings: ReadonlyMap<string, string>
  /** Where each part stands: line of the text by its label. */
  readonly lines: ReadonlyMap<StatusPart, number>
}

/** Parts of a status that settings are read from. */
export type StatusPart =
  | 'Masquerading'
  | 'Routing'
  | 'Host Routing'
  | 'KubeProxyReplacement'
  | 'Cilium'
  | 'IPAM'
  | 'Proxy Status'

/** A reading that says nothing, to be spread into a real one. */
export const NO_STATUS: StatusReading = {
  masquerading: null,
  exclusions: [],
  hostRouting: null,
  routing: null,
  tunnelProtocol: null,
  version: null,
  devices: [],
  kubeProxyReplacement: null,
  allocatedFrom: [],
  proxyIp: null,
  allocations: [],
  settings: new Map(),
  lines: new Map(),
}

/** Puts a status into the store: the node's own state, realised settings, and addresses of the node and its pods. */
export function addStatus(reading: StatusReading, section: Section, store: FactStore, entry: InputEntry): void {
  const at = (...parts: readonly StatusPart[]): SourceRef => {
    const line = parts.map((part) => reading.lines.get(part)).find((found) => found !== undefined)
    return { file: section.file, line: line ?? section.firstLine }
  }
  if (reading.version !== null) {
    store.versions.push({ version: reading.version, origin: 'status', source: at('Cilium') })
  }
  const { masquerading, hostRouting, version, devices, exclusions, allocatedFrom } = reading
  const routing = reading.routing === 'hybrid' ? null : reading.routing
  store.dumps.push({
    ...dumpOf(entry, section.hint, statusClues(reading)),
    content: {
      kind: 'status',
      status: { masquerading, hostRouting, routing, version, devices, source: at('Masquerading') },
      exclusion: { exclusions, allocatedFrom },
    },
    settings: statusSettings(reading, at),
    addresses: statusAddresses(reading, at('Proxy Status')),
  })
}

/** `cluster-metadata-formats.md` §2: a device's address, else the pod CIDR, else the proxy's address. */
function statusClues({ devices, allocatedFrom, proxyIp }: StatusReading): NodeClue[] {
  return [
    ...devices.flatMap(({ addresses }) => addresses.map((ip) => ({ kind: 'address', ip }) as const)),
    ...allocatedFrom.map((cidr) => ({ kind: 'pod-cidr', cidr }) as const),
    ...(proxyIp === null ? [] : [{ kind: 'address', ip: proxyIp } as const]),
  ]
}

type PlaceOf = (...parts: readonly StatusPart[]) => SourceRef

function statusSettings(reading: StatusReading, at: PlaceOf): SettingFact[] {
  const facts: SettingFact[] = []
  const set = (key: string, value: string | null, source: SourceRef): void => {
    if (value !== null) facts.push({ key, value, origin: 'status', source, weight: 0 })
  }
  if (reading.masquerading !== null) {
    for (const [key, value] of masqueradingSettings(reading.masquerading)) set(key, value, at('Masquerading'))
  }
  set('routing-mode', reading.routing, at('Routing'))
  if (reading.routing === 'tunnel') set('tunnel-protocol', reading.tunnelProtocol, at('Routing'))
  const legacy = reading.hostRouting === null ? null : String(reading.hostRouting === 'legacy')
  set('enable-host-legacy-routing', legacy, at('Host Routing', 'Routing'))
  set('kube-proxy-replacement', reading.kubeProxyReplacement, at('KubeProxyReplacement'))
  for (const [key, value] of reading.settings) set(key, value, at())
  return facts
}

function masqueradingSettings(line: NonNullable<AgentStatus['masquerading']>): [string, string][] {
  if (line.mode === 'disabled') {
    return [
      ['enable-ipv4-masquerade', 'false'],
      ['enable-ipv6-masquerade', 'false'],
    ]
  }
  return [
    // Releases without the bracket masquerade IPv4 and say nothing of IPv6.
    ['enable-ipv4-masquerade', String(line.ipv4 ?? true)],
    ...(line.ipv6 === null ? [] : [['enable-ipv6-masquerade', String(line.ipv6)] as [string, string]]),
    ['enable-bpf-masquerade', String(line.mode === 'bpf')],
    ...(line.mode === 'bpf' ? [['enable-ip-masq-agent', String(line.ipMasqAgent)] as [string, string]] : []),
    ...(line.devices.length > 0 ? [['devices', line.devices.join(' ')] as [string, string]] : []),
  ]
}

function statusAddresses(reading: StatusReading, source: SourceRef): AddressFact[] {
  const base = { node: null, nodeIp: null, local: true, origin: 'agent', remoteCluster: false } as const
  const router = reading.proxyIp === null ? [] : [{ ip: reading.proxyIp, owner: 'router', source }]
  return [...reading.allocations, ...router].map(({ ip, owner, source: at }) => {
    const special = owner === 'router' ? 'cilium_host' : owner === 'health' || owner === 'ingress' ? owner : null
    return {
      ...base,
      ip,
      kind: special ?? 'pod',
      name: special === null && owner.includes('/') ? owner : null,
      basis: `cilium status, allocated to ${owner}`,
      source: at,
    }
  })
}

/** CIDRs behind `allocated from` in the text of the IPAM line, which JSON carries as it is. */
export function allocatedCidrs(text: string): Cidr[] {
  return [...text.matchAll(/allocated from ([0-9a-fA-F.:]+\/\d+)/g)]
    .map((match) => parseCidr(match[1] ?? ''))
    .filter((cidr) => cidr !== undefined)
}

/** Devices and addresses of the KubeProxyReplacement line, without its brackets: `eth0   172.17.0.4 fe80::1 (Direct Routing), eth1`. */
export function parseDeviceList(text: string): AgentStatus['devices'] {
  return text
    .split(',')
    .map((part) =>
      part
        .replace(/\(Direct Routing\)/, '')
        .trim()
        .split(/\s+/),
    )
    .filter(([name]) => name !== undefined && name !== '')
    .map(([name = '', ...words]) => ({
      name,
      addresses: words.map((word) => parseIp(word)).filter((ip) => ip !== undefined),
    }))
}

/** `1.17.6` out of `1.17.6 (v1.17.6-9cc8d71f)` or `1.17.6-cee.1`. */
export function releaseOf(text: string): string | null {
  return /(?:^|\s|v)(\d+\.\d+(?:\.\d+)?)/.exec(text)?.[1] ?? null
}

/** `Native`, `Tunnel`, and `Hybrid` of the newest releases; `null` for a word none of them print. */
export function routingOf(word: string): StatusReading['routing'] {
  const mode = word.toLowerCase()
  return mode === 'native' || mode === 'tunnel' || mode === 'hybrid' ? mode : null
}
