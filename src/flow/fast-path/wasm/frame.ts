import { applyInOrder, tcpDigest } from './in-order'
import { be16, be32 } from './octets'
import { findIpv4, findIpv6, foundFlow, foundSide, hashIpv4, hashIpv6 } from './table'

// Offsets in octets: IEEE 802.3 §3.1.1, RFC 791 §3.1, RFC 8200 §3, RFC 9293 §3.1. EtherTypes as a little-endian machine reads them.
const ETHER_TYPE: usize = 12
const ETHERNET_LENGTH: usize = 14
const ETHER_TYPE_IPV4: u32 = 0x0008
const ETHER_TYPE_IPV6: u32 = 0xdd86
const IPV4_LENGTH: u32 = 20
const IPV6_LENGTH: u32 = 40
const TCP_LENGTH: u32 = 20
const PROTOCOL_TCP: u32 = 6
/** Version 4, no options. */
const PLAIN_IPV4: u32 = 0x45
/** "More fragments" and the fragment offset, as a little-endian machine reads them. */
const FRAGMENT: u32 = 0xff3f

const SEGMENT_FLAGS: u32 = 0x17
const ACK: u32 = 0x10
const FLAGS: u32 = 0x1ff
/** NOP, NOP, timestamps, length 10 (RFC 7323 appendix A), as a little-endian machine reads them. */
const ALIGNED_TIMESTAMPS: u32 = 0x0a080101
const ALIGNED_TIMESTAMPS_LENGTH: u32 = 12

/** Of the frame last looked at: first octet of its IP header, and the hash of its flow. */
export let frameIp: usize = 0
export let frameHash: u32 = 0

/**
 * Whether a frame of Ethernet holds a TCP segment over IPv4 without options or IPv6 without extension headers, in no tunnel and
 * behind no tag.
 *
 * @param end - One past its last captured octet.
 */
export function lookAtFrame(at: usize, end: usize): bool {
  const ip = at + ETHERNET_LENGTH
  if (ip + IPV4_LENGTH + TCP_LENGTH > end) return false
  const etherType: u32 = load<u16>(at + ETHER_TYPE)
  frameIp = ip
  if (etherType === ETHER_TYPE_IPV4) {
    if (load<u8>(ip) !== PLAIN_IPV4 || load<u8>(ip + 9) !== PROTOCOL_TCP) return false
    frameHash = hashIpv4(ip + 12, be32(ip + IPV4_LENGTH))
    return (load<u16>(ip + 6) & FRAGMENT) === 0
  }
  if (etherType !== ETHER_TYPE_IPV6 || ip + IPV6_LENGTH + TCP_LENGTH > end) return false
  frameHash = hashIpv6(ip + 8, be32(ip + IPV6_LENGTH))
  return load<u8>(ip) >> 4 === 6 && load<u8>(ip + 6) === PROTOCOL_TCP
}

/**
 * Takes such a frame into its flow, if the segment is in order there: what `FrameDecoder` and `FlowTable` make of it.
 *
 * @param ip - {@link frameIp}, and `hash` {@link frameHash}, of the frame.
 * @returns False, and nothing changed, where it must go the long way.
 */
export function takeFrame(ip: usize, hash: u32, end: usize, vantage: u32, t: f64): bool {
  if (load<u8>(ip) === PLAIN_IPV4) {
    const tcp = ip + IPV4_LENGTH
    if (!findIpv4(hash, ip + 12, be32(tcp))) return false
    return takeTcp(tcp, end, be16(ip + 2), IPV4_LENGTH, load<u8>(ip + 8), be16(ip + 4), vantage, t)
  }
  const payload = be16(ip + 4)
  const tcp = ip + IPV6_LENGTH
  if (payload === 0 || !findIpv6(hash, ip + 8, be32(tcp))) return false
  // Without an identification, −1 stands in its place.
  return takeTcp(tcp, end, payload + IPV6_LENGTH, IPV6_LENGTH, load<u8>(ip + 7), 0xffffffff, vantage, t)
}

/** @param ipLength - Octets of the IP packet; `ipHeader` those of its header. */
function takeTcp(
  tcp: usize,
  end: usize,
  ipLength: u32,
  ipHeader: u32,
  ttl: u32,
  ipId: u32,
  vantage: u32,
  t: f64,
): bool {
  const dataOffsetFlagsWindow = be32(tcp + 12)
  const headerLength = (dataOffsetFlagsWindow >> 28) << 2
  if (headerLength < TCP_LENGTH || ipHeader + headerLength > ipLength) return false
  const flags = (dataOffsetFlagsWindow >> 16) & FLAGS
  const window = dataOffsetFlagsWindow & 0xffff
  if ((flags & SEGMENT_FLAGS) !== ACK || window === 0) return false
  const payload = ipLength - ipHeader - headerLength
  const seq = be32(tcp + 4)
  const ack = be32(tcp + 8)
  let mixed = be16(tcp + 16)
  if (mixed === 0 && headerLength > TCP_LENGTH) {
    const options = tcp + TCP_LENGTH
    if (headerLength !== TCP_LENGTH + ALIGNED_TIMESTAMPS_LENGTH || options + ALIGNED_TIMESTAMPS_LENGTH > end)
      return false
    if (load<u32>(options) !== ALIGNED_TIMESTAMPS) return false
    mixed = be32(options + 4)
  }
  const digest = tcpDigest(seq, ack, payload, ipId, mixed, flags, window)
  return applyInOrder(foundFlow, foundSide, seq, ack, payload, ipLength, ttl, digest, vantage, t)
}
