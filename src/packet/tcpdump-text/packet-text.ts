import { CaptureRecord } from '../../capture/record.ts'
import { undoDamage } from '../../capture/tcpdump-text/damage.ts'
import { DecodeStatus } from '../../core/decode-status.ts'
import { IpProtocol } from '../../core/protocol.ts'
import { PacketView, Tunnel } from '../packet-view.ts'
import { blankInnerView, blankView } from './blank-view.ts'
import type { EndpointReader } from './endpoints.ts'
import { copyQuote } from './icmp-quote.ts'
import { isIcmpText } from './icmp-text.ts'
import { type ExtensionHeaders, lonelyProtocol, readExtensionHeaders, readIpHeader, readOldTail } from './ip-header.ts'
import { ipHeaderLength, type Level } from './level.ts'
import { type LinkFacts, notIp, readLinkHeader } from './link-header.ts'
import { FAILURE, type Failure, fail } from './outcome.ts'
import { SequenceBases } from './sequence-bases.ts'
import { isTcpText } from './tcp-text.ts'
import { TextCursor } from './text-cursor.ts'
import { TransportReader } from './transport-text.ts'
import { readGre, readUdpTunnel, type TunnelText } from './tunnel-text.ts'
import { isUdpText, UDP_CHECKSUM } from './udp-text.ts'

/** Levels of encapsulation that are followed, as in frames. */
const MAX_DEPTH = 4
const ETHERNET_LENGTH = 14
const NO_LINK: LinkFacts = { version: 0, ipLength: undefined }

