import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClusterSnapshot } from '../../src/cluster/snapshot.ts'
import { parseIp } from '../../src/core/ip.ts'
import { IpProtocol } from '../../src/core/protocol.ts'
import type { PacketQuery } from '../../src/masquerade/decision.ts'
import { decideInstalled } from '../../src/masquerade/installed/decide-installed.ts'
import { buildCluster, type NodeSpec } from '../support/masquerade-cluster.ts'
import { ipset, iptablesDump } from '../support/masquerade-dumps.ts'
import fc from '../support/property.ts'
import { labUnavailable, type Namespace, Namespaces } from './support/namespaces.ts'

// The kernel's own nat table is the judge: random rules are installed in a network namespace that routes for a pod, random
// packets are sent through it, and what its connection table says of each is held against the evaluator's decision.

const unavailable = labUnavailable()
if (unavailable) console.log(`installed rules against the kernel: skipped, ${unavailable}`)

const PACKETS_PER_SET = 8

// Everything is written for IPv4; for IPv6 each octet becomes a group behind fd00::, so that order and prefixes stay.
const POD = '10.244.1.10'
const MEMBERS = ['172.18.0.9', '10.70.0.2', '172.18.0.2']
// Destination port → mark that mangle rules give the packet before nat sees it.
const MARKS: Readonly<Record<number, number>> = { 443: 0xa00, 8080: 0xf00, 9090: 0x4000 }
const DEVICES = { lxc1: ['10.244.1.1/24'], eth0: ['172.18.0.2/24'], eth1: ['10.70.0.2/24', '35.1.1.2/24'] }
const ROUTES = [
  { dst: 'default', dev: 'eth0', via: '172.18.0.9' },
  { dst: '172.18.0.0/24', dev: 'eth0', src: '172.18.0.2' },
  { dst: '10.70.0.0/24', dev: 'eth1', src: '10.70.0.2' },
  { dst: '35.1.1.0/24', dev: 'eth1', src: '35.1.1.2' },
  { dst: '10.244.1.0/24', dev: 'lxc1', src: '10.244.1.1' },
]

interface Family {
  readonly name: string
  readonly ruleSets: number
  readonly iptables: string
  readonly icmp: number
  readonly echo: number
  /** Addresses and IPv4 words in a text, as the family has them. */
  readonly text: (text: string) => string
}

const FAMILIES: readonly Family[] = [
  { name: 'IPv4', ruleSets: 40, iptables: 'iptables', icmp: IpProtocol.Icmp, echo: 8, text: (text) => text },
  { name: 'IPv6', ruleSets: 20, iptables: 'ip6tables', icmp: IpProtocol.Icmpv6, echo: 128, text: toIpv6 },
]

function toIpv6(text: string): string {
  return text
    .replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)(:\d+)?(?:\/(\d+))?/g, (_all, a, b, c, d, port, prefix) => {
      const ip = parseIp(`fd00::${[a, b, c, d].map((octet) => Number(octet).toString(16)).join(':')}`) ?? ''
      if (port !== undefined) return `[${ip}]${port}`
      return prefix === undefined ? ip : `${ip}/${64 + 2 * Number(prefix)}`
    })
    .replace('-m icmp', '-m icmp6')
    .replace('--icmp-type 8', '--icmpv6-type 128')
    .replace('-p icmp', '-p ipv6-icmp')
    .replace('-m ttl --ttl-gt', '-m hl --hl-gt')
    .replace('_set_v4', '_set_v6')
}

let family = FAMILIES[0] as Family
let router: Namespace
let pod: Namespace

