import { DecodeStatus } from '../../core/decode-status.ts'
import { IpProtocol } from '../../core/protocol.ts'
import type { EndpointReader } from './endpoints.ts'
import { isIcmpText, readIcmpText } from './icmp-text.ts'
import { lonelyProtocol, namedProtocol } from './ip-header.ts'
import { ipHeaderLength, type Level } from './level.ts'
import { FAILURE, type Failure } from './outcome.ts'
import type { SequenceBases } from './sequence-bases.ts'
import { isTcpText, readTcpText } from './tcp-text.ts'
import type { TextCursor } from './text-cursor.ts'
import { readUdpText } from './udp-text.ts'

const PORTS = /(?<src>[\w.-]+) > (?<dst>[\w.-]+): ?/y
/** SCTP repeats the addresses. */
const SCTP_PORTS = /\S+\.(?<src>\d+) > \S+\.(?<dst>\d+): (?=sctp)/y
const SCTP_HEADER_LENGTH = 12
const UDP_HEADER_LENGTH = 8
const ICMP_HEADER_LENGTH = 8

const { Icmp, Tcp, Udp, Icmpv6, Sctp } = IpProtocol
/** Headers that others follow (RFC 8200 §4.1, RFC 4302). */
const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 44, 51, 60])
const TRANSPORTS: ReadonlySet<number> = new Set([Icmp, Tcp, Udp, Icmpv6, Sctp])

/** Reads what stands behind the addresses of a packet that carries no other packet, lengths included. */
export class TransportReader {
  readonly #endpoints: EndpointReader
  /** Of the section at hand. */
  bases: SequenceBases

  constructor(endpoints: EndpointReader, bases: SequenceBases) {
    this.#endpoints = endpoints
    this.bases = bases
  }

  /** Fills in the addresses, and the ports where the protocol has any. */
  readHosts({ view, src, dst, header }: Level, hasPorts = false, isUdp = false): Failure | undefined {
    return this.#endpoints.read(view, src, dst, hasPorts, header.version, isUdp)
  }

  /** Whether both sides are printed with ports. */
  hasPorts({ src, dst }: Level, isUdp: boolean): boolean {
    return this.#endpoints.hasPort(src, isUdp) && this.#endpoints.hasPort(dst, isUdp)
  }

  readTcp(text: string, level: Level, hasPorts: boolean): Failure | undefined {
    const failure = this.readHosts(level, hasPorts)
    if (failure !== undefined) return failure
    if (!hasPorts) return /^ ?\[\|tcp\]/.test(text) ? FAILURE.tcpTruncated : FAILURE.portName
    return this.#finishTcp(text, level)
  }

  readIcmp(text: string, level: Level): Failure | undefined {
    const { view, header } = level
    const failure = this.readHosts(level)
    if (failure !== undefined) return failure
    const icmp = readIcmpText(text, view)
    if (icmp.failure !== undefined) return icmp.failure
    view.ipLength = header.length ?? ipHeaderLength(view) + (icmp.length ?? ICMP_HEADER_LENGTH)
    if (icmp.length === undefined) {
      view.payloadLength = Math.max(0, view.ipLength - ipHeaderLength(view) - ICMP_HEADER_LENGTH)
    }
    return undefined
  }

  readSctp(text: string, level: Level, hasPorts: boolean): Failure | undefined {
    const failure = this.readHosts(level, hasPorts)
    if (failure !== undefined) return failure
    const isCut = /\[\|sctp\]/.test(text) && !/\(\d+\)/.test(text)
    if (!hasPorts || isCut) return FAILURE.transportTruncated
    this.#finishSctp(level)
    return undefined
  }

