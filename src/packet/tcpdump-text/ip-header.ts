import { IpProtocol } from '../../core/protocol.ts'
import { FAILURE, type Failure } from './outcome.ts'
import type { TextCursor } from './text-cursor.ts'

/** What is printed of an IP header besides its addresses; `undefined` and −1 where it is not. */
export interface IpHeaderText {
  version: 0 | 4 | 6
  /** Octets, header included. */
  length: number | undefined
  /** IANA number; −1 without `-v`, and for IPv6 only the first header's. */
  protocol: number
  ttl: number
  id: number
  fragmentOffset: number
  moreFragments: boolean
}

const REMARKS =
  /(?:truncated-ip6? - \d+ bytes missing! ?|\[total length [^\]]*\] \(invalid\) |\[header\+payload length [^\]]*\] \(invalid\) |\[real length \d+, presumed BIG TCP\] |\[\w[^\]]*\] \(invalid\) )/y
const TRUNCATED = /,? ?(?:\[\|ip6?\]|truncated-ip6? \d+)/y
const MALFORMED = /(?:bad-hlen|bad-len|version|, wrong link-layer|\(invalid\)|\[[^\]]*\] \(invalid\)$|unknown version)/y

/**
 * Reads label, length remarks and, with `-v`, the bracketed header; ends before the addresses.
 *
 * @param linkVersion - What the link header says; with `-e` there is no label.
 */
export function readIpHeader(cursor: TextCursor, linkVersion: 0 | 4 | 6): IpHeaderText | Failure {
  const header: IpHeaderText = {
    version: linkVersion,
    length: undefined,
    protocol: -1,
    ttl: -1,
    id: -1,
    fragmentOffset: 0,
    moreFragments: false,
  }
  if (cursor.skip('IP6')) header.version = 6
  else if (cursor.skip('IP ') || cursor.line.slice(cursor.at) === 'IP') header.version = 4
  cursor.skipSpaces()
  while (cursor.take(REMARKS) !== null);
  const failure = readFailure(cursor, header.version)
  if (failure !== undefined) return failure
  if (cursor.has('(')) {
    const inside = cursor.takeBracketed()
    if (inside === undefined) return FAILURE.lineCut
    if (/^(?:class|flowlabel|hlim|pri)/.test(inside)) readVerbose6(inside, header)
    else readVerbose4(inside, header)
    if (!cursor.nextLine()) cursor.skipSpaces()
  }
  return header
}

function readFailure(cursor: TextCursor, version: 0 | 4 | 6): Failure | undefined {
  if (cursor.sees(TRUNCATED)) return version === 6 ? FAILURE.ipv6Truncated : FAILURE.ipTruncated
  if (cursor.has('bad-len 0')) return FAILURE.badLength
  return cursor.sees(MALFORMED) ? FAILURE.ipMalformed : undefined
}

// "tos 0x0, ttl 64, id 1001, offset 0, flags [DF], proto TCP (6), length 60"; 3.8: "ttl  64", no proto, "length: 60".
function readVerbose4(text: string, header: IpHeaderText): void {
  header.version = 4
  // Not printed when 0 (print-ip.c `ip_print()`).
  header.ttl = Number(/\bttl +(\d+)/.exec(text)?.[1] ?? 0)
  header.id = Number(/\bid (\d+)/.exec(text)?.[1] ?? -1)
  header.fragmentOffset = Number(/\boffset (\d+)/.exec(text)?.[1] ?? 0)
  header.moreFragments = /\bflags \[[^\]]*\+/.test(text)
  header.protocol = Number(/\bproto:? \S+ \((\d+)\)/.exec(text)?.[1] ?? -1)
  header.length = numberOf(/\blength:? (\d+)/.exec(text))
}

// "class 0x2, flowlabel 0xc3b9b, hlim 64, next-header TCP (6) payload length: 40"
function readVerbose6(text: string, header: IpHeaderText): void {
  header.version = 6
  header.ttl = Number(/\bhlim (\d+)/.exec(text)?.[1] ?? -1)
  header.protocol = Number(/\bnext-header .*?\((\d+)\)/.exec(text)?.[1] ?? -1)
  const payload = numberOf(/\bpayload length:? (\d+)/.exec(text))
  // A payload length of 0 is BIG TCP: the real length stands in a remark, or nowhere.
  header.length = payload === undefined || payload === 0 ? undefined : payload + 40
}