describe.skipIf(unavailable !== null).each(FAMILIES)('installed rules against the kernel: $name', (which) => {
  const namespaces = new Namespaces()
  beforeAll(() => {
    family = which
    buildLab(namespaces)
  })
  afterAll(() => namespaces.cleanUp())

  test('every packet leaves as the evaluator says', { timeout: 180_000 }, async () => {
    const counts = { packets: 0, unknown: 0, translated: 0 }
    const disagreements: string[] = []
    for (const rules of fc.sample(ruleSet, { numRuns: family.ruleSets, seed: 20250801 })) {
      const cluster = clusterWith(install(rules))
      for (const { packet, seen } of await send()) {
        const query = queryOf(packet)
        const decision = decideInstalled(query, cluster)
        counts.packets++
        if (decision === null || decision.action === 'unknown') {
          counts.unknown++
          continue
        }
        if (seen !== query.source) counts.translated++
        if (decision.addresses.includes(seen)) continue
        const trace = decision.trace.map((step) => `${step.matched ? '*' : ' '} ${step.rule} ${step.detail}`).join('\n')
        disagreements.push(`${JSON.stringify(packet)}: ${decision.addresses} against ${seen} of the kernel\n${trace}`)
      }
    }
    console.log(`kernel as judge, ${family.name}: ${JSON.stringify(counts)}`)
    expect(disagreements).toEqual([])
    expect(counts.packets - counts.unknown).toBeGreaterThanOrEqual(family.ruleSets * 5)
    expect(counts.translated).toBeGreaterThan(family.ruleSets)
  })
})

function buildLab(namespaces: Namespaces): void {
  router = namespaces.add('router')
  pod = namespaces.add('pod')
  const outside = namespaces.add('outside')
  namespaces.link(router, 'lxc1', pod, 'eth0')
  namespaces.link(router, 'eth0', outside, 'eth0')
  namespaces.link(router, 'eth1', outside, 'eth1')
  addresses(router, DEVICES)
  addresses(pod, { eth0: [`${POD}/24`] })
  addresses(outside, { eth0: ['172.18.0.9/24', '1.1.1.1/32'], eth1: ['10.70.0.9/24', '35.1.1.9/24'] })
  router.sysctl('ipv4.ip_forward', 1)
  router.sysctl('ipv6.conf.all.forwarding', 1)
  route(router, 'default', '172.18.0.9')
  route(pod, 'default', '10.244.1.1')
  route(outside, '10.244.1.0/24', '172.18.0.2')
  // A SYN answered by a reset leaves no entry in the connection table.
  for (const namespace of [outside, router]) namespace.exec(family.iptables, ['-A', 'INPUT', '-p', 'tcp', '-j', 'DROP'])
  const inet = family.name === 'IPv6' ? 'inet6' : 'inet'
  const nodes = family.text('cilium_node_set_v4')
  router.exec('ipset', ['create', nodes, 'hash:ip', 'family', inet])
  for (const member of MEMBERS) router.exec('ipset', ['add', nodes, family.text(member)])
  router.exec('ipset', ['create', 'ranges', 'hash:net', 'family', inet])
  router.exec('ipset', ['add', 'ranges', family.text('35.0.0.0/8')])
}

/** What the metadata of the lab's router would say. */
function clusterWith(dump: string): ClusterSnapshot {
  const six = family.name === 'IPv6'
  const [rules, sets] = [
    iptablesDump(dump),
    new Map([
      ipset(family.text('cilium_node_set_v4'), MEMBERS.map(family.text)),
      ['ranges', { ...ipset('ranges', [family.text('35.0.0.0/8')], 'hash:net')[1], family: six ? 6 : 4 }] as const,
    ]),
  ]
  const node: NodeSpec = {
    name: 'router',
    podCIDRs: [family.text('10.244.1.0/24')],
    interfaces: Object.fromEntries(Object.entries(DEVICES).map(([name, list]) => [name, list.map(family.text)])),
    routes: ROUTES.map((entry) => JSON.parse(family.text(JSON.stringify(entry))) as (typeof ROUTES)[number]),
    ...(six ? { internalIPv6: family.text('172.18.0.2') } : { internalIP: '172.18.0.2' }),
    installed: { ...(six ? { ip6tables: rules } : { iptables: rules }), ipsets: sets },
  }
  return buildCluster({ config: { 'routing-mode': 'native' }, nodes: [node] })
}

