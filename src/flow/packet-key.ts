import { IpProtocol } from '../core/protocol.ts'
import type { PacketView } from '../packet/packet-view.ts'
import * as layout from './flow-record.ts'
import { icmpRequestType } from './icmp-exchange.ts'

const { Kind } = layout
const { Ipv6, OneWay } = Kind
const { Icmp, Icmpv6 } = IpProtocol

const ECHO_REQUEST = 8
const ECHO_REQUEST_V6 = 128

/**
 * Key of one packet, filled anew for each: protocol and the two (address, port) pairs as sent. Its hash is the same for
 * both directions. Tunnel, VLAN and VNI are not part of it: with Cilium the VNI differs per direction.
 */
export class PacketKey {
  /** Protocol and the {@link Kind} bits of the key. */
  kind = 0
  src0 = 0
  src1 = 0
  src2 = 0
  src3 = 0
  dst0 = 0
  dst1 = 0
  dst2 = 0
  dst3 = 0
  /** Source port in the upper half, destination port in the lower; for ICMP the same number in both directions. */
  ports = 0
  /** The ports as the other direction has them. */
  portsReversed = 0
  hash = 0

  /** Key of a packet. Words are kept signed, as the table keeps them; of IPv4 only the last is set. */
  ofPacket(view: PacketView): void {
    this.src3 = view.src3 | 0
    this.dst3 = view.dst3 | 0
    const protocol = view.protocol
    this.kind = protocol
    if (protocol === Icmp || protocol === Icmpv6) this.#icmpPorts(view)
    else this.#portPair(view.srcPort, view.dstPort)
    if (view.ipVersion === 6) this.#ipv6Words(view)
    this.#setHash()
  }

  /** Key of the packet that an ICMP error quotes; valid iff `hasQuoted`. */
  ofQuoted(view: PacketView): void {
    this.src0 = view.quotedSrc0 | 0
    this.src1 = view.quotedSrc1 | 0
    this.src2 = view.quotedSrc2 | 0
    this.src3 = view.quotedSrc3 | 0
    this.dst0 = view.quotedDst0 | 0
    this.dst1 = view.quotedDst1 | 0
    this.dst2 = view.quotedDst2 | 0
    this.dst3 = view.quotedDst3 | 0
    const protocol = view.quotedProtocol
    this.kind = view.ipVersion === 6 ? protocol | Ipv6 : protocol
    if (protocol === Icmp || protocol === Icmpv6) {
      // Of ICMP only echoes are quoted, with their identifier as source port.
      this.ports = ((protocol === Icmp ? ECHO_REQUEST : ECHO_REQUEST_V6) << 16) | view.quotedSrcPort
      this.portsReversed = this.ports
    } else {
      this.#portPair(view.quotedSrcPort, view.quotedDstPort)
    }
    this.#setHash()
  }

  #ipv6Words(view: PacketView): void {
    this.kind |= Ipv6
    this.src0 = view.src0 | 0
    this.src1 = view.src1 | 0
    this.src2 = view.src2 | 0
    this.dst0 = view.dst0 | 0
    this.dst1 = view.dst1 | 0
    this.dst2 = view.dst2 | 0
  }

  #portPair(src: number, dst: number): void {
    this.ports = (src << 16) | dst
    this.portsReversed = (dst << 16) | src
  }

  #icmpPorts(view: PacketView): void {
    const request = icmpRequestType(view.protocol, view.icmpType)
    if (request < 0) this.kind |= OneWay
    this.ports = request < 0 ? (view.icmpType << 16) | view.icmpCode : (request << 16) | view.icmpId
    this.portsReversed = this.ports
  }

  #setHash(): void {
    let src = mixEndpoint(this.src3, this.ports >>> 16)
    let dst = mixEndpoint(this.dst3, this.portsReversed >>> 16)
    if ((this.kind & Ipv6) !== 0) {
      src = mixIpv6(src, this.src0, this.src1, this.src2)
      dst = mixIpv6(dst, this.dst0, this.dst1, this.dst2)
    }
    this.hash = mixEndpoints(src, dst, this.kind)
  }
}

// A secret start, so that no capture can be made to fall into one chain of the hash table.
export const SEED: number = (Math.random() * 0x7fffffff) | 0

/** Digest of an IPv4 address, or the last word of an IPv6 one, and a port. */
export function mixEndpoint(word: number, port: number): number {
  const h = Math.imul(word ^ SEED, 0x9e3779b1)
  return Math.imul(h ^ (h >>> 15) ^ port, 0xc2b2ae35)
}

/** Hash of two endpoints, the same in either order. */
export function mixEndpoints(src: number, dst: number, kind: number): number {
  // A sum: a difference or exclusive-or would be 0 for equal ends.
  const h = (src + dst + kind) | 0
  const mixed = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  return mixed ^ (mixed >>> 13)
}

function mixIpv6(start: number, w0: number, w1: number, w2: number): number {
  let h = Math.imul(start ^ (start >>> 13) ^ w2, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 16) ^ w1, 0x27d4eb2f)
  return Math.imul(h ^ (h >>> 15) ^ w0, 0x165667b1)
}
