import { type Cidr, cidrContainsCidr, parseCidr } from '../core/cidr.ts'
import { MasqcheckError, UsageError } from '../core/errors.ts'
import { type IpText, parseIp } from '../core/ip.ts'
import type { SourceRef } from '../core/source-ref.ts'
import type { FactStore } from './facts.ts'
import { isSettingValue } from './setting-table.ts'

/**
 * Facts given by hand, as the command line takes them: lists of texts, `name=` in front where an option allows it.
 * They win over files.
 */
export interface GivenFacts {
  /** `--pod-cidr [node=]cidr`. */
  readonly podCidrs?: readonly string[]
  /** `--node [name=]ip`; several addresses of one node share the name. */
  readonly nodes?: readonly string[]
  /** `--cilium-host [node=]ip`. */
  readonly ciliumHosts?: readonly string[]
  /** `--pod [namespace/name[@node]=]ip`. */
  readonly pods?: readonly string[]
  /** `--service [namespace/name=]ip`: cluster, external or load balancer address. */
  readonly services?: readonly string[]
  /** `--service-cidr cidr`. */
  readonly serviceCidrs?: readonly string[]
  /** `--egress-gateway [node=]ip`. */
  readonly egressGateways?: readonly string[]
  /** `--native-routing-cidr cidr`, at most one of each family. */
  readonly nativeRoutingCidrs?: readonly string[]
  /** `--masquerade`. */
  readonly masquerade?: 'bpf' | 'iptables' | 'off'
  /** `--routing`. */
  readonly routing?: 'native' | 'tunnel'
  /** `--non-masquerade-cidr cidr`: entries of the ip-masq-agent list; implies that the agent is on. */
  readonly nonMasqueradeCidrs?: readonly string[]
  /** `--devices name`. */
  readonly devices?: readonly string[]
  /** `--egress-masquerade-interfaces name`. */
  readonly egressMasqueradeInterfaces?: readonly string[]
  /** `--setting key=value`: any cilium-config key. */
  readonly settings?: readonly string[]
}

/**
 * Adds hand-given facts to the store.
 *
 * @throws {UsageError} where a text is no address, block or `key=value`.
 * @throws {MasqcheckError} `CONFIG_CONFLICT` where two of them cannot both hold; the message says which one to leave out.
 */
export function addGivenFacts(given: GivenFacts, store: FactStore): void {
  const addresses = new Claims()
  addNodes(given, store, addresses)
  addPods(given, store, addresses)
  addServices(given, store, addresses)
  addPodCidrs(given, store)
  addSettings(given, store)
}

/** A conflict between two options, with the way out. */
function conflict(message: string): MasqcheckError {
  return new MasqcheckError('CONFIG_CONFLICT', message)
}

/** Addresses given so far: one address has one owner. */
class Claims {
  private readonly owners = new Map<IpText, { option: string; owner: string }>()

  add(option: string, ip: IpText, owner: string): void {
    const other = this.owners.get(ip)
    if (other !== undefined && (other.option !== option || other.owner !== owner)) {
      throw conflict(
        `${other.option} and ${option} both claim ${ip}: an address has one owner; leave out the one that is wrong`,
      )
    }
    this.owners.set(ip, { option, owner })
  }
}

interface Named<T> {
  readonly name: string | null
  readonly value: T
}

function named<T>(option: string, text: string, parse: (value: string) => T | undefined, wanted: string): Named<T> {
  const at = text.indexOf('=')
  const value = parse(text.slice(at + 1).trim())
  if (value === undefined || at === 0) throw new UsageError(`${option} "${text}": wanted ${wanted}`)
  return { name: at < 0 ? null : text.slice(0, at).trim(), value }
}

const namedIp = (option: string, text: string, name: string): Named<IpText> =>
  named(option, text, parseIp, `[${name}=]address, such as ${name}=172.18.0.2`)

const block = (option: string, text: string): Cidr => {
  const cidr = parseCidr(text.trim())
  if (cidr === undefined) throw new UsageError(`${option} "${text}": wanted a CIDR, such as 10.244.0.0/16`)
  return cidr
}

const source = (option: string): SourceRef => ({ file: option })