const MAX_TAIL = 120

// 3.8 puts hop limit and payload length of IPv6, older versions TTL, id and length of IPv4, at the line's end.
const TAIL6 = / \((?:(?:class|flowlabel|pri)[^,)]*, )*len (\d+), hlim (\d+)\)$/
const TAIL4 = / \((?:tos [^,)]*, )?ttl (\d+), id (\d+)(?:, len (\d+))?[^)]*\)$/

/** Takes over what versions before 3.9 print behind the packet. */
export function readOldTail(line: string, header: IpHeaderText): void {
  // Of a tunnel the tail is the inner packet's.
  if (header.ttl >= 0) return
  const end = line.slice(-MAX_TAIL)
  const tail6 = TAIL6.exec(end)
  if (tail6 !== null) {
    header.length = Number(tail6[1]) + 40
    header.ttl = Number(tail6[2])
    return
  }
  const tail4 = TAIL4.exec(end)
  if (tail4 === null) return
  header.ttl = Number(tail4[1])
  header.id = Number(tail4[2])
  if (tail4[3] !== undefined) header.length = Number(tail4[3])
}

function numberOf(match: RegExpExecArray | null): number | undefined {
  return match === null ? undefined : Number(match[1])
}

/** Extension headers between the addresses of an IPv6 packet (or an AH of either version) and the payload. */
export interface ExtensionHeaders {
  /** Whether there were any: ports then stand without addresses. */
  any: boolean
  /** Of a fragment header; −1 without one. */
  fragmentOffset: number
  fragmentId: number
  fragmentLength: number
}

const OPTIONS = /(?:HBH|DSTOPT) ?(?:\((?:[^()]|\([^()]*\))*\) ?)*/y
const ROUTING = /(?:RT6|srcrt) ?\((?:[^()]|\([^()]*\))*\) ?/y
const FRAGMENT = /frag \((?:0x(?<id>[0-9a-f]+):)?(?<offset>\d+)\|(?<length>\d+)\) ?/y
const AUTHENTICATION = /AH\((?:[^()]|\([^()]*\))*\): ?/y

export function readExtensionHeaders(cursor: TextCursor): ExtensionHeaders {
  const found: ExtensionHeaders = { any: false, fragmentOffset: -1, fragmentId: 0, fragmentLength: 0 }
  for (;;) {
    const fragment = cursor.take(FRAGMENT)?.groups
    if (fragment !== undefined) {
      found.fragmentOffset = Number(fragment.offset)
      found.fragmentId = Number.parseInt(fragment.id ?? '0', 16)
      found.fragmentLength = Number(fragment.length)
    } else if (!(cursor.take(OPTIONS) ?? cursor.take(ROUTING) ?? cursor.take(AUTHENTICATION))) return found
    // What is missing of a jumbogram is said behind its option.
    cursor.take(REMARKS)
    found.any = true
  }
}

/** Number of the protocol that stands alone behind the addresses, as of a later fragment; −1 where something else does. */
export function lonelyProtocol(text: string): number {
  const match = /^(?:ip-proto-(?<number>\d+)|(?<name>tcp|udp|icmp|sctp))$/.exec(text.trim())?.groups
  if (match === undefined) return -1
  return match.number === undefined ? (LONELY[match.name ?? ''] ?? -1) : Number(match.number)
}
const LONELY: Readonly<Record<string, number>> = { tcp: 6, udp: 17, icmp: 1, sctp: 132 }

/** IANA number of a protocol that is printed by its name alone; −1 for others. */
export function namedProtocol(text: string): number {
  for (const [pattern, protocol] of NAMED) if (pattern.test(text)) return protocol
  return -1
}

const NAMED: readonly (readonly [RegExp, number])[] = [
  [/^ ?ip-proto-(\d+)/, -1],
  [/^igmp/, 2],
  [/^(?:EGP|egp)/, 8],
  [/^rsvp|^RSVP/, 46],
  [/^ESP\(/, IpProtocol.Esp],
  [/^(?:OSPFv|ospf)/, 89],
  [/^EIGRP/, 88],
  [/^(?:PIMv|pim )/, 103],
  [/^(?:VRRPv|CARPv)/, 112],
  [/^(?:PGM|pgm)/, 113],
  [/^(?:DCCP|dccp)/, 33],
]
