import { type Command, Option } from 'commander'
import type { GivenFacts } from '../../cluster/given-facts.ts'
import { addGroup, choice, collect, collectList, version } from './values.ts'

/** Cluster metadata, from files and by hand; shared by every command that needs it. */
export interface ClusterOptions {
  readonly cluster?: readonly string[]
  readonly ciliumVersion?: string
  readonly node?: readonly string[]
  readonly pod?: readonly string[]
  readonly podCidr?: readonly string[]
  readonly ciliumHost?: readonly string[]
  readonly service?: readonly string[]
  readonly serviceCidr?: readonly string[]
  readonly egressGateway?: readonly string[]
  readonly nativeRoutingCidr?: readonly string[]
  readonly masquerade?: 'bpf' | 'iptables' | 'off'
  readonly routing?: 'native' | 'tunnel'
  readonly nonMasqueradeCidr?: readonly string[]
  readonly devices?: readonly string[]
  readonly egressMasqueradeInterfaces?: readonly string[]
  readonly setting?: readonly string[]
}

/** @param nodeMeaning - Help for `--node`, which in `explain` may also name the deciding node. */
export function addClusterOptions(command: Command, nodeMeaning = 'address of a node'): void {
  const list = (flags: string, description: string) =>
    new Option(flags, `${description}; repeatable`).argParser(collectList)
  addGroup(command, 'Cluster metadata:', [
    new Option('-c, --cluster <path...>', "files, folders or a sysdump zip; each file's kind is told from its content"),
    new Option('--cilium-version <x.y>', 'Cilium version; read from the metadata without it, else 1.17').argParser(
      version,
    ),
  ])
  addGroup(command, 'Facts given by hand (they win over files):', [
    list('--node <[name=]ip>', nodeMeaning),
    list('--pod <[ns/name[@node]=]ip>', 'address of a pod'),
    list('--pod-cidr <[node=]cidr>', 'range of pod addresses'),
    list('--cilium-host <[node=]ip>', 'address of cilium_host on a node'),
    list('--service <[ns/name=]ip>', 'cluster, external or load balancer address of a service'),
    list('--service-cidr <cidr>', 'range of service addresses'),
    list('--egress-gateway <[node=]ip>', 'address of an egress gateway'),
    list('--native-routing-cidr <cidr>', 'ipv4- or ipv6-native-routing-cidr'),
    choice('--masquerade <mode>', 'how pods are masqueraded', ['bpf', 'iptables', 'off']),
    choice('--routing <mode>', 'routing mode', ['native', 'tunnel']),
    list('--non-masquerade-cidr <cidr>', 'entry of the ip-masq-agent list'),
    list('--devices <name>', 'device that BPF masquerading is attached to'),
    list('--egress-masquerade-interfaces <name>', 'device that iptables masquerading is limited to'),
    new Option('--setting <key=value>', 'any cilium-config key; repeatable').argParser(collect),
  ])
}

/** The hand-given facts among a command's options. */
export function givenFacts(options: ClusterOptions): GivenFacts {
  const facts: Record<keyof GivenFacts, unknown> = {
    nodes: options.node,
    pods: options.pod,
    podCidrs: options.podCidr,
    ciliumHosts: options.ciliumHost,
    services: options.service,
    serviceCidrs: options.serviceCidr,
    egressGateways: options.egressGateway,
    nativeRoutingCidrs: options.nativeRoutingCidr,
    masquerade: options.masquerade,
    routing: options.routing,
    nonMasqueradeCidrs: options.nonMasqueradeCidr,
    devices: options.devices,
    egressMasqueradeInterfaces: options.egressMasqueradeInterfaces,
    settings: options.setting,
  }
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as GivenFacts
}