function addNodes(given: GivenFacts, store: FactStore, claims: Claims): void {
  const base = { podCidrs: [], pools: new Map(), health: [], ingress: [], labels: {}, remoteCluster: false } as const
  for (const text of given.nodes ?? []) {
    const { name, value: ip } = namedIp('--node', text, 'name')
    claims.add('--node', ip, name ?? ip)
    const address = { ip, type: 'InternalIP', source: source('--node') } as const
    store.nodes.push({ ...base, name, origin: 'option', addresses: [address], source: source('--node') })
    store.nodesListed = true
  }
  for (const text of given.ciliumHosts ?? []) {
    const { name, value: ip } = namedIp('--cilium-host', text, 'node')
    claims.add('--cilium-host', ip, name ?? '')
    const address = { ip, type: 'CiliumInternalIP', source: source('--cilium-host') } as const
    if (name !== null) {
      store.nodes.push({ ...base, name, origin: 'option', addresses: [address], source: source('--cilium-host') })
    } else addAddress('cilium_host', null, ip, '--cilium-host', null, store)
  }
  for (const text of given.egressGateways ?? []) {
    const { name, value: ip } = namedIp('--egress-gateway', text, 'node')
    claims.add('--egress-gateway', ip, name ?? '')
    addAddress('egress_gateway', name, ip, '--egress-gateway', name, store)
  }
}

function addAddress(
  kind: 'cilium_host' | 'pod' | 'service' | 'egress_gateway',
  name: string | null,
  ip: IpText,
  option: string,
  node: string | null,
  store: FactStore,
): void {
  store.addresses.push({
    ip,
    kind,
    name,
    node,
    nodeIp: null,
    local: false,
    origin: 'option',
    basis: option,
    source: source(option),
    remoteCluster: false,
  })
}

function addPods(given: GivenFacts, store: FactStore, claims: Claims): void {
  for (const text of given.pods ?? []) {
    const { name, value: ip } = namedIp('--pod', text, 'namespace/name')
    claims.add('--pod', ip, name ?? '')
    if (name === null) {
      addAddress('pod', null, ip, '--pod', null, store)
      continue
    }
    const [, namespace = 'default', pod = name, node = null] = /^(?:([^/@]+)\/)?([^/@]+)(?:@(.+))?$/.exec(name) ?? []
    store.pods.push({
      namespace,
      name: pod,
      node: node ?? null,
      nodeIp: null,
      ips: [ip],
      hostNetwork: false,
      phase: 'Running',
      terminating: false,
      labels: {},
      ports: [],
      origin: 'option',
      source: source('--pod'),
    })
  }
}

function addServices(given: GivenFacts, store: FactStore, claims: Claims): void {
  for (const text of given.services ?? []) {
    const { name, value: ip } = namedIp('--service', text, 'namespace/name')
    const owner = name === null || name.includes('/') ? name : `default/${name}`
    claims.add('--service', ip, owner ?? '')
    addAddress('service', owner, ip, '--service', null, store)
  }
  for (const text of given.serviceCidrs ?? []) {
    const cidr = block('--service-cidr', text)
    store.ranges.push({ cidr, kind: 'service', node: null, basis: '--service-cidr', source: source('--service-cidr') })
  }
}

function addPodCidrs(given: GivenFacts, store: FactStore): void {
  const owned: { readonly name: string; readonly cidr: Cidr }[] = []
  for (const text of given.podCidrs ?? []) {
    const { name, value: cidr } = named(
      '--pod-cidr',
      text,
      (value) => parseCidr(value),
      '[node=]CIDR, such as 10.244.0.0/16',
    )
    const rival = owned.find(
      (other) =>
        name !== null &&
        other.name !== name &&
        (cidrContainsCidr(other.cidr, cidr) || cidrContainsCidr(cidr, other.cidr)),
    )
    if (rival !== undefined) {
      throw conflict(
        `--pod-cidr ${rival.name}=${rival.cidr.text} and ${name}=${cidr.text} overlap: a pod CIDR belongs to one node; correct or leave out one of them`,
      )
    }
    if (name !== null) owned.push({ name, cidr })
    store.ranges.push({ cidr, kind: 'pod', node: name, basis: '--pod-cidr', source: source('--pod-cidr') })
  }
}