function queryOf(packet: Packet): PacketQuery {
  const isIcmp = packet.protocol === family.icmp
  return {
    source: sourceOf(packet),
    destination: packet.destination,
    protocol: packet.protocol,
    sourcePort: isIcmp ? null : packet.sourcePort,
    destinationPort: isIcmp ? null : packet.destinationPort,
    icmpType: isIcmp ? family.echo : null,
    mark: isIcmp ? 0 : (MARKS[packet.destinationPort] ?? 0),
    node: 'router',
  }
}

function addresses(namespace: Namespace, devices: Readonly<Record<string, readonly string[]>>): void {
  const nodad = family.name === 'IPv6' ? ['nodad'] : []
  for (const [device, list] of Object.entries(devices)) {
    for (const address of list) namespace.exec('ip', ['address', 'add', family.text(address), 'dev', device, ...nodad])
  }
}

function route(namespace: Namespace, destination: string, via: string): void {
  const version = family.name === 'IPv6' ? '-6' : '-4'
  namespace.exec('ip', [version, 'route', 'add', family.text(destination), 'via', family.text(via)])
}

/** The source a packet has before translation: the pod's, or what the router's routes give. */
function sourceOf({ from, destination }: Packet): string {
  if (from === 'pod') return family.text(POD)
  const on = (start: string): boolean => destination.startsWith(family.text(start).replace(/0$/, ''))
  if (on('10.70.0.0')) return family.text('10.70.0.2')
  return family.text(on('35.1.1.0') ? '35.1.1.2' : '172.18.0.2')
}

const CHAINS = ['A', 'B', 'C'] as const

const negatable = (text: string): fc.Arbitrary<string> => fc.boolean().map((negated) => (negated ? `! ${text}` : text))

const addressMatch = fc.constantFrom(
  '10.244.1.0/24',
  '10.0.0.0/8',
  '172.18.0.9/32',
  '35.1.1.0/24',
  '1.1.1.1/32',
  '172.18.0.2/32',
)

/** A match that holds in every hook. */
const anyMatch: fc.Arbitrary<string> = fc.oneof(
  addressMatch.chain((block) => negatable(`-s ${block}`)),
  addressMatch.chain((block) => negatable(`-d ${block}`)),
  fc.constantFrom('-p tcp', '-p udp', '-p icmp', '! -p udp', '-p tcp -m tcp --dport 80', '-p udp -m udp ! --dport 53'),
  fc.constantFrom(
    '-p tcp -m multiport --dports 80,443,8000:8100',
    '-p udp -m multiport ! --ports 53,443',
    '-p tcp -m tcp --syn',
  ),
  fc.constantFrom(
    '-p icmp -m icmp --icmp-type 8',
    '-p icmp -m icmp ! --icmp-type 8',
    '-p udp -m udp --sport 40000:40003',
  ),
  fc.constantFrom('-m set --match-set cilium_node_set_v4 dst', '-m set ! --match-set cilium_node_set_v4 dst'),
  fc.constantFrom('-m set --match-set cilium_node_set_v4 src', '-m set --match-set ranges dst'),
  fc.constantFrom(
    '-m mark --mark 0xa00/0xe00',
    '-m mark ! --mark 0x4000/0x4000',
    '-m mark --mark 0xf00/0xf00',
    '-m mark --mark 0',
  ),
  fc.constantFrom(
    '-m conntrack --ctstate NEW',
    '-m conntrack ! --ctstate DNAT',
    '-m conntrack --ctstate DNAT',
    '-m conntrack --ctstate ESTABLISHED,RELATED',
  ),
  fc.constantFrom(
    '-m iprange --dst-range 10.70.0.1-35.255.255.255',
    '-m addrtype --dst-type LOCAL',
    '-m addrtype ! --src-type LOCAL',
  ),
  fc.constantFrom('-m statistic --mode nth --every 2 --packet 0', '-m length --length 0:100', '-m ttl --ttl-gt 1'),
)
const outMatch = fc.constantFrom('-o eth0', '-o eth1', '-o eth+', '! -o eth0', '! -o cilium_+', '-o lo')

