import { type Cidr, makeCidr, parseCidr } from '../../core/cidr.ts'
import { parseIp } from '../../core/ip.ts'
import { dumpOf, type FactStore, type InputEntry, type SettingFact } from '../facts.ts'
import { lineSource, numberedLines, type Section } from '../section.ts'
import { isRecord, type Outcome, type StructuredFormat, type TextFormat, valueText } from './format.ts'
import { prefixOfMask } from './netmask.ts'

/** Fields of the agent's option struct, and the cilium-config keys they realise. */
const FIELD_KEYS: ReadonlyMap<string, string> = new Map([
  ['EnableIPv4', 'enable-ipv4'],
  ['EnableIPv6', 'enable-ipv6'],
  ['EnableIPv4Masquerade', 'enable-ipv4-masquerade'],
  ['EnableIPv6Masquerade', 'enable-ipv6-masquerade'],
  ['EnableBPFMasquerade', 'enable-bpf-masquerade'],
  ['EnableMasqueradeRouteSource', 'enable-masquerade-to-route-source'],
  ['EnableRemoteNodeMasquerade', 'enable-remote-node-masquerade'],
  ['EnableIPMasqAgent', 'enable-ip-masq-agent'],
  ['IPMasqAgentConfigPath', 'ip-masq-agent-config-path'],
  ['IPv4NativeRoutingCIDR', 'ipv4-native-routing-cidr'],
  ['IPv6NativeRoutingCIDR', 'ipv6-native-routing-cidr'],
  ['MasqueradeInterfaces', 'egress-masquerade-interfaces'],
  ['RoutingMode', 'routing-mode'],
  ['TunnelProtocol', 'tunnel-protocol'],
  ['Devices', 'devices'],
  ['DirectRoutingDevice', 'direct-routing-device'],
  ['EnableEndpointRoutes', 'enable-endpoint-routes'],
  ['EnableHostLegacyRouting', 'enable-host-legacy-routing'],
  ['EnableAutoDirectRouting', 'auto-direct-node-routes'],
  ['IPAM', 'ipam'],
  ['InstallIptRules', 'install-iptables-rules'],
  ['InstallNoConntrackIptRules', 'install-no-conntrack-iptables-rules'],
  ['EnableEgressGateway', 'enable-egress-gateway'],
  ['EnableIPv4EgressGateway', 'enable-ipv4-egress-gateway'],
  ['AnnotateK8sNode', 'annotate-k8s-node'],
  ['ClusterName', 'cluster-name'],
  ['EnableWireguard', 'enable-wireguard'],
  ['EnableIPSec', 'enable-ipsec'],
  ['EncryptNode', 'encrypt-node'],
  ['EnableSCTP', 'enable-sctp'],
  ['EnableL7Proxy', 'enable-l7-proxy'],
  ['EnableHostFirewall', 'enable-host-firewall'],
  ['KubeProxyReplacement', 'kube-proxy-replacement'],
  ['NodePortMode', 'bpf-lb-mode'],
  ['EnableSocketLB', 'bpf-lb-sock'],
])

const LINE = /^([A-Za-z][\w-]*)\s*:\s?(.*)$/
/** The tab becomes blanks where the output is copied from a terminal. */
const NESTED = /^[\t ]+([\w.-]+)\s*:\s?(.*)$/

/**
 * `cilium-dbg config -a`: the configuration an agent runs with, Go field names, `key : value`; mappings become a bare key
 * with indented lines, the native-routing CIDR among them with its mask in base64.
 */
export const agentConfigText: TextFormat = {
  matches: ({ text }) =>
    /^#### Read-only configurations ####/m.test(text) ||
    (/^Enable\w+ *: *(?:true|false)\s*$/m.test(text) && FIELD_KEYS.has(/^(Enable\w+) *:/m.exec(text)?.[1] ?? '')),
  read(section, store, entry) {
    const settings: SettingFact[] = []
    for (const { field, text, line, nested } of fieldsOf(section)) {
      const value = nested.size === 0 ? text : (cidrOf(nested.get('IP'), nested.get('Mask')) ?? null)
      addSetting(settings, field, value, section, line)
    }
    return finish(settings, section, store, entry)
  },
}

interface Field {
  readonly field: string
  /** `null` where the line is the key alone: its value is in the lines below, if they are there. */
  readonly text: string | null
  readonly line: number
  readonly nested: Map<string, string>
}

function fieldsOf(section: Section): Field[] {
  const fields: Field[] = []
  for (const { text, line } of numberedLines(section)) {
    const nested = NESTED.exec(text)
    const match = LINE.exec(text) ?? /^([A-Za-z][\w-]*)\s*$/.exec(text)
    if (nested !== null) fields.at(-1)?.nested.set(nested[1] ?? '', (nested[2] ?? '').trim())
    else if (match !== null) fields.push({ field: match[1] ?? '', text: match[2] ?? null, line, nested: new Map() })
  }
  return fields
}

/** `cilium-dbg config -a -o json`: the same names; the CIDR as text or as `{IP, Mask}`. */
export const agentConfigJson: StructuredFormat = {
  matches: (value) => isRecord(value) && 'EnableBPFMasquerade' in value,
  read({ value, section, item, entry }, store) {
    const settings: SettingFact[] = []
    for (const [field, own] of Object.entries(isRecord(value) ? value : {})) {
      const line = item.lineOf([field]) ?? section.firstLine
      addSetting(settings, field, textOf(own), section, line)
    }
    return finish(settings, section, store, entry)
  },
}

function textOf(value: unknown): string | null {
  if (!isRecord(value)) return valueText(value)
  const { IP, Mask } = value
  return cidrOf(typeof IP === 'string' ? IP : undefined, typeof Mask === 'string' ? Mask : undefined) ?? null
}

/** The text of a net.IPNet printed by its fields; `undefined` where it is none. */
function cidrOf(ipText: string | undefined, maskText: string | undefined): string | undefined {
  const ip = parseIp(ipText ?? '')
  const prefix = prefixOfMask(maskText ?? '')
  const cidr: Cidr | undefined = ip === undefined || prefix === undefined ? undefined : makeCidr(ip, prefix)
  return cidr?.text
}

function addSetting(settings: SettingFact[], field: string, text: string | null, section: Section, line: number): void {
  const key = FIELD_KEYS.get(field)
  if (key === undefined || text === null) return
  const bare = text.trim()
  const value = bare === '<nil>' ? '' : bare.replace(/^\[(.*)\]$/, '$1')
  const usable = !key.endsWith('-cidr') || value === '' || parseCidr(value) !== undefined
  if (usable) settings.push({ key, value, origin: 'agent-config', source: lineSource(section, line), weight: 0 })
}

function finish(settings: readonly SettingFact[], section: Section, store: FactStore, entry: InputEntry): Outcome {
  store.dumps.push({ ...dumpOf(entry, section.hint, []), settings })
  if (settings.length > 0) store.wholeConfig = true
  const note = settings.length === 0 ? 'the read-write part alone says nothing; add --all' : undefined
  return { kind: 'agent-config', taken: [[settings.length, 'setting']], ...(note === undefined ? {} : { note }) }
}
