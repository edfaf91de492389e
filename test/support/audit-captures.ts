import type { PointClaim } from '../../src/audit/point-claim.ts'
import { Direction } from '../../src/capture/record.ts'
import type { Flow } from '../../src/flow/flow.ts'
import type { CaptureSummary } from '../../src/flow/flow-run.ts'
import type { PacketView } from '../../src/packet/packet-view.ts'
import { aCapture } from './audit-flows.ts'
import { journeyOf } from './audit-network.ts'
import {
  BACKEND_PORT,
  type Fault,
  type Journey,
  type Look,
  type Party,
  SERVICE_PORT,
  type World,
} from './audit-world.ts'
import { flowsOf, icmpView, type PacketFields, tcpView, udpView } from './flow-packets.ts'

/** One connection of the model. */
export interface Exchange {
  readonly from: Party
  readonly to: Party
  readonly protocol: 'tcp' | 'udp' | 'icmp'
  /** Seconds after the start of the run. */
  readonly at: number
  /** Packets of the conversation that take place; the rest never does. */
  readonly packets: number
  readonly dns: boolean
}

/** Where and how a capture of the model is taken. */
export interface CaptureSpec {
  readonly kind: 'pod' | 'lxc' | 'eth0' | 'vxlan' | 'outside' | 'any-sll' | 'any-sll2' | 'any-named'
  readonly node: number
  readonly pod: number
  readonly host: string
  /** What tells the place: `--at`, the prompt of pasted text, the names of interfaces, or nothing. */
  readonly known: 'declared' | 'prompt' | 'names' | 'nothing'
  /** False for text without `-v`: no TTL, no IP ID. */
  readonly verbose: boolean
  /** The capture begins that many seconds into the run, and so in the middle of connections. */
  readonly from: number
  /** A filter that lets one way through only. */
  readonly ways: 'both' | 'in' | 'out'
  /** How far the machine's clock is off, seconds. */
  readonly skew: number
}

const EPOCH = Date.UTC(2025, 7, 1) / 1000
const PACKET_SECONDS = 0.01
const PLACE_SECONDS = 0.00002

/** Device names of a node and their numbers. */
const IFINDEX: Readonly<Record<string, number>> = { eth0: 2, cilium_vxlan: 5 }
const lxcIndex = (pod: string): number => 10 + Number(pod.split('/')[1])

/** Summaries, flows and declared points of what the captures show of the exchanges; times are whole runs of one clock. */
export function capturesOf(
  world: World,
  exchanges: readonly Exchange[],
  specs: readonly CaptureSpec[],
  fault: { readonly of: Fault | 'REVERSE_NAT_MISSING'; readonly exchange: number } | null = null,
): { flows: Flow[]; captures: CaptureSummary[]; declared: (PointClaim | null)[] } {
  const packets = exchanges.flatMap((exchange, i) => {
    // Services balance ports, which an echo has none of.
    if (exchange.protocol === 'icmp' && ['cluster-ip', 'node-port'].includes(exchange.to.kind)) return []
    const of = fault?.exchange === i ? fault.of : null
    const isLost = of === 'REVERSE_NAT_MISSING'
    const journey = journeyOf(world, exchange.from, exchange.to, isLost ? null : of)
    if (journey === null) return []
    return isLost ? lostAnswers(exchange, i, journey) : conversation(exchange, i, journey)
  })
  const flows: Flow[] = []
  const captures = specs.map((spec, index) => {
    const seen = packets.filter(({ look, at }) => isSeen(spec, look) && at >= spec.from)
    seen.sort((a, b) => a.at - b.at)
    const views = seen.map(({ view, look, at }) => view(place(spec, look, at)))
    flows.push(...flowsOf(views, { capture: index }))
    return summaryOf(spec, index)
  })
  return { flows: flows.map((flow, i) => ({ ...flow, id: i + 1 })), captures, declared: specs.map(declaredOf) }
}

interface SeenPacket {
  readonly look: Look
  readonly at: number
  readonly view: (where: Partial<PacketFields>) => PacketView
}

