import { DecodeStatus } from '../../core/decode-status.ts'
import { IpProtocol } from '../../core/protocol.ts'
import type { PacketView } from '../packet-view.ts'
import { FAILURE, type Failure } from './outcome.ts'

/** Octets of the ICMP header that are not counted as payload, as in frames. */
const HEADER_LENGTH = 8

/** What is printed, the type and the code; groups of these names stand for numbers that have no words. */
type Wording = readonly [pattern: RegExp, type: number, code: number]

/** Type and code by what tcpdump prints (print-icmp.c `icmp_print()`); the first that matches. */
const ICMP: readonly Wording[] = [
  [/^echo reply/, 0, 0],
  [/^echo request/, 8, 0],
  [/^net \S+ unreachable - admin prohibited/, 3, 9],
  [/^host \S+ unreachable - admin prohibited filter/, 3, 13],
  [/^host \S+ unreachable - admin prohibited/, 3, 10],
  [/^net \S+ unreachable - unknown/, 3, 6],
  [/^host \S+ unreachable - unknown/, 3, 7],
  [/^\S+ unreachable - #(?<code>\d+)/, 3, 0],
  [/^\S+ unreachable - source (?:host )?isolated|^host \S+ unreachable - isolated/, 3, 8],
  [/^net \S+ unreachable - tos prohibited/, 3, 11],
  [/^host \S+ unreachable - tos prohibited/, 3, 12],
  [/^host \S+ unreachable - host precedence/, 3, 14],
  [/^host \S+ unreachable - precedence cutoff/, 3, 15],
  [/^\S+ unreachable - need to frag/, 3, 4],
  [/^\S+ unreachable - source route/, 3, 5],
  [/^net \S+ unreachable/, 3, 0],
  [/^host \S+ unreachable/, 3, 1],
  [/^\S+ protocol \S+ unreachable/, 3, 2],
  [/^\S+ (?:tcp|udp|sctp|protocol \d+) port \S+ unreachable/, 3, 3],
  [/^source quench/, 4, 0],
  [/^redirect-#(?<code>\d+)/, 5, 0],
  [/^redirect-tos \S+ to host/, 5, 3],
  [/^redirect-tos \S+ to net/, 5, 2],
  [/^redirect \S+ to host/, 5, 1],
  [/^redirect \S+ to net/, 5, 0],
  [/^router advertisement/, 9, 0],
  [/^router solicitation/, 10, 0],
  [/^time exceeded in-transit/, 11, 0],
  [/^ip reassembly time exceeded/, 11, 1],
  [/^time exceeded-#(?<code>\d+)/, 11, 0],
  [/^parameter problem(?: - code (?<code>\d+))?/, 12, 0],
  [/^time stamp query/, 13, 0],
  [/^time stamp reply/, 14, 0],
  [/^information request/, 15, 0],
  [/^information reply/, 16, 0],
  [/^address mask request/, 17, 0],
  [/^address mask is/, 18, 0],
  [/^type-#(?<type>\d+)/, 0, 0],
]

/** print-icmp6.c `icmp6_print()`; wording of 4.x first, of 3.8 behind. */
const ICMP6: readonly Wording[] = [
  [/unreachable prohibited|^\S+ unreachable prohibited/, 1, 1],
  [/beyond scope/, 1, 2],
  [/unreachable address/, 1, 3],
  [/unreachable port|(?:tcp|udp) port \S+ unreachable/, 1, 4],
  [/unreachable route/, 1, 0],
  [/^destination unreachable(?:, unknown unreach code \((?<code>\d+)\))?/, 1, 0],
  [/^(?:packet )?too big/, 2, 0],
  [/^time exceeded in-transit \(reassembly\)|^ip reassembly time exceeded/, 3, 1],
  [/^time exceeded in-transit(?:, unknown code \((?<code>\d+)\))?/, 3, 0],
  [/^parameter problem, next header/, 4, 1],
  [/^parameter problem, option/, 4, 2],
  [/^parameter problem, incomplete header chain/, 4, 3],
  [/^parameter problem(?:, code-#(?<code>\d+))?/, 4, 0],
  [/^echo request/, 128, 0],
  [/^echo reply/, 129, 0],
  [/^multicast listener query/, 130, 0],
  [/^multicast listener report v2/, 143, 0],
  [/^multicast listener report/, 131, 0],
  [/^multicast listener done/, 132, 0],
  [/^router solicitation/, 133, 0],
  [/^router advertisement/, 134, 0],
  [/^neighbor sol/, 135, 0],
  [/^neighbor adv/, 136, 0],
  [/^redirect/, 137, 0],
  [/^router renumbering/, 138, 0],
  [/^who-are-you request/, 139, 0],
  [/^who-are-you reply/, 140, 0],
  [/^inverse neighbor sol/, 141, 0],
  [/^inverse neighbor adv/, 142, 0],
  [/^ha discovery request/, 144, 0],
  [/^ha discovery reply/, 145, 0],
  [/^unknown icmp6 type \((?<type>\d+)\)/, 0, 0],
]

const START =
  /^(?:\[(?:icmp6 sum ok|bad icmp6 cksum[^\]]*)\] )?(?<kind>ICMP6?|icmp6?)(?:,|:)? ?(?:(?<length>\d+): )?(?<wrong>\(wrong [^)]*\) )?/

/** What a printed ICMP message says beyond the fields of the view. */
export interface IcmpText {
  readonly failure: Failure | undefined
  /** Octets of the message, header included; `undefined` where not printed. */
  readonly length: number | undefined
}

/** Whether what follows the addresses is ICMP or ICMPv6. */
export function isIcmpText(text: string): boolean {
  return START.test(text)
}

/** Fills the ICMP fields of a blank view from what stands behind the addresses. */
export function readIcmpText(text: string, view: PacketView): IcmpText {
  const start = START.exec(text)
  const isIcmpv6 = start?.groups?.kind?.endsWith('6') ?? view.ipVersion === 6
  const message = text.slice(start?.[0].length ?? 0).trimStart()
  const known = findWording(message, isIcmpv6 ? ICMP6 : ICMP)
  view.protocol = isIcmpv6 ? IpProtocol.Icmpv6 : IpProtocol.Icmp
  view.status = DecodeStatus.Ok
  const printed = start?.groups?.length ?? /, length:? (\d+)/.exec(message)?.[1]
  const length = printed === undefined ? undefined : Number(printed)
  if (known === undefined) return { failure: FAILURE.icmpUnknown, length }
  view.icmpType = known.type
  view.icmpCode = known.code
  const isEcho = /^echo/.test(message)
  view.icmpId = !isEcho ? 0 : Number(/\bid (\d+)/.exec(message)?.[1] ?? 0) & 0xffff
  view.icmpSeq = !isEcho ? 0 : Number(/\bseq (\d+)/.exec(message)?.[1] ?? 0) & 0xffff
  view.icmpMtu = Number(/(?:\bmtu|^too big) (\d+)/.exec(message)?.[1] ?? 0)
  view.payloadLength = Math.max(0, (length ?? HEADER_LENGTH) - HEADER_LENGTH)
  return { failure: undefined, length }
}

function findWording(message: string, wordings: readonly Wording[]): { type: number; code: number } | undefined {
  for (const [pattern, type, code] of wordings) {
    const match = pattern.exec(message)
    if (match === null) continue
    return { type: Number(match.groups?.type ?? type) & 0xff, code: Number(match.groups?.code ?? code) & 0xff }
  }
  return undefined
}