const ADDRESSES = /(?<src>\S+) > (?<dst>\S+):(?: |$)/y
const INNER_IP = /(?:IP6? |\((?:tos|class|flowlabel|hlim|pri))/y
const INNER_IP6 = /IP6|\((?:class|flowlabel|hlim|pri)/y
const INNER_ADDRESSES = /\S+ > \S+: /y
const IPV4 = String.raw`\d{1,3}(?:\.\d{1,3}){3}`
const IPV6 = String.raw`[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:\d{1,3}(?:\.\d{1,3}){3})?`
/** Behind extension headers, where ports stand alone; SCTP repeats the addresses there. */
const INNER_LITERALS = new RegExp(`(?:${IPV4}|${IPV6})(?:\\.[\\w-]+)? > \\S+: (?!sctp)`, 'y')
const IPV6_ADDRESSES = new RegExp(`${IPV6}(?:\\.[\\w-]+)? > `, 'y')
/** The innermost TCP header behind any link or tunnel header (text reference §3). MAC addresses have no port. */
const ANCHOR = new RegExp(
  `(?<![\\w.:])(?:${IPV4}\\.\\d{1,5} > ${IPV4}|${IPV6}\\.\\d{1,5} > ${IPV6})\\.\\d{1,5}: (?=Flags \\[|tcp \\d)`,
)

/** Characters of a line that are read; a packet's own are a few hundred, the rest is payload in words. */
const MAX_LINE_LENGTH = 4096

/** The lines of a packet, damage undone. */
export function packetLines(text: string): string[] {
  // Behind a carriage return stands payload here: the packet's own part is never overwritten.
  return text.split('\n').map((line) => undoDamage(line.slice(0, MAX_LINE_LENGTH).replaceAll('\r', ' ')))
}

/**
 * Reads everything tcpdump prints of a packet, all versions and flag sets: the way for lines that are not plain. Slower
 * by a factor of ten, since it works on strings.
 */
export class PacketTextParser {
  readonly #views: readonly PacketView[]
  readonly #transport: TransportReader
  readonly #quoted: PacketView = new PacketView()
  #record: CaptureRecord = new CaptureRecord()
  #count = 0

  /** @param views - Overwritten by {@link parse}, outermost packet first. */
  constructor(views: readonly PacketView[], endpoints: EndpointReader) {
    this.#views = views
    this.#transport = new TransportReader(endpoints, new SequenceBases(undefined))
  }

  /**
   * Reads the lines of one packet.
   *
   * @param lines - See {@link packetLines}; from the link header or label on.
   * @param bases - Of the section.
   * @returns How many views are valid.
   */
  parse(lines: readonly string[], record: CaptureRecord, bases: SequenceBases): number {
    this.#record = record
    this.#transport.bases = bases
    const view = this.#begin()
    const cursor = new TextCursor(lines)
    const link = readLinkHeader(cursor, view)
    const failure = 'status' in link ? link : (notIp(cursor) ?? this.#readIp(cursor, view, link))
    if (failure === undefined) return this.#count
    // Behind a link header or encapsulation that is not known the addresses still tell.
    if (this.#count === 1 && failure !== FAILURE.arp && this.#readAnchored(lines)) return this.#count
    fail(this.#views[this.#count - 1] ?? view, failure)
    return this.#count
  }

  #begin(): PacketView {
    const view = this.#views[0] ?? new PacketView()
    blankView(view, this.#record)
    this.#count = 1
    return view
  }

  #readAnchored(lines: readonly string[]): boolean {
    const match = ANCHOR.exec(lines[0] ?? '')
    if (match === null) return false
    const { vlan, ifindex, sllPacketType, direction } = this.#views[0] ?? new PacketView()
    const view = Object.assign(this.#begin(), { vlan, ifindex, sllPacketType, direction })
    const cursor = new TextCursor(lines)
    cursor.at = match.index
    return this.#readIp(cursor, view, NO_LINK) === undefined
  }

  /** Reads an IP packet into `view`, and what is inside it into further views. */
  #readIp(cursor: TextCursor, view: PacketView, link: LinkFacts): Failure | undefined {
    const header = readIpHeader(cursor, link.version)
    if ('status' in header) return header
    readOldTail(cursor.line, header)
    const addresses = cursor.take(ADDRESSES)?.groups
    if (addresses === undefined) return FAILURE.unreadable
    const extensions = readExtensionHeaders(cursor)
    if (header.protocol < 0 && header.length !== undefined) header.protocol = lonelyProtocol(cursor.rest)
    view.ttl = header.ttl
    view.ipId = header.id
    const level: Level = {
      view,
      header,
      src: addresses.src ?? '',
      dst: addresses.dst ?? '',
      frameIpLength: link.ipLength,
      hasExtensions: extensions.any,
    }
    if (header.moreFragments || header.fragmentOffset > 0) setFragment(level)
    if (extensions.fragmentOffset > 0 || header.fragmentOffset > 0) return this.#readLaterFragment(level, extensions)
    return this.#readPayload(cursor, level)
  }

  // Later fragments have no ports; without -v nothing to join them by either.
  #readLaterFragment(level: Level, extensions: ExtensionHeaders): Failure | undefined {
    const { view, header } = level
    const failure = this.#transport.readHosts(level)
    if (failure !== undefined) return failure
    // IPv6: the fragment header prints no "more" flag, so the end of the datagram cannot be told.
    if (header.length === undefined || header.protocol < 0 || extensions.any) return FAILURE.fragment
    view.protocol = header.protocol
    view.ipLength = header.length
    view.status = DecodeStatus.Ok
    return undefined
  }

  #readPayload(cursor: TextCursor, level: Level): Failure | undefined {
    const transport = this.#transport
    const text = cursor.rest
    if (level.hasExtensions) return this.#readBehindExtensions(cursor, level)
    if (isIcmpText(text)) return this.#readIcmp(cursor, level)
    const isTcp = isTcpText(text)
    const hasPorts = transport.hasPorts(level, !isTcp)
    if (isTcp) return transport.readTcp(text, level, hasPorts)
    const gre = readGre(cursor)
    if (gre !== undefined) return this.#readTunnel(cursor, level, gre, IpProtocol.Gre)
    const isIpInIp = level.header.protocol === IpProtocol.IpInIp || level.header.protocol === IpProtocol.Ipv6InIp
    if (isIpInIp || (!hasPorts && isInnerPacket(cursor, level))) return this.#readIpInIp(cursor, level)
    if (/^ ?sctp\b/.test(text)) return transport.readSctp(text, level, hasPorts)
    if (hasPorts || isUdpText(text)) return this.#readUdp(cursor, level)
    const failure = transport.readOther(text, level)
    return failure === undefined && level.view.protocol === IpProtocol.Esp ? this.#hide(FAILURE.esp) : failure
  }

  // Linux puts an option in front of what it tunnels in IPv6 (RFC 2473 §4.1.1), SRv6 a routing header (RFC 8986 §5.1).
  #readBehindExtensions(cursor: TextCursor, level: Level): Failure | undefined {
    const gre = readGre(cursor)
    if (gre !== undefined) return this.#readTunnel(cursor, level, gre, IpProtocol.Gre)
    if (cursor.sees(INNER_IP) || cursor.sees(INNER_LITERALS)) return this.#readIpInIp(cursor, level)
    return this.#transport.readBehindExtensions(cursor, level)
  }

  #readIcmp(cursor: TextCursor, level: Level): Failure | undefined {
    const failure = this.#transport.readIcmp(cursor.rest, level)
    if (failure !== undefined) return failure
    cursor.at = cursor.line.length
    if (cursor.nextLine() && cursor.sees(INNER_IP)) this.#readQuote(cursor, level.view)
    return undefined
  }

  // With -v an ICMP error is followed by the packet it quotes, whose numbers went through tcpdump's table too.
  #readQuote(cursor: TextCursor, error: PacketView): void {
    const quoted = this.#quoted
    blankView(quoted, this.#record)
    // What a quoted packet encapsulates is not looked at: no view is left for it.
    const count = this.#count
    this.#count = this.#views.length
    const failure = this.#readIp(cursor, quoted, { version: error.ipVersion, ipLength: undefined })
    this.#count = count
    if (failure === undefined || failure === FAILURE.tcpTruncated) copyQuote(quoted, error)
  }

  #readUdp(cursor: TextCursor, level: Level): Failure | undefined {
    const failure = this.#transport.readHosts(level, true, true)
    if (failure !== undefined) return failure
    const text = cursor.rest
    cursor.take(UDP_CHECKSUM)
    const tunnel = readUdpTunnel(cursor)
    if (tunnel !== undefined) return this.#readTunnel(cursor, level, tunnel, IpProtocol.Udp)
    this.#transport.finishUdp(text, level)
    return undefined
  }

  #readIpInIp(cursor: TextCursor, level: Level): Failure | undefined {
    const isIpv6 = cursor.sees(INNER_IP6) || cursor.sees(IPV6_ADDRESSES)
    const tunnel = { tunnel: Tunnel.IpInIp, vni: -1, headerLength: 0, isEthernet: false }
    return this.#readTunnel(cursor, level, tunnel, isIpv6 ? IpProtocol.Ipv6InIp : IpProtocol.IpInIp)
  }

  /** Fills in the outer packet of a tunnel, then goes on inside. */
  #readTunnel(cursor: TextCursor, level: Level, tunnel: TunnelText, protocol: number): Failure | undefined {
    const { view, header } = level
    const unnamed = protocol === IpProtocol.Udp ? undefined : this.#transport.readHosts(level)
    if (unnamed !== undefined) return unnamed
    view.protocol = protocol
    view.status = DecodeStatus.Ok
    const inner = this.#views[this.#count]
    if (inner === undefined) return undefined
    blankInnerView(inner, this.#views[0] ?? view, this.#record, this.#count)
    inner.tunnel = tunnel.tunnel
    inner.vni = tunnel.vni
    const depth = this.#count++
    const failure = depth > MAX_DEPTH ? FAILURE.tooDeep : this.#readInner(cursor, inner, protocol)
    view.ipLength =
      header.length ?? printedLength(level, tunnel) ?? level.frameIpLength ?? sumOfHeaders(view, tunnel, inner, failure)
    view.payloadLength = Math.max(0, view.ipLength - ipHeaderLength(view) - (protocol === IpProtocol.Udp ? 8 : 0))
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
    if (notIp(cursor) !== undefined) return FAILURE.tunnelPayload
    const failure = this.#readIp(cursor, inner, link)
    return failure === FAILURE.unreadable ? FAILURE.tunnelPayload : failure
  }

  // What is encrypted is a view of its own behind the outer packet's, as in frames.
  #hide(failure: Failure): Failure {
    const inner = this.#views[this.#count]
    if (inner === undefined) return failure
    blankInnerView(inner, this.#views[0] ?? inner, this.#record, this.#count)
    this.#count++
    return failure
  }
}

