import { type CaptureRecord, Direction } from '../capture/record.ts'
import { DecodeStatus } from '../core/decode-status.ts'

/** How a packet was encapsulated in the one around it. */
export const Tunnel = { None: 0, Vxlan: 1, Geneve: 2, Gre: 3, IpInIp: 4 } as const
export type Tunnel = (typeof Tunnel)[keyof typeof Tunnel]

/** Which header ended the decoding, for counting what was skipped by layer. */
export type PacketLayer = 'link' | 'ip' | 'transport' | 'tunnel'

/**
 * One IP packet, decoded: the frame's own, or one inside a tunnel.
 *
 * A **view**: reused for every packet. Read `status` first; unless it is `Ok` every other field but those of the
 * capture, `layer`, `reason` and `depth` is stale and must not be read. Numbers only, all fields always assigned: the object keeps one shape.
 */
export class PacketView {
  status: DecodeStatus = DecodeStatus.Unsupported
  /** Where decoding stopped; valid iff `status` is not `Ok`. */
  layer: PacketLayer = 'link'
  /** Stable kebab-case reason for the summary's `skipped`, such as `arp` or `tcp-data-offset`; valid iff `status` is not `Ok`. */
  reason = ''

  // Of the capture record.
  /** {@link CaptureRecord.number}. */
  recordNumber = 0
  timeSec = 0
  timeNsec = 0
  /** False where this very packet carries no readable time (`[Error converting time]`, or `-t`). */
  hasTime = true
  interfaceIndex = 0
  direction: Direction = Direction.Unknown

  // Of the link layer.
  /** Kernel interface index of SLL2, 0 where there is none. */
  ifindex = 0
  /** SLL/SLL2 packet type (0 to us, 1 broadcast, 2 multicast, 3 other host, 4 from us), −1 where there is none. */
  sllPacketType = -1
  /** VLAN identifier of the outermost tag, −1 without a tag. */
  vlan = -1

  // Of the IP header nearest to the transport header.
  ipVersion: 4 | 6 = 4
  /** Addresses as {@link IpWords}: IPv4 is 0, 0, 0xffff, address. */
  src0 = 0
  src1 = 0
  src2 = 0
  src3 = 0
  dst0 = 0
  dst1 = 0
  dst2 = 0
  dst3 = 0
  /**
   * Set by text captures printed with names: index into the decoder's name table, −1 where the address is a literal.
   * The words then hold a stand-in address unique to the name.
   */
  srcName = -1
  dstName = -1
  /**
   * IANA protocol number of the transport header. For a later fragment of IPv6 what the fragment header says, which is
   * another number than the first fragment's when extension headers follow it: reassembly leaves it out of the key.
   */
  protocol = 0
  /** TTL or hop limit; −1 where a text capture does not print it. */
  ttl = -1
  /** IPv4 identification; −1 for IPv6 without a fragment header and where a text capture does not print it. */
  ipId = -1
  /**
   * Octets of the IP packet, headers included: IPv4 total length, IPv6 40 + payload length; what the frame held on the
   * wire where the field is 0 (segmentation offload).
   */
  ipLength = 0
  /** Offset of this fragment's payload in octets; 0 for the first fragment and for whole packets. */
  fragmentOffset = 0
  /** 1 when more fragments follow. A whole packet has `fragmentOffset` 0 and `moreFragments` 0. */
  moreFragments: 0 | 1 = 0
  /** Fragment identification, 32 bits in IPv6; valid iff this is a fragment. */
  fragmentId = 0
  /** Octets of IP payload in this fragment; valid iff this is a fragment. */
  fragmentLength = 0

  // Of the transport header. Valid iff `fragmentOffset` is 0.
  /** TCP, UDP, SCTP port; 0 for other protocols. */
  srcPort = 0
  dstPort = 0
  /**
   * Octets after the transport header by the IP length, never by the snap length. Negative in a first fragment that ends
   * inside the TCP options, so that adding the other fragments' lengths gives the payload of the whole.
   */
  payloadLength = 0

  // TCP; valid iff `protocol` is 6 and `fragmentOffset` is 0.
  /** {@link TcpFlag} bits, 9 bits. */
  flags = 0
  /** Modulo 2³², unsigned. */
  seq = 0
  ack = 0
  /** Window field, unscaled. */
  window = 0
  checksum = 0
  urgentPointer = 0
  /** Octets of the TCP header, options included. */
  tcpHeaderLength = 0
  /** MSS option, −1 where absent. */
  mss = -1
  /** Window scale option (shift count), −1 where absent. */
  windowScale = -1
  sackPermitted: 0 | 1 = 0
  /** 1 when the timestamps option was captured; then `tsVal`, `tsEcr` are valid. */
  hasTimestamps: 0 | 1 = 0
  tsVal = 0
  tsEcr = 0
  /** 0 when a text capture does not print sequence or acknowledgment number (`-q`, old formats): `seq`, `ack` are then guesses of no value. */
  hasSeq: 0 | 1 = 1
  /**
   * 1 when a text capture leaves the sender's (`seqIsRelative`), or the receiver's (`ackIsRelative`), first number
   * unsaid: the number then counts from an unknown start, or is a guess. Good inside the flow, of no value for joining captures.
   */
  seqIsRelative: 0 | 1 = 0
  ackIsRelative: 0 | 1 = 0