type Step = readonly [forward: boolean, flags: string, seq: number, ack: number, length: number]

const TCP_STEPS: readonly Step[] = [
  [true, 'S', 0, 0, 0],
  [false, 'SA', 0, 1, 0],
  [true, 'A', 1, 1, 0],
  [true, 'PA', 1, 1, 75],
  [false, 'A', 1, 76, 0],
  [false, 'PA', 1, 76, 200],
  [true, 'A', 76, 201, 0],
  [true, 'FA', 76, 201, 0],
  [false, 'FA', 201, 77, 0],
  [true, 'A', 77, 202, 0],
]

/** The answer stays at the node, whose own stack resets a connection it knows nothing of; the pod asks again. */
function lostAnswers(exchange: Exchange, id: number, { forward, reverse }: Journey): SeenPacket[] {
  const isAtPod = ({ place }: Look): boolean => place.startsWith('pod') || place.startsWith('lxc')
  const outward = forward.filter((look) => !isAtPod(look))
  const resets = outward.map((look) => ({ ...look, ttl: look.place.startsWith('eth0') ? 64 : look.ttl + 1 }))
  const legs: readonly (readonly [Step, readonly Look[]])[] = [
    [[true, 'S', 0, 0, 0], forward],
    [[false, 'SA', 0, 1, 0], reverse.filter((look) => !isAtPod(look))],
    [[true, 'R', 1, 0, 0], resets],
    [[true, 'S', 0, 0, 0], forward],
  ]
  return legs.flatMap(([step, looks], n) => packetsOf(exchange, id, n === 3 ? 100 : n, step, looks))
}

function conversation(exchange: Exchange, id: number, { forward, reverse }: Journey): SeenPacket[] {
  const steps = exchange.protocol === 'tcp' ? TCP_STEPS : TCP_STEPS.map((_, n): Step => datagram(n))
  return steps
    .slice(0, exchange.packets)
    .flatMap((step, n) => packetsOf(exchange, id, n, step, step[0] ? forward : reverse))
}

const datagram = (n: number): Step => [n % 2 === 0, '', 0, 0, 40 + 80 * (n % 2)]

/** One packet at every place it passes. @param n - Its number, which also is its time. */
function packetsOf(exchange: Exchange, id: number, n: number, step: Step, looks: readonly Look[]): SeenPacket[] {
  return looks.map((look, hop) => ({
    look,
    at: exchange.at + n * PACKET_SECONDS + hop * PLACE_SECONDS,
    view: (where) => packetView(exchange, id, n, step, look, where),
  }))
}

function packetView(
  { protocol, to, dns }: Exchange,
  id: number,
  n: number,
  [forward, flags, seq, ack, length]: Step,
  look: Look,
  where: Partial<PacketFields>,
): PacketView {
  const client = 40_000 + id
  const server = (ip: string): number => {
    if (ip.startsWith('10.96.')) return SERVICE_PORT
    return to.kind === 'cluster-ip' ? BACKEND_PORT : dns ? 53 : 443
  }
  const portOf = (port: Look['srcPort'], ip: string): number =>
    port === 'client' ? client : port === 'server' ? server(ip) : port
  const src = protocol === 'icmp' ? look.src : `${look.src}:${portOf(look.srcPort, look.src)}`
  const dst = protocol === 'icmp' ? look.dst : `${look.dst}:${portOf(look.dstPort, look.dst)}`
  const base: PacketFields = {
    ...(look.outer === undefined ? {} : { outer: look.outer, vni: 7 }),
    ...where,
    src,
    dst,
    length,
    record: id * 100 + n + 1,
    ...(where.ttl === undefined ? {} : { id: (id * 131 + n * 7 + (forward ? 1 : 5000)) & 0xffff }),
  }
  if (protocol === 'udp') return udpView(dns ? { ...base, dnsId: 1000 + id } : base)
  if (protocol === 'icmp') return icmpView({ ...base, id: 300 + id, type: forward ? 8 : 0, number: 1 + (n >> 1) })
  const [mine, theirs] = forward ? [isnOf(id), isnOf(id + 5000)] : [isnOf(id + 5000), isnOf(id)]
  return tcpView({
    ...base,
    flags,
    seq: (mine + seq) >>> 0,
    ack: flags === 'S' ? 0 : (theirs + ack) >>> 0,
    tsVal: (forward ? 900_000 : 100_000) + id * 7919 + n * 10,
    mss: 1460,
  })
}