  #finishSctp({ view, header, frameIpLength }: Level): void {
    view.protocol = IpProtocol.Sctp
    view.status = DecodeStatus.Ok
    view.ipLength = header.length ?? frameIpLength ?? ipHeaderLength(view) + SCTP_HEADER_LENGTH
    view.payloadLength = Math.max(0, view.ipLength - ipHeaderLength(view) - SCTP_HEADER_LENGTH)
  }

  /** Fills in a datagram whose ports are read. */
  finishUdp(text: string, { view, header, frameIpLength }: Level): void {
    const headers = ipHeaderLength(view) + UDP_HEADER_LENGTH
    const known = header.length ?? frameIpLength
    const printed = readUdpText(text, view)
    view.payloadLength = printed ?? (known === undefined ? 0 : Math.max(0, known - headers))
    view.ipLength = header.length ?? (printed === undefined ? (known ?? headers) : headers + printed)
    view.protocol = IpProtocol.Udp
    view.status = DecodeStatus.Ok
  }

  /** "fd00::10 > fd00::6: HBH 42000 > 8080: Flags …", from the ports on. */
  readBehindExtensions(cursor: TextCursor, level: Level): Failure | undefined {
    const failure = this.readHosts(level)
    if (failure !== undefined) return failure
    if (isIcmpText(cursor.rest)) return this.readIcmp(cursor.rest, level)
    const ports = (cursor.take(SCTP_PORTS) ?? cursor.take(PORTS))?.groups
    if (ports === undefined) return this.readOther(cursor.rest, level)
    const isTcp = isTcpText(cursor.rest)
    const isSctp = cursor.has('sctp')
    const unknown = this.#endpoints.readPorts(level.view, ports.src ?? '', ports.dst ?? '', !isTcp)
    if (unknown !== undefined) return unknown
    if (isTcp) return this.#finishTcp(cursor.rest, level)
    if (isSctp) this.#finishSctp(level)
    else this.finishUdp(cursor.rest, level)
    return undefined
  }

  /** Protocols without ports that are printed by name or number. */
  readOther(text: string, level: Level): Failure | undefined {
    const { view, header } = level
    const failure = this.readHosts(level)
    if (failure !== undefined) return failure
    // Without -v a later fragment shows its protocol and nothing else.
    if (header.length === undefined && lonelyProtocol(text) >= 0) return FAILURE.fragment
    const number = /^ ?ip-proto-(\d+)/.exec(text)?.[1]
    const named = number === undefined ? namedProtocol(text) : Number(number)
    // Of IPv6 -v prints the first header's number, which may be an extension header's, as may be what tcpdump stopped at.
    const protocol = header.protocol >= 0 && !level.hasExtensions ? header.protocol : named
    if (protocol < 0 || EXTENSIONS.has(protocol)) return FAILURE.otherIp
    // Of these type or ports would be printed, had they been captured.
    if (TRANSPORTS.has(protocol)) return FAILURE.transportTruncated
    const printed = /(?:, length:?|ip-proto-\d+) (\d+)$/.exec(text)?.[1]
    const payload = printed === undefined ? undefined : Number(printed)
    const computed = payload === undefined ? undefined : ipHeaderLength(view) + payload
    view.protocol = protocol
    view.ipLength = header.length ?? computed ?? level.frameIpLength ?? ipHeaderLength(view)
    view.payloadLength = Math.max(0, view.ipLength - ipHeaderLength(view))
    view.status = DecodeStatus.Ok
    return undefined
  }

  #finishTcp(text: string, level: Level): Failure | undefined {
    const { view, header } = level
    const tcp = readTcpText(text, view)
    if (tcp.spoilsBase) this.bases.spoil(view)
    if (tcp.failure !== undefined) return tcp.failure
    view.payloadLength = tcp.payload ?? 0
    // Extension headers and some options are printed without their lengths, -q prints no options: there the frame knows.
    const isPartial = view.hasSeq === 0 || level.hasExtensions || !tcp.headerExact
    const length = header.length ?? (isPartial ? level.frameIpLength : undefined)
    view.ipLength = length ?? ipHeaderLength(view) + view.tcpHeaderLength + view.payloadLength
    // Options that were cut, or whose length is not printed: the IP length knows.
    if (!tcp.headerExact && length !== undefined && view.hasSeq === 1 && !level.hasExtensions) {
      const rest = length - ipHeaderLength(view) - view.payloadLength
      if (rest >= view.tcpHeaderLength && rest <= 60 && rest % 4 === 0) view.tcpHeaderLength = rest
    }
    if (view.hasSeq === 1) this.bases.restore(view, tcp.seqPrinted)
    return undefined
  }
}
