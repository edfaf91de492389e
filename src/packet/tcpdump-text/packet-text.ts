import type { CaptureRecord } from '../../capture/record.ts'
import { DecodeStatus } from '../../core/decode-status.ts'
import { IpProtocol } from '../../core/protocol.ts'
import { PacketView, Tunnel } from '../packet-view.ts'
import { blankInnerView, blankView } from './blank-view.ts'
import type { EndpointReader } from './endpoints.ts'
import { isIcmpText, readIcmpText } from './icmp-text.ts'
import {
  type ExtensionHeaders,
  type IpHeaderText,
  namedProtocol,
  readExtensionHeaders,
  readIpHeader,
  readOldTail,
} from './ip-header.ts'
import { type LinkFacts, notIp, readLinkHeader } from './link-header.ts'
import { FAILURE, type Failure, fail } from './outcome.ts'
import type { SequenceBases } from './sequence-bases.ts'
import { isTcpText, readTcpText } from './tcp-text.ts'
import { TextCursor } from './text-cursor.ts'
import { readGre, readUdpTunnel, type TunnelText } from './tunnel-text.ts'
import { isUdpText, readUdpText } from './udp-text.ts'

/** Levels of encapsulation that are followed, as in frames. */
const MAX_DEPTH = 4

const ADDRESSES = /(?<src>\S+) > (?<dst>\S+):(?: |$)/y
const PORTS = /(?<src>[\w.-]+) > (?<dst>[\w.-]+): ?/y
const INNER_IP = /(?:IP6? |\((?:tos|class|flowlabel|hlim|pri))/y
const INNER_ADDRESSES = /(?<src>\S+) > \S+: /y
const IPV4 = String.raw`\d{1,3}(?:\.\d{1,3}){3}`
const IPV6 = String.raw`[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:\d{1,3}(?:\.\d{1,3}){3})?`
/** The innermost TCP header behind any link or tunnel header (text reference §3). MAC addresses have no port. */
const ANCHOR = new RegExp(
  `(?<![\\w.:])(?:${IPV4}\\.\\d{1,5} > ${IPV4}|${IPV6}\\.\\d{1,5} > ${IPV6})\\.\\d{1,5}: (?=Flags \\[|tcp \\d)`,
)

/** IP header, addresses and what was found behind them, of one level. */
interface Level {
  readonly view: PacketView
  readonly header: IpHeaderText
  readonly src: string
  readonly dst: string
  /** By the length of the frame; `undefined` where it says nothing. */
  readonly frameIpLength: number | undefined
  readonly hasExtensions: boolean
}

/**
 * Reads everything tcpdump prints of a packet, all versions and flag sets: the way for lines that are not plain. Slower
 * by a factor of ten, since it works on strings.
 */
export class PacketTextParser {
  readonly #views: readonly PacketView[]
  readonly #endpoints: EndpointReader
  readonly #quoted: PacketView = new PacketView()
  #bases: SequenceBases
  #record: CaptureRecord
  #count = 0

  constructor(views: readonly PacketView[], endpoints: EndpointReader, bases: SequenceBases, record: CaptureRecord) {
    this.#views = views
    this.#endpoints = endpoints
    this.#bases = bases
    this.#record = record
  }

  /**
   * Reads the lines of one packet.
   *
   * @param lines - Damage undone, from the link header or label on.
   * @returns How many views are valid.
   */
  parse(lines: readonly string[], record: CaptureRecord, bases: SequenceBases): number {
    this.#record = record
    this.#bases = bases
    const view = this.#begin()
    const cursor = new TextCursor(lines)
    const link = readLinkHeader(cursor, view)
    const failure = 'status' in link ? link : (notIp(cursor) ?? this.#readIp(cursor, view, link))
    if (failure === undefined) return this.#count
    // Behind a link header or encapsulation that is not known the addresses still tell.
    if (this.#count === 1 && failure.reason !== 'arp' && this.#anchor(lines)) return this.#count
    fail(this.#views[this.#count - 1] ?? view, failure)
    return this.#count
  }

  #begin(): PacketView {
    const view = this.#views[0] ?? new PacketView()
    blankView(view, this.#record)
    this.#count = 1
    return view
  }

  #anchor(lines: readonly string[]): boolean {
    const match = ANCHOR.exec(lines[0] ?? '')
    if (match === null) return false
    const { vlan, ifindex, sllPacketType, direction } = this.#views[0] ?? new PacketView()
    const view = Object.assign(this.#begin(), { vlan, ifindex, sllPacketType, direction })
    const cursor = new TextCursor(lines)
    cursor.at = match.index
    return this.#readIp(cursor, view, { version: 0, ipLength: undefined }) === undefined
  }

  /** Reads an IP packet into `view`, and what is inside it into further views. */
  #readIp(cursor: TextCursor, view: PacketView, link: LinkFacts): Failure | undefined {
    const header = readIpHeader(cursor, link.version)
    if ('status' in header) return header
    readOldTail(cursor.line, header)
    const addresses = cursor.take(ADDRESSES)?.groups
    if (addresses === undefined) return FAILURE.unreadable
    view.ttl = header.ttl
    view.ipId = header.id
    const extensions = readExtensionHeaders(cursor)
    const level: Level = {
      view,
      header,
      src: addresses.src ?? '',
      dst: addresses.dst ?? '',
      frameIpLength: link.ipLength,
      hasExtensions: extensions.any,
    }
    if (extensions.fragmentOffset > 0 || header.fragmentOffset > 0) return this.#readLaterFragment(level, extensions)
    if (header.moreFragments) setFragment(view, header)
    return this.#readPayload(cursor, level, extensions)
  }

  // Later fragments have no ports; without -v nothing to join them by either.
  #readLaterFragment(level: Level, extensions: ExtensionHeaders): Failure | undefined {
    const { view, header } = level
    const failure = this.#readHosts(level)
    if (failure !== undefined) return failure
    if (header.length === undefined) return FAILURE.fragment
    view.protocol = header.protocol
    view.ipLength = header.length
    setFragment(view, header)
    view.status = DecodeStatus.Ok
    if (extensions.fragmentOffset <= 0) return header.protocol < 0 ? FAILURE.fragment : undefined
    // IPv6: the fragment header prints no "more" flag, so the end of the datagram cannot be told.
    return FAILURE.fragment
  }

  #readPayload(cursor: TextCursor, level: Level, extensions: ExtensionHeaders): Failure | undefined {
    const text = cursor.rest
    const isTcp = isTcpText(text)
    if (extensions.any) return this.#readBehindExtensions(cursor, level)
    if (isIcmpText(text)) return this.#readIcmp(cursor, level)
    const hasPorts = this.#endpoints.hasPort(level.src, !isTcp) && this.#endpoints.hasPort(level.dst, !isTcp)
    if (isTcp) return this.#readTcp(text, level, hasPorts)
    const gre = readGre(cursor)
    if (gre !== null && gre !== undefined) return this.#readTunnel(cursor, level, gre, IpProtocol.Gre)
    if (!hasPorts || level.header.protocol === IpProtocol.IpInIp || level.header.protocol === IpProtocol.Ipv6InIp) {
      const inner = this.#readIpInIp(cursor, level)
      if (inner !== 'none') return inner
    }
    if (/^ ?sctp\b/.test(text)) return this.#readSctp(text, level, hasPorts)
    if (hasPorts || isUdpText(text)) return this.#readUdp(cursor, level)
    return this.#readOther(text, level)
  }

  // "fd00::10 > fd00::6: HBH 42000 > 8080: Flags …"
  #readBehindExtensions(cursor: TextCursor, level: Level): Failure | undefined {
    const failure = this.#readHosts(level)
    if (failure !== undefined) return failure
    if (isIcmpText(cursor.rest)) return this.#readIcmp(cursor, level)
    const ports = cursor.take(PORTS)?.groups
    if (ports === undefined) return this.#readOther(cursor.rest, level)
    const isTcp = isTcpText(cursor.rest)
    const unknown = this.#endpoints.readPorts(level.view, ports.src ?? '', ports.dst ?? '', !isTcp)
    if (unknown !== undefined) return unknown
    if (isTcp) return this.#finishTcp(cursor.rest, level)
    this.#finishUdp(cursor.rest, level)
    return undefined
  }

  #readTcp(text: string, level: Level, hasPorts: boolean): Failure | undefined {
    const failure = this.#readHosts(level, hasPorts)
    if (failure !== undefined) return failure
    if (!hasPorts) return /^ ?\[\|tcp\]/.test(text) ? FAILURE.tcpTruncated : FAILURE.portName
    return this.#finishTcp(text, level)
  }

  #finishTcp(text: string, level: Level): Failure | undefined {
    const { view, header } = level
    const tcp = readTcpText(text, view)
    view.protocol = IpProtocol.Tcp
    if (tcp.spoilsBase) this.#bases.spoil(view)
    if (tcp.failure !== undefined) return tcp.failure
    view.payloadLength = tcp.payload ?? 0
    const ipHeaderLength = view.ipVersion === 4 ? 20 : 40
    // Extension headers are printed without their lengths, and -q prints no options: there the frame's length is nearer.
    const length = header.length ?? (view.hasSeq === 0 || level.hasExtensions ? level.frameIpLength : undefined)
    view.ipLength = length ?? ipHeaderLength + view.tcpHeaderLength + view.payloadLength
    // Options that were cut, or whose length is not printed: the IP length knows.
    if (!tcp.headerExact && header.length !== undefined && view.hasSeq === 1) {
      const rest = header.length - ipHeaderLength - view.payloadLength
      if (rest >= view.tcpHeaderLength && rest <= 60 && rest % 4 === 0) view.tcpHeaderLength = rest
    }
    if (view.hasSeq === 1) this.#bases.restore(view, tcp.seqPrinted)
    return undefined
  }

  #readIcmp(cursor: TextCursor, level: Level): Failure | undefined {
    const { view, header } = level
    const failure = this.#readHosts(level)
    if (failure !== undefined) return failure
    const icmp = readIcmpText(cursor.rest, view)
    if (icmp.failure !== undefined) return icmp.failure
    const ipHeaderLength = view.ipVersion === 4 ? 20 : 40
    view.ipLength = header.length ?? ipHeaderLength + (icmp.length ?? 8)
    if (icmp.length === undefined) view.payloadLength = Math.max(0, view.ipLength - ipHeaderLength - 8)
    cursor.at = cursor.line.length
    if (cursor.nextLine() && cursor.sees(INNER_IP)) this.#readQuote(cursor, view)
    return undefined
  }

  // With -v an ICMP error is followed by the packet it quotes. Its numbers went through tcpdump's table too.
  #readQuote(cursor: TextCursor, error: PacketView): void {
    const quoted = this.#quoted
    blankView(quoted, this.#record)
    const outer = this.#count
    this.#count = this.#views.length
    const failure = this.#readIp(cursor, quoted, { version: error.ipVersion, ipLength: undefined })
    this.#count = outer
    const isCut = failure !== undefined && failure.reason === FAILURE.tcpTruncated.reason
    if (failure !== undefined && !isCut) return
    error.hasQuoted = 1
    error.quotedProtocol = quoted.protocol
    error.quotedSrc0 = quoted.src0
    error.quotedSrc1 = quoted.src1
    error.quotedSrc2 = quoted.src2
    error.quotedSrc3 = quoted.src3
    error.quotedDst0 = quoted.dst0
    error.quotedDst1 = quoted.dst1
    error.quotedDst2 = quoted.dst2
    error.quotedDst3 = quoted.dst3
    error.quotedSrcPort = quoted.protocol === IpProtocol.Icmp ? quoted.icmpId : quoted.srcPort
    error.quotedDstPort = quoted.dstPort
    error.quotedSeq = quoted.seq
  }

  #readSctp(text: string, level: Level, hasPorts: boolean): Failure | undefined {
    const { view, header } = level
    const failure = this.#readHosts(level, hasPorts)
    if (failure !== undefined) return failure
    if (!hasPorts) return FAILURE.transportTruncated
    view.protocol = IpProtocol.Sctp
    view.status = DecodeStatus.Ok
    const ipHeaderLength = view.ipVersion === 4 ? 20 : 40
    view.ipLength = header.length ?? level.frameIpLength ?? ipHeaderLength + 12
    view.payloadLength = Math.max(0, view.ipLength - ipHeaderLength - 12)
    return /\[\|sctp\]/.test(text) && !/\(\d+\)/.test(text) ? FAILURE.transportTruncated : undefined
  }

  #readUdp(cursor: TextCursor, level: Level): Failure | undefined {
    const failure = this.#readHosts(level, true, true)
    if (failure !== undefined) return failure
    const text = cursor.rest
    cursor.take(/ ?\[(?:udp sum ok|no cksum|bad udp cksum [^\]]*|udp sum [^\]]*)\] /y)
    const tunnel = readUdpTunnel(cursor)
    if (tunnel !== undefined) return this.#readTunnel(cursor, level, tunnel, IpProtocol.Udp)
    this.#finishUdp(text, level)
    return undefined
  }

  #finishUdp(text: string, level: Level): void {
    const { view, header } = level
    const headers = (view.ipVersion === 4 ? 20 : 40) + 8
    const known = header.length ?? level.frameIpLength
    const printed = readUdpText(text, view)
    view.payloadLength = printed ?? (known === undefined ? 0 : Math.max(0, known - headers))
    view.ipLength = header.length ?? (printed === undefined ? (known ?? headers) : headers + printed)
    view.protocol = IpProtocol.Udp
    view.status = DecodeStatus.Ok
  }

  #readIpInIp(cursor: TextCursor, level: Level): Failure | undefined | 'none' {
    const protocol = level.header.protocol
    const isInner =
      cursor.sees(INNER_IP) || (protocol < 0 && cursor.sees(INNER_ADDRESSES) && !cursor.sees(/\S+ > \S+: icmp/iy))
    if (!isInner && protocol !== IpProtocol.IpInIp && protocol !== IpProtocol.Ipv6InIp) return 'none'
    const isIpv6 = cursor.has('IP6') || cursor.sees(/\((?:class|flowlabel|hlim|pri)/y) || innerIsIpv6(cursor)
    const tunnel = { tunnel: Tunnel.IpInIp, vni: -1, headerLength: 0, isEthernet: false }
    return this.#readTunnel(cursor, level, tunnel, isIpv6 ? IpProtocol.Ipv6InIp : IpProtocol.IpInIp)
  }

  /** Fills the outer packet of a tunnel, then goes on inside. */
  #readTunnel(cursor: TextCursor, level: Level, tunnel: TunnelText, protocol: number): Failure | undefined {
    const { view, header } = level
    if (protocol !== IpProtocol.Udp) {
      const failure = this.#readHosts(level)
      if (failure !== undefined) return failure
    }
    view.protocol = protocol
    view.status = DecodeStatus.Ok
    const ipHeaderLength = view.ipVersion === 4 ? 20 : 40
    const outer = this.#views[0] ?? view
    const inner = this.#views[this.#count]
    if (inner === undefined) return undefined
    blankInnerView(inner, outer, this.#record, this.#count)
    inner.tunnel = tunnel.tunnel
    inner.vni = tunnel.vni
    const depth = this.#count++
    const failure = depth > MAX_DEPTH ? FAILURE.tooDeep : this.#readInner(cursor, inner, protocol)
    const printed = tunnel.payloadLength === undefined ? undefined : ipHeaderLength + tunnel.payloadLength
    view.ipLength =
      header.length ?? printed ?? level.frameIpLength ?? outerLength(ipHeaderLength, tunnel, inner, failure)
    view.payloadLength = Math.max(0, view.ipLength - ipHeaderLength - (protocol === IpProtocol.Udp ? 8 : 0))
    return failure
  }

  #readInner(cursor: TextCursor, inner: PacketView, protocol: number): Failure | undefined {
    const { vlan, ifindex, sllPacketType, direction } = inner
    const link = readLinkHeader(cursor, inner)
    // Tags and interfaces are those of the outermost packet.
    Object.assign(inner, { vlan, ifindex, sllPacketType, direction })
    if ('status' in link) return link
    if (protocol === IpProtocol.Ipv6InIp) link.version = 6
    if (protocol === IpProtocol.IpInIp) link.version = 4
    return notIp(cursor) === undefined ? this.#readIp(cursor, inner, link) : FAILURE.tunnelPayload
  }

  #readOther(text: string, level: Level): Failure | undefined {
    const { view, header } = level
    const failure = this.#readHosts(level)
    if (failure !== undefined) return failure
    const byNumber = /^ ?ip-proto-(\d+)/.exec(text)?.[1]
    const protocol =
      header.protocol >= 0 ? header.protocol : byNumber === undefined ? namedProtocol(text) : Number(byNumber)
    if (protocol < 0) return /^(?:tcp|udp|icmp|sctp)$/.test(text.trim()) ? FAILURE.fragment : FAILURE.otherIp
    // Without -v a later fragment shows its protocol and nothing else.
    if (header.length === undefined && /^ip-proto-\d+$/.test(text.trimEnd())) return FAILURE.fragment
    view.protocol = protocol
    const ipHeaderLength = view.ipVersion === 4 ? 20 : 40
    const printed = /, length:? (\d+)$|ip-proto-\d+ (\d+)$/.exec(text)
    const payload = printed === null ? undefined : Number(printed[1] ?? printed[2])
    view.ipLength =
      header.length ?? (payload === undefined ? (level.frameIpLength ?? ipHeaderLength) : ipHeaderLength + payload)
    view.payloadLength = Math.max(0, view.ipLength - ipHeaderLength)
    view.status = DecodeStatus.Ok
    return protocol === IpProtocol.Esp ? this.#hidden(FAILURE.esp) : undefined
  }

  // What is encrypted is a view of its own behind the outer packet's, as in frames.
  #hidden(failure: Failure): Failure {
    const inner = this.#views[this.#count]
    if (inner !== undefined && this.#views[0] !== undefined) {
      blankInnerView(inner, this.#views[0], this.#record, this.#count)
      this.#count++
    }
    return failure
  }

  #readHosts(level: Level, hasPorts = false, isUdp = false): Failure | undefined {
    return this.#endpoints.read(level.view, level.src, level.dst, hasPorts, level.header.version, isUdp)
  }
}

function setFragment(view: PacketView, header: IpHeaderText): void {
  view.fragmentOffset = header.fragmentOffset
  view.moreFragments = header.moreFragments ? 1 : 0
  view.fragmentId = header.id
  // IP options are printed without their length; fragments hardly ever carry any.
  view.fragmentLength = Math.max(0, (header.length ?? 20) - 20)
}

function innerIsIpv6(cursor: TextCursor): boolean {
  return INNER_IPV6.test(cursor.rest)
}
const INNER_IPV6 = new RegExp(`^${IPV6}(?:\\.[\\w-]+)? > `)

// Not printed: the sum of the headers around the inner packet.
function outerLength(
  ipHeaderLength: number,
  tunnel: TunnelText,
  inner: PacketView,
  failure: Failure | undefined,
): number {
  const isKnown = failure === undefined && tunnel.headerLength !== undefined
  return ipHeaderLength + (tunnel.headerLength ?? 0) + (isKnown ? inner.ipLength + (tunnel.isEthernet ? 14 : 0) : 0)
}
