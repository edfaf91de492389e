import * as z from 'zod'
import { type Cidr, parseCidr } from '../../core/cidr.ts'
import { parseIp } from '../../core/ip.ts'
import { readFields } from '../fields.ts'
import { itemSource, type ManifestItem } from '../manifest.ts'
import type { AgentStatus } from '../snapshot.ts'
import { isRecord, type StructuredFormat } from './format.ts'
import {
  addStatus,
  allocatedCidrs,
  NO_STATUS,
  releaseOf,
  routingOf,
  type StatusPart,
  type StatusReading,
} from './status-facts.ts'

const TEXT = z.string().nullish()
/** False booleans are left out of the output: absent means false. */
const FLAG = z.boolean().nullish()

const STATUS = z.object({
  cilium: z.object({ msg: TEXT }).nullish(),
  masquerading: z
    .object({
      enabled: FLAG,
      mode: TEXT,
      enabledProtocols: z.object({ ipv4: FLAG, ipv6: FLAG }).nullish(),
      'ip-masq-agent': FLAG,
      'snat-exclusion-cidr': TEXT,
      'snat-exclusion-cidr-v4': TEXT,
      'snat-exclusion-cidr-v6': TEXT,
    })
    .nullish(),
  routing: z
    .object({
      'inter-host-routing-mode': TEXT,
      'intra-host-routing-mode': TEXT,
      'tunnel-protocol': TEXT,
    })
    .nullish(),
  'host-routing': z.object({ mode: TEXT }).nullish(),
  ipam: z.object({ status: TEXT, allocations: z.record(z.string(), z.string()).nullish() }).nullish(),
  proxy: z.object({ ip: TEXT }).nullish(),
  'kube-proxy-replacement': z
    .object({
      mode: TEXT,
      devices: z.array(z.string()).nullish(),
      deviceList: z.array(z.object({ name: z.string(), ip: z.array(z.string()).nullish() })).nullish(),
    })
    .nullish(),
  encryption: z.object({ mode: TEXT, wireguard: z.object({ 'node-encryption': TEXT }).nullish() }).nullish(),
})
type StatusObject = z.infer<typeof STATUS>

/** `cilium-dbg status -o json`. */
export const statusJson: StructuredFormat = {
  matches: (value) => isRecord(value) && ('masquerading' in value || 'kube-proxy-replacement' in value),
  read({ section, item, entry }, store) {
    const reading = readStatus(readFields(STATUS, item), item)
    addStatus(reading, section, store, entry)
    return { kind: 'cilium-status', note: reading.masquerading?.text ?? 'no masquerading section' }
  },
}

/** Keys of the JSON form by the labels of the text. */
const PARTS: readonly (readonly [StatusPart, string])[] = [
  ['Masquerading', 'masquerading'],
  ['Routing', 'routing'],
  ['Host Routing', 'host-routing'],
  ['KubeProxyReplacement', 'kube-proxy-replacement'],
  ['Cilium', 'cilium'],
  ['IPAM', 'ipam'],
  ['Proxy Status', 'proxy'],
]

function readStatus(status: StatusObject, item: ManifestItem): StatusReading {
  const { masquerading, exclusions } = readMasquerading(status)
  const replacement = status['kube-proxy-replacement']
  const routing = status.routing?.['inter-host-routing-mode']?.toLowerCase()
  const host = (status.routing?.['intra-host-routing-mode'] ?? status['host-routing']?.mode)?.toLowerCase()
  const source = itemSource(item, 'ipam', 'allocations')
  const places = PARTS.flatMap(([part, key]): [StatusPart, number][] => {
    const line = key in (status as object) ? item.lineOf([key]) : null
    return line === null ? [] : [[part, line]]
  })
  return {
    ...NO_STATUS,
    lines: new Map(places),
    masquerading,
    exclusions,
    hostRouting: host === 'bpf' ? 'bpf' : host === 'legacy' ? 'legacy' : null,
    routing: routing === undefined ? null : routingOf(routing),
    tunnelProtocol: status.routing?.['tunnel-protocol'] ?? null,
    version: releaseOf(status.cilium?.msg ?? ''),
    devices: (replacement?.deviceList ?? []).map(({ name, ip }) => ({
      name,
      addresses: (ip ?? []).map((text) => parseIp(text)).filter((address) => address !== undefined),
    })),
    kubeProxyReplacement: replacement?.mode?.toLowerCase() ?? null,
    allocatedFrom: allocatedCidrs(status.ipam?.status ?? ''),
    proxyIp: parseIp(status.proxy?.ip ?? '') ?? null,
    allocations: Object.entries(status.ipam?.allocations ?? {}).flatMap(([text, owner]) => {
      const ip = parseIp(text)
      return ip === undefined ? [] : [{ ip, owner: owner.split(' ')[0] ?? owner, source }]
    }),
    settings: readEncryption(status),
  }
}

function readMasquerading(status: StatusObject): {
  masquerading: AgentStatus['masquerading']
  exclusions: Cidr[]
} {
  const section = status.masquerading
  if (section === null || section === undefined) return { masquerading: null, exclusions: [] }
  const { enabled, mode, enabledProtocols } = section
  const v4 = section['snat-exclusion-cidr-v4'] ?? section['snat-exclusion-cidr']
  const exclusions = [v4, section['snat-exclusion-cidr-v6']]
    .map((text) => parseCidr(text ?? ''))
    .filter((cidr) => cidr !== undefined)
  const isBpf = mode?.toLowerCase() === 'bpf'
  const agent = section['ip-masq-agent'] === true
  const ipv4 = enabledProtocols?.ipv4 ?? false
  const ipv6 = enabledProtocols?.ipv6 ?? false
  const devices = isBpf ? devicesOf(status) : []
  const state = (on: boolean): string => (on ? 'Enabled' : 'Disabled')
  const words = [
    `${isBpf ? 'BPF' : 'IPTables'}${agent ? ' (ip-masq-agent)' : ''}`,
    ...(devices.length > 0 ? [`[${devices.join(', ')}]`] : []),
    ...(isBpf ? exclusions.map(({ text }) => text) : []),
    `[IPv4: ${state(ipv4)}, IPv6: ${state(ipv6)}]`,
  ]
  const masquerading = {
    mode: enabled ? (isBpf ? 'bpf' : 'iptables') : 'disabled',
    ipMasqAgent: agent,
    devices,
    exclusionCidr: exclusions[0] ?? null,
    ipv4: enabled ? ipv4 : null,
    ipv6: enabled ? ipv6 : null,
    text: enabled ? words.join(' ') : 'Disabled',
  } as const
  return { masquerading, exclusions }
}

function devicesOf(status: StatusObject): string[] {
  const replacement = status['kube-proxy-replacement']
  return replacement?.deviceList?.map(({ name }) => name) ?? replacement?.devices ?? []
}

function readEncryption({ encryption }: StatusObject): Map<string, string> {
  const settings = new Map<string, string>()
  const mode = encryption?.mode
  if (mode === null || mode === undefined) return settings
  settings.set('enable-wireguard', String(mode === 'Wireguard'))
  settings.set('enable-ipsec', String(mode === 'IPsec'))
  const node = encryption?.wireguard?.['node-encryption']
  if (node) settings.set('encrypt-node', String(/^Enabled$/i.test(node)))
  return settings
}