const matches = (extra: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .array(fc.oneof({ weight: 3, arbitrary: anyMatch }, { weight: 2, arbitrary: extra }), { maxLength: 2 })
    .filter((list) => compatible(list))
    .map((list) => list.join(' '))

// One rule holds each option once, and ports need their own protocol.
function compatible(list: readonly string[]): boolean {
  const options = list.flatMap((text) => text.match(/(?:^| )-[sdop](?= )/g) ?? [])
  return new Set(options.map((option) => option.trim())).size === options.length
}

const postTarget = fc.constantFrom(
  ...[
    '-j ACCEPT',
    '-j RETURN',
    '-j MASQUERADE',
    '-j MASQUERADE',
    '-j SNAT --to-source 172.18.0.77',
    '-j SNAT --to-source 35.1.1.77',
  ],
  ...['-j MARK --set-xmark 0x4000/0x4000', '-j MARK --set-xmark 0x0/0x4000', '-j A', '-j B', '-g B', '-g C', ''],
)

const rule = (chain: string, target: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(matches(outMatch), target).map(([match, then]) => `-A ${chain} ${match} ${then}`.replace(/ +/g, ' ').trim())

// Chains call only later ones: the kernel refuses loops.
const chainRules = (name: string, allowed: readonly string[]): fc.Arbitrary<string[]> =>
  fc.array(
    rule(
      name,
      postTarget.filter((target) => jumpsOnlyTo(target, allowed)),
    ),
    { maxLength: 4 },
  )

function jumpsOnlyTo(target: string, allowed: readonly string[]): boolean {
  const jump = /^-[jg] ([ABC])$/.exec(target)
  return jump?.[1] === undefined || allowed.includes(jump[1])
}

const dnatRule = fc
  .tuple(
    fc.constantFrom('PREROUTING', 'OUTPUT'),
    fc.constantFrom(
      '-d 10.96.0.1/32 -p tcp -m tcp --dport 80',
      '-d 10.96.0.1/32 -p udp',
      '-d 1.1.1.1/32 -p udp -m udp --dport 53',
    ),
    fc.constantFrom(
      '-j DNAT --to-destination 10.70.0.9',
      '-j DNAT --to-destination 35.1.1.9:8080',
      '-j MARK --set-xmark 0x4000/0x4000',
    ),
  )
  .map(([chain, match, target]) => {
    const ported = target.includes(':') && !match.includes('-p') ? '' : target
    return `-A ${chain} ${match} ${ported}`
  })

const rawRule = fc.constantFrom(
  ...[
    '-A PREROUTING -s 10.244.1.0/24 -p udp -m udp --dport 53 -j CT --notrack',
    '-A OUTPUT -d 1.1.1.1/32 -j CT --notrack',
  ],
  ...['-A PREROUTING -i lxc+ -d 35.1.1.0/24 -j CT --notrack', '-A PREROUTING -i eth+ -j CT --notrack'],
)

interface RuleSet {
  readonly nat: readonly string[]
  readonly raw: readonly string[]
}

const ruleSet: fc.Arbitrary<RuleSet> = fc
  .record({
    post: fc.array(rule('POSTROUTING', postTarget), { minLength: 1, maxLength: 5 }),
    a: chainRules('A', ['B', 'C']),
    b: chainRules('B', ['C']),
    c: chainRules('C', []),
    dnat: fc.array(dnatRule, { maxLength: 2 }),
    raw: fc.array(rawRule, { maxLength: 1 }),
  })
  .map(({ post, a, b, c, dnat, raw }) => ({ nat: [...dnat, ...post, ...a, ...b, ...c], raw }))

/** Installs a rule set. @returns what iptables-save then prints. */
function install({ nat, raw }: RuleSet): string {
  const marks = Object.entries(MARKS).flatMap(([port, mark]) =>
    ['PREROUTING', 'OUTPUT'].flatMap((chain) =>
      ['tcp', 'udp'].map((protocol) => `-A ${chain} -p ${protocol} --dport ${port} -j MARK --set-mark ${mark}`),
    ),
  )
  const lines = [
    ...['*raw', ...raw, 'COMMIT'],
    ...['*mangle', ...marks, 'COMMIT'],
    ...['*nat', ...CHAINS.map((chain) => `:${chain} - [0:0]`), ...nat, 'COMMIT', ''],
  ]
  router.exec(`${family.iptables}-restore`, [], lines.map(family.text).join('\n'))
  quietly('conntrack -F')
  return router.exec(`${family.iptables}-save`, [])
}

/** conntrack tells on standard error how many entries it printed. */
function quietly(command: string): string {
  return router.exec('sh', ['-c', `${command} 2>/dev/null`])
}

interface Packet {
  readonly from: 'pod' | 'host'
  readonly protocol: number
  readonly destination: string
  readonly destinationPort: number
  /** Source port, or echo identifier. */
  readonly sourcePort: number
}

let nextPort = 40_000
let turn = 0

function packets(): Packet[] {
  const destinations = ['1.1.1.1', '172.18.0.9', '10.70.0.9', '35.1.1.9', '10.96.0.1']
  const ports = [53, 80, 443, 8080, 9090]
  const protocols = [IpProtocol.Udp, IpProtocol.Tcp, IpProtocol.Udp, family.icmp]
  return Array.from({ length: PACKETS_PER_SET }, () => {
    turn++
    const protocol = protocols[turn % protocols.length] ?? IpProtocol.Udp
    const reachable = protocol === family.icmp ? destinations.slice(0, 4) : destinations
    return {
      from: turn % 3 === 0 ? 'host' : 'pod',
      protocol,
      destination: family.text(reachable[turn % reachable.length] ?? '1.1.1.1'),
      destinationPort: ports[Math.floor(turn / 2) % ports.length] ?? 80,
      sourcePort: nextPort++,
    }
  })
}

/** Sends packets and reads from the connection table with which source each left. */
async function send(): Promise<{ packet: Packet; seen: string }[]> {
  const list = packets()
  await Promise.all(list.map(sendOne))
  const table = quietly(`conntrack -L -f ${family.name.toLowerCase()} -o extended`).split('\n')
  return list.map((packet) => ({ packet, seen: sourceAfter(packet, table) }))
}

async function sendOne({ from, protocol, destination, destinationPort, sourcePort }: Packet): Promise<void> {
  const sender = from === 'pod' ? pod : router
  if (protocol === family.icmp) {
    await sender.agent('ping', { host: destination, identifier: sourcePort })
    return
  }
  const command = protocol === IpProtocol.Tcp ? 'connect' : 'sendUdp'
  await sender.agent(command, { host: destination, port: destinationPort, localPort: sourcePort, timeoutMs: 40 })
}

/** The source that replies are sent to; the original one where the packet is in no entry, because it is not tracked. */
function sourceAfter(packet: Packet, table: readonly string[]): string {
  const key = packet.protocol === family.icmp ? `id=${packet.sourcePort}` : `sport=${packet.sourcePort}`
  const entry = table.find((line) =>
    new RegExp(`^.*? ${packet.protocol} .*?${key} `).test(line.slice(0, originalEnd(line))),
  )
  const reply = entry === undefined ? undefined : [...entry.matchAll(/dst=(\S+)/g)][1]?.[1]
  return reply ?? sourceOf(packet)
}

/** Where the original tuple of an entry ends and the reply's begins. */
function originalEnd(line: string): number {
  return line.lastIndexOf(' src=') + 1
}
