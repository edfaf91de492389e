import { Direction } from '../../src/capture/record.ts'
import { DecodeStatus } from '../../src/core/decode-status.ts'
import { ipFamily, ipToWords } from '../../src/core/ip.ts'
import type { Flow } from '../../src/flow/flow.ts'
import { FlowTable, type FlowTableOptions } from '../../src/flow/flow-table.ts'
import { PacketView, Tunnel } from '../../src/packet/packet-view.ts'

/** Fields of a decoded packet that tests set; what is left out has a value that fits. */
export interface PacketFields {
  /** Seconds; or whole seconds and nanoseconds. */
  readonly at?: number | readonly [number, number]
  /** `10.0.0.1:1234`, `[fd00::1]:80`, or an address alone. */
  readonly src: string
  readonly dst: string
  /** `S`, `SA`, `A`, `PA`, `FA`, `R` …; default `A`. */
  readonly flags?: string
  readonly seq?: number
  readonly ack?: number
  /** Octets of payload. */
  readonly length?: number
  readonly window?: number
  readonly id?: number
  readonly ttl?: number
  readonly checksum?: number
  readonly tsVal?: number
  readonly mss?: number
  readonly windowScale?: number
  readonly hasTime?: boolean
  readonly hasSeq?: 0 | 1
  readonly record?: number
  readonly interface?: number
  readonly ifindex?: number
  readonly sll?: number
  readonly direction?: Direction
  readonly vlan?: number
  readonly depth?: number
  readonly vni?: number
  readonly outer?: readonly [string, string]
}

const FLAG_BITS: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, P: 8, A: 16, U: 32, E: 64, C: 128 }

/** A decoded TCP segment. */
export function tcpView(fields: PacketFields): PacketView {
  const view = ipView(fields, 6, 20 + 20)
  view.flags = [...(fields.flags ?? 'A')].reduce((bits, letter) => bits | (FLAG_BITS[letter] ?? 0), 0)
  view.seq = (fields.seq ?? 0) >>> 0
  view.ack = (fields.ack ?? 0) >>> 0
  view.window = fields.window ?? 501
  view.checksum = fields.checksum ?? 0
  view.hasSeq = fields.hasSeq ?? 1
  view.mss = fields.mss ?? -1
  view.windowScale = fields.windowScale ?? -1
  view.hasTimestamps = fields.tsVal === undefined ? 0 : 1
  view.tsVal = fields.tsVal ?? 0
  view.tcpHeaderLength = 20
  return view
}

/** A decoded UDP datagram. */
export function udpView(fields: PacketFields & { readonly dnsId?: number }): PacketView {
  const view = ipView(fields, 17, 20 + 8)
  view.dnsId = fields.dnsId ?? -1
  return view
}

/** A decoded SCTP packet. */
export function sctpView(fields: PacketFields): PacketView {
  return ipView(fields, 132, 20 + 12)
}

/** What a quoting ICMP error quotes. */
export interface Quote {
  readonly src: string
  readonly dst: string
  readonly protocol?: number
  readonly seq?: number
}

/** A decoded ICMP or ICMPv6 message. */
export function icmpView(
  fields: PacketFields & {
    readonly type: number
    readonly code?: number
    readonly number?: number
    readonly quote?: Quote
    readonly mtu?: number
  },
): PacketView {
  const protocol = fields.src.includes('::') ? 58 : 1
  const view = ipView(fields, protocol, 20 + 8)
  view.icmpType = fields.type
  view.icmpCode = fields.code ?? 0
  view.icmpId = fields.id ?? 0
  view.ipId = -1
  view.icmpSeq = fields.number ?? 0
  view.icmpMtu = fields.mtu ?? 0
  view.hasQuoted = fields.quote === undefined ? 0 : 1
  if (fields.quote !== undefined) quote(view, fields.quote)
  return view
}

/** A later fragment, or a first one made of a packet: `fragmentOf(view, { offset: 0, length: 1480, more: true, id: 7 })`. */
export function fragmentOf(
  view: PacketView,
  part: { readonly offset: number; readonly length: number; readonly more: boolean; readonly id?: number },
): PacketView {
  const headers = view.ipLength - view.payloadLength - 20
  view.fragmentOffset = part.offset
  view.fragmentLength = part.length
  view.moreFragments = part.more ? 1 : 0
  view.fragmentId = part.id ?? 1
  view.ipLength = 20 + part.length
  view.payloadLength = part.offset === 0 ? part.length - headers : 0
  return view
}

