import { type Cidr, parseCidr } from '../../core/cidr.ts'
import { parseIp } from '../../core/ip.ts'
import { lineSource, numberedLines, type Section } from '../section.ts'
import type { AgentStatus } from '../snapshot.ts'
import type { TextFormat } from './format.ts'
import {
  addStatus,
  allocatedCidrs,
  NO_STATUS,
  parseDeviceList,
  releaseOf,
  routingOf,
  type StatusPart,
  type StatusReading,
} from './status-facts.ts'

const FIELD =
  /^(Masquerading|KubeProxyReplacement|Host Routing|Routing|IPAM|Proxy Status|Cilium|Encryption|Host firewall):\s*(.*?)\s*$/
const TELLING = /^(?:Masquerading|KubeProxyReplacement|Host Routing|Routing|IPAM|Proxy Status):\s/m

/**
 * `cilium-dbg status`, whole, verbose or one grepped line. The columns move between releases: lines are read by words and
 * brackets.
 */
export const statusText: TextFormat = {
  matches: ({ text }) => TELLING.test(text),
  read(section, store, entry) {
    const reading = readStatus(section)
    addStatus(reading, section, store, entry)
    return { kind: 'cilium-status', note: reading.masquerading?.text ?? 'no masquerading line' }
  },
}

function readStatus(section: Section): StatusReading {
  const settings = new Map<string, string>()
  const lines = new Map<StatusPart, number>()
  let reading: StatusReading = { ...NO_STATUS, settings, lines, allocations: readAllocations(section) }
  for (const { text, line: at } of numberedLines(section)) {
    const [, field = '', value = ''] = FIELD.exec(text) ?? []
    if (field !== '') lines.set(field as StatusPart, at)
    switch (field) {
      case 'Masquerading': {
        const line = parseMasqueradingLine(value)
        if (line !== undefined) reading = { ...reading, masquerading: line.masquerading, exclusions: line.exclusions }
        break
      }
      case 'KubeProxyReplacement': {
        const [, word = '', list = ''] = /^(\w+)\s*(?:\[(.*)\])?/.exec(value) ?? []
        reading = { ...reading, kubeProxyReplacement: word.toLowerCase(), devices: parseDeviceList(list) }
        break
      }
      case 'Host Routing':
        reading = { ...reading, hostRouting: hostRoutingOf(value) }
        break
      case 'Routing':
        reading = { ...reading, ...parseRoutingLine(value) }
        break
      case 'IPAM':
        reading = { ...reading, allocatedFrom: allocatedCidrs(value) }
        break
      case 'Proxy Status':
        reading = { ...reading, proxyIp: parseIp(/\bip ([0-9a-fA-F.:]+)/.exec(value)?.[1] ?? '') ?? null }
        break
      case 'Cilium':
        reading = { ...reading, version: releaseOf(value) }
        break
      case 'Encryption':
        readEncryption(value, settings)
        break
      case 'Host firewall':
        settings.set('enable-host-firewall', String(/^Enabled/i.test(value)))
        break
    }
    readDetail(text, settings)
  }
  return reading
}

/**
 * The masquerading line, every form from 1.8 on (`cluster-metadata-formats.md` §6): mode, devices, exclusion CIDRs and the
 * families' states, each where it has one.
 *
 * @returns `undefined` where the first word is no mode.
 */
export function parseMasqueradingLine(
  value: string,
): { masquerading: NonNullable<AgentStatus['masquerading']>; exclusions: Cidr[] } | undefined {
  const mode = /^(Disabled|Enabled|IPTables|BPF)\b/i.exec(value)?.[1]?.toLowerCase()
  if (mode === undefined) return undefined
  let ipv4: boolean | null = null
  let ipv6: boolean | null = null
  const devices: string[] = []
  for (const [, inside = ''] of value.matchAll(/\[([^\]]*)\]/g)) {
    const states = /^IPv4: (\w+), IPv6: (\w+)$/.exec(inside.trim())
    if (states === null) devices.push(...inside.split(/[,\s]+/).filter((name) => name !== ''))
    else {
      ipv4 = states[1] === 'Enabled'
      ipv6 = states[2] === 'Enabled'
    }
  }
  const exclusions = value
    .replace(/\[[^\]]*\]/g, ' ')
    .split(/\s+/)
    .map((word) => parseCidr(word))
    .filter((cidr) => cidr !== undefined)
  return {
    exclusions,
    masquerading: {
      // "Enabled" alone comes from agents that know one mode only.
      mode: mode === 'bpf' ? 'bpf' : mode === 'disabled' ? 'disabled' : 'iptables',
      ipMasqAgent: /\(ip-masq-agent\)/.test(value),
      devices,
      exclusionCidr: exclusions[0] ?? null,
      ipv4,
      ipv6,
      text: value.replace(/\s+/g, ' ').trim(),
    },
  }
}

function hostRoutingOf(text: string): AgentStatus['hostRouting'] {
  if (/\bLegacy\b/i.test(text)) return 'legacy'
  return /\bBPF\b/i.test(text) ? 'bpf' : null
}

/** `Network: Native   Host: BPF`, `Network: Tunnel [vxlan]   Host: Legacy`. */
function parseRoutingLine(value: string): Partial<StatusReading> {
  const network = /Network:\s*(\w+)(?:\s*\[(\w+)\])?/.exec(value)
  const host = /Host:\s*(\w+)/.exec(value)?.[1]
  return {
    ...(network === null ? {} : { routing: routingOf(network[1] ?? '') }),
    ...(network?.[2] === undefined ? {} : { tunnelProtocol: network[2].toLowerCase() }),
    ...(host === undefined ? {} : { hostRouting: hostRoutingOf(host) }),
  }
}

/** `Disabled`, `IPsec`, `Wireguard [NodeEncryption: Disabled, cilium_wg0 (…)]`. */
function readEncryption(value: string, settings: Map<string, string>): void {
  settings.set('enable-wireguard', String(/^Wireguard/i.test(value)))
  settings.set('enable-ipsec', String(/^IPsec/i.test(value)))
  const node = /NodeEncryption:\s*(\w+)/.exec(value)?.[1]
  if (node !== undefined) settings.set('encrypt-node', String(/^Enabled$/i.test(node)))
}

/** Lines of `--verbose` under "KubeProxyReplacement Details". */
function readDetail(text: string, settings: Map<string, string>): void {
  const range = /^\s+- NodePort:\s+Enabled \(Range: (\d+-\d+)\)/.exec(text)?.[1]
  if (range !== undefined) settings.set('node-port-range', range)
  const mode = /^\s+Mode:\s+(SNAT|DSR|Hybrid)\b/i.exec(text)?.[1]
  if (mode !== undefined) settings.set('bpf-lb-mode', mode.toLowerCase())
  const socket = /^\s+Socket LB:\s+(Enabled|Disabled)/.exec(text)?.[1]
  if (socket !== undefined) settings.set('bpf-lb-sock', String(socket === 'Enabled'))
}

/** `Allocated addresses:` of `--verbose`: `  10.244.2.53 (default/net-client)`. */
function readAllocations(section: Section): StatusReading['allocations'] {
  return numberedLines(section).flatMap(({ text, line }) => {
    const [, address = '', owner = ''] = /^\s+([0-9a-fA-F.:]+) \(([^)]+)\)\s*$/.exec(text) ?? []
    const ip = parseIp(address)
    return ip === undefined ? [] : [{ ip, owner: owner.split(' ')[0] ?? owner, source: lineSource(section, line) }]
  })
}