const isnOf = (id: number): number => Math.imul(id + 17, 0x9e3779b1) >>> 0

function isSeen({ kind, node, pod, host, ways }: CaptureSpec, { place, way }: Look): boolean {
  if (ways !== 'both' && ways !== way) return false
  switch (kind) {
    case 'pod':
    case 'lxc':
      return place === `${kind} ${node}/${pod}`
    case 'eth0':
      return place === `eth0 ${node}`
    case 'vxlan':
      return place === `cilium_vxlan ${node}`
    case 'outside':
      return place === `outside ${host}`
    default:
      return place === `eth0 ${node}` || place === `cilium_vxlan ${node}` || place.startsWith(`lxc ${node}/`)
  }
}

/** What a capture adds to a packet: time, TTL, and the device as far as the format keeps it. */
function place(
  { kind, verbose, skew }: CaptureSpec,
  { place: seenAt, way, ttl }: Look,
  at: number,
): Partial<PacketFields> {
  const [device = '', where = ''] = seenAt.split(' ')
  const common = { at: EPOCH + at + skew, ...(verbose ? { ttl } : {}) }
  if (kind === 'any-sll') return { ...common, sll: way === 'out' ? 4 : 0 }
  if (kind === 'any-sll2') return { ...common, sll: way === 'out' ? 4 : 0, ifindex: IFINDEX[device] ?? lxcIndex(where) }
  if (kind !== 'any-named') return common
  const index = device === 'eth0' ? 0 : device === 'cilium_vxlan' ? 1 : 2 + Number(where.split('/')[1])
  return { ...common, interface: index, direction: way === 'out' ? Direction.Out : Direction.In }
}

function summaryOf(spec: CaptureSpec, index: number): CaptureSummary {
  const { kind, node, pod, known } = spec
  const host = known === 'prompt' ? { host: machineOf(spec) } : {}
  const named = known === 'names' || known === 'prompt'
  const names: Readonly<Record<CaptureSpec['kind'], readonly string[]>> = {
    pod: ['eth0'],
    lxc: [`lxc${node}${pod}`],
    eth0: ['eth0'],
    vxlan: ['cilium_vxlan'],
    outside: ['eth0'],
    'any-sll': ['any'],
    'any-sll2': ['any'],
    'any-named': ['eth0', 'cilium_vxlan', `lxc${node}0`, `lxc${node}1`],
  }
  const linkType = kind === 'any-sll' ? 113 : kind === 'any-sll2' ? 276 : 1
  const interfaces = names[kind].map((name) => ({
    linkType,
    ...host,
    // An interface of a device capture may have no name; those of a capture of many always have.
    ...(named || kind === 'any-named' ? { name } : {}),
  }))
  return aCapture({ index, name: `capture${index}.pcap`, interfaces, startAt: spec.from + spec.skew })
}

const machineOf = ({ kind, node, pod }: CaptureSpec): string =>
  kind === 'outside' ? 'outside-host' : kind === 'pod' ? `p${node}-${pod}` : `n${node}`

function declaredOf(spec: CaptureSpec): PointClaim | null {
  if (spec.known !== 'declared') return null
  const { kind, node, pod } = spec
  const basis = 'option'
  if (kind === 'pod') return { kind: 'pod', name: `default/p${node}-${pod}`, interface: null, basis }
  if (kind === 'outside') return { kind: 'external', name: 'outside-host', interface: null, basis }
  const device = { lxc: `lxc${node}${pod}`, eth0: 'eth0', vxlan: 'cilium_vxlan' }[kind as 'lxc' | 'eth0' | 'vxlan']
  return { kind: 'node', name: `n${node}`, interface: device ?? null, basis }
}