function ipView(fields: PacketFields, protocol: number, headers: number): PacketView {
  const view = new PacketView()
  const [srcIp, srcPort] = splitEndpoint(fields.src)
  const [dstIp, dstPort] = splitEndpoint(fields.dst)
  view.status = DecodeStatus.Ok
  view.protocol = protocol
  view.ipVersion = ipFamily(srcIp)
  ;[view.src0, view.src1, view.src2, view.src3] = ipToWords(srcIp)
  ;[view.dst0, view.dst1, view.dst2, view.dst3] = ipToWords(dstIp)
  view.srcPort = srcPort
  view.dstPort = dstPort
  const [sec, nsec] = timeOf(fields.at ?? 0)
  view.timeSec = sec
  view.timeNsec = nsec
  view.hasTime = fields.hasTime ?? true
  view.recordNumber = fields.record ?? 1
  view.payloadLength = fields.length ?? 0
  view.ipLength = headers + view.payloadLength + (view.ipVersion === 6 ? 20 : 0)
  view.ipId = fields.id ?? -1
  view.ttl = fields.ttl ?? -1
  view.interfaceIndex = fields.interface ?? 0
  view.ifindex = fields.ifindex ?? 0
  view.sllPacketType = fields.sll ?? -1
  view.direction = fields.direction ?? Direction.Unknown
  view.vlan = fields.vlan ?? -1
  setTunnel(view, fields)
  return view
}

function setTunnel(view: PacketView, { depth, vni, outer }: PacketFields): void {
  view.depth = depth ?? (outer === undefined ? 0 : 1)
  if (outer === undefined) return
  view.tunnel = Tunnel.Vxlan
  view.vni = vni ?? -1
  view.outerIpVersion = ipFamily(outer[0])
  ;[view.outerSrc0, view.outerSrc1, view.outerSrc2, view.outerSrc3] = ipToWords(outer[0])
  ;[view.outerDst0, view.outerDst1, view.outerDst2, view.outerDst3] = ipToWords(outer[1])
}

function quote(view: PacketView, { src, dst, protocol, seq }: Quote): void {
  const [srcIp, srcPort] = splitEndpoint(src)
  const [dstIp, dstPort] = splitEndpoint(dst)
  view.quotedProtocol = protocol ?? 6
  view.quotedSeq = seq ?? 0
  ;[view.quotedSrc0, view.quotedSrc1, view.quotedSrc2, view.quotedSrc3] = ipToWords(srcIp)
  ;[view.quotedDst0, view.quotedDst1, view.quotedDst2, view.quotedDst3] = ipToWords(dstIp)
  view.quotedSrcPort = srcPort
  view.quotedDstPort = dstPort
}

function splitEndpoint(text: string): [ip: string, port: number] {
  const bracket = /^\[(.+)\]:(\d+)$/.exec(text)
  if (bracket) return [bracket[1] ?? '', Number(bracket[2])]
  if (text.includes('::') || !text.includes(':')) return [text, 0]
  const [ip = '', port = '0'] = text.split(':')
  return [ip, Number(port)]
}

function timeOf(at: number | readonly [number, number]): readonly [number, number] {
  if (typeof at !== 'number') return at
  const sec = Math.floor(at)
  return [sec, Math.round((at - sec) * 1e9)]
}

/** Flows that a table makes of packets, in order of their ids. */
export function flowsOf(packets: Iterable<PacketView>, options: Partial<FlowTableOptions> = {}): Flow[] {
  const flows: Flow[] = []
  const table = new FlowTable({ capture: 0, timeKind: 'absolute', onFlow: (flow) => flows.push(flow), ...options })
  table.startFile()
  for (const packet of packets) table.add(packet)
  table.end()
  return flows.sort((a, b) => a.id - b.id)
}

/** The one flow that packets make. */
export function flowOf(packets: Iterable<PacketView>, options: Partial<FlowTableOptions> = {}): Flow {
  const flows = flowsOf(packets, options)
  const [flow] = flows
  if (flow === undefined || flows.length > 1) throw new Error(`${flows.length} flows instead of one`)
  return flow
}