function addSettings(given: GivenFacts, store: FactStore): void {
  checkModes(given)
  const values = new Map<string, { value: string; option: string }>()
  const set = (option: string, key: string, value: string): void => {
    const other = values.get(key)
    if (other !== undefined && other.value !== value) {
      throw conflict(
        `${other.option} and ${option} set ${key} to "${other.value}" and "${value}"; leave out the one that is wrong`,
      )
    }
    values.set(key, { value, option })
  }
  if (given.masquerade !== undefined) {
    const on = String(given.masquerade !== 'off')
    set('--masquerade', 'enable-ipv4-masquerade', on)
    set('--masquerade', 'enable-ipv6-masquerade', on)
    if (given.masquerade !== 'off') set('--masquerade', 'enable-bpf-masquerade', String(given.masquerade === 'bpf'))
  }
  if (given.routing !== undefined) set('--routing', 'routing-mode', given.routing)
  for (const text of given.nativeRoutingCidrs ?? []) {
    const cidr = block('--native-routing-cidr', text)
    set('--native-routing-cidr', `ipv${cidr.family}-native-routing-cidr`, cidr.text)
  }
  if (given.devices?.length) set('--devices', 'devices', given.devices.join(' '))
  if (given.egressMasqueradeInterfaces?.length) {
    set('--egress-masquerade-interfaces', 'egress-masquerade-interfaces', given.egressMasqueradeInterfaces.join(' '))
  }
  if (given.nonMasqueradeCidrs?.length) {
    set('--non-masquerade-cidr', 'enable-ip-masq-agent', 'true')
    addMasqList(given.nonMasqueradeCidrs, given.masquerade === undefined, store)
  }
  for (const text of given.settings ?? []) {
    const { key, value } = parseSettingOption(text)
    set('--setting', key, value)
  }
  for (const [key, { value, option }] of values) {
    store.settings.push({ key, value, origin: 'option', source: source(option), weight: 0 })
  }
}

/** `key=value` of `--setting`. @throws {UsageError} where there is no key, or the value is none of it. */
function parseSettingOption(text: string): { key: string; value: string } {
  const match = /^([a-z0-9][a-z0-9.-]*)=(.*)$/s.exec(text.trim())
  if (match === null) {
    throw new UsageError(`--setting "${text}": wanted key=value with a cilium-config key, such as routing-mode=native`)
  }
  const [, key = '', value = ''] = match
  if (!isSettingValue(key, value)) throw new UsageError(`--setting "${text}": "${value}" is no value of ${key}`)
  return { key, value }
}

function addMasqList(cidrs: readonly string[], engineOpen: boolean, store: FactStore): void {
  const entries = cidrs.map((text) => block('--non-masquerade-cidr', text).text)
  const text = JSON.stringify({ nonMasqueradeCIDRs: entries })
  store.masqFiles.push({ text, origin: 'option', key: null, firstLine: null, source: source('--non-masquerade-cidr') })
  // The agent exists in BPF mode alone, so that the option hints at the engine where nothing else tells it.
  if (engineOpen) {
    const hint = { key: 'enable-bpf-masquerade', value: 'true', origin: 'detected', weight: 0 } as const
    store.settings.push({ ...hint, source: source('--non-masquerade-cidr') })
  }
}

function checkModes(given: GivenFacts): void {
  const { masquerade } = given
  if (given.nonMasqueradeCidrs?.length && (masquerade === 'off' || masquerade === 'iptables')) {
    throw conflict(
      `--masquerade ${masquerade} and --non-masquerade-cidr contradict each other: the ip-masq-agent list works with BPF masquerading only; use --masquerade bpf or leave out --non-masquerade-cidr`,
    )
  }
  if (given.egressMasqueradeInterfaces?.length && masquerade !== undefined && masquerade !== 'iptables') {
    throw conflict(
      `--masquerade ${masquerade} and --egress-masquerade-interfaces contradict each other: the interfaces belong to iptables masquerading; use --masquerade iptables or leave out --egress-masquerade-interfaces`,
    )
  }
  if (given.egressGateways?.length && masquerade !== undefined && masquerade !== 'bpf') {
    throw conflict(
      `--masquerade ${masquerade} and --egress-gateway contradict each other: egress gateways need BPF masquerading; use --masquerade bpf or leave out --egress-gateway`,
    )
  }
}