function setFragment({ view, header }: Level): void {
  view.fragmentOffset = header.fragmentOffset
  view.moreFragments = header.moreFragments ? 1 : 0
  view.fragmentId = header.id
  // IP options are printed without their length; fragments hardly ever carry any.
  view.fragmentLength = Math.max(0, (header.length ?? 20) - 20)
}

// With -e no label stands before an inner packet: two addresses, and no -v that says another protocol.
function isInnerPacket(cursor: TextCursor, { header }: Level): boolean {
  return cursor.sees(INNER_IP) || (header.protocol < 0 && cursor.sees(INNER_ADDRESSES))
}

function printedLength({ view }: Level, tunnel: TunnelText): number | undefined {
  return tunnel.payloadLength === undefined ? undefined : ipHeaderLength(view) + tunnel.payloadLength
}

// Not printed: the sum of the headers around the inner packet, as far as they are known.
function sumOfHeaders(view: PacketView, tunnel: TunnelText, inner: PacketView, failure: Failure | undefined): number {
  const headers = ipHeaderLength(view) + (tunnel.headerLength ?? 0)
  if (failure !== undefined || tunnel.headerLength === undefined) return headers
  return headers + inner.ipLength + (tunnel.isEthernet ? ETHERNET_LENGTH : 0)
}