  // ICMP and ICMPv6; valid iff `protocol` is 1 or 58.
  icmpType = 0
  icmpCode = 0
  /** Echo identifier; 0 for other types. */
  icmpId = 0
  icmpSeq = 0
  /** 1 when an error message quotes enough of a packet to name its flow; then the `quoted…` fields are valid. */
  hasQuoted: 0 | 1 = 0
  quotedProtocol = 0
  quotedSrc0 = 0
  quotedSrc1 = 0
  quotedSrc2 = 0
  quotedSrc3 = 0
  quotedDst0 = 0
  quotedDst1 = 0
  quotedDst2 = 0
  quotedDst3 = 0
  /** TCP, UDP, SCTP port; of a quoted echo message the identifier as `quotedSrcPort`; 0 otherwise. */
  quotedSrcPort = 0
  quotedDstPort = 0
  /** Sequence number of a quoted TCP header, 0 otherwise. */
  quotedSeq = 0
  /** Next-hop MTU of "fragmentation needed" and "packet too big"; 0 otherwise. */
  icmpMtu = 0

  /** DNS transaction id when either UDP port is 53 and it was captured; −1 otherwise. Joins answers whose address changed. */
  dnsId = -1

  // Encapsulation.
  /** IP headers around this one: 0 is no tunnel. */
  depth = 0
  /** How this packet was encapsulated in its parent; valid iff `depth` > 0. */
  tunnel: Tunnel = Tunnel.None
  /** VXLAN or Geneve VNI, GRE key; −1 without one. With Cilium the sender's security identity. */
  vni = -1
  /** Outermost addresses; valid iff `depth` > 0. */
  outerIpVersion: 4 | 6 = 4
  outerSrc0 = 0
  outerSrc1 = 0
  outerSrc2 = 0
  outerSrc3 = 0
  outerDst0 = 0
  outerDst1 = 0
  outerDst2 = 0
  outerDst3 = 0
}

/** Makes `inner` the packet inside the outermost one, `depth` levels down: what it has from the link layer and the outer header. */
export function enterInner(inner: PacketView, outermost: PacketView, depth: number): void {
  inner.direction = outermost.direction
  inner.ifindex = outermost.ifindex
  inner.sllPacketType = outermost.sllPacketType
  inner.vlan = outermost.vlan
  inner.depth = depth
  inner.outerIpVersion = outermost.ipVersion
  inner.outerSrc0 = outermost.src0
  inner.outerSrc1 = outermost.src1
  inner.outerSrc2 = outermost.src2
  inner.outerSrc3 = outermost.src3
  inner.outerDst0 = outermost.dst0
  inner.outerDst1 = outermost.dst1
  inner.outerDst2 = outermost.dst2
  inner.outerDst3 = outermost.dst3
}

/** Names, in an ICMP error, the ends of the packet that it quotes. */
export function quoteAddresses(error: PacketView, quoted: PacketView): void {
  error.quotedSrc0 = quoted.src0
  error.quotedSrc1 = quoted.src1
  error.quotedSrc2 = quoted.src2
  error.quotedSrc3 = quoted.src3
  error.quotedDst0 = quoted.dst0
  error.quotedDst1 = quoted.dst1
  error.quotedDst2 = quoted.dst2
  error.quotedDst3 = quoted.dst3
}

/**
 * Notes on a view why decoding stopped; `status` itself is for the decoder to set.
 *
 * @param status - What the reason comes with; returned, so that a decode function can end with it.
 * @param tooShortReason - Reason when the status is `Malformed`: for checks that tell a header cut by the snap length
 * from one that the lengths around it leave no room for.
 */
export function stop(
  view: PacketView,
  status: DecodeStatus,
  layer: PacketLayer,
  reason: string,
  tooShortReason: string = reason,
): DecodeStatus {
  view.layer = layer
  view.reason = status === DecodeStatus.Malformed ? tooShortReason : reason
  return status
}

/**
 * Turns capture records into packet views. Frames and tcpdump text have one decoder each behind this interface.
 *
 * Never throws, allocates nothing per packet.
 */
export interface PacketDecoder {
  /**
   * Views of the last record, outermost packet first. A frame without a tunnel fills one; each level of encapsulation
   * one more (outer packets are flows too, and an outer header says nothing about masquerading).
   */
  readonly views: readonly PacketView[]
  /** Host names that stand for addresses in text captures, by {@link PacketView.srcName}. Empty for frames. */
  readonly names: readonly string[]
  /**
   * Decodes one record into {@link views}.
   *
   * @returns How many views are valid: at least 1; the last of them is the innermost packet (or, where its status is not
   * `Ok`, says where decoding stopped and why).
   */
  decode(record: CaptureRecord): number
  /** By which compiled code finds what a decoder of text remembers of the section last decoded; `null` where it does not. */
  readonly roots?: Int32Array | null
  /** Gives back shared memory; nothing is decoded after. */
  dispose?(): void
}
