import {
  ACKNOWLEDGMENT,
  ADDRESSES,
  DESTINATION,
  DIGEST,
  FLOW_KIND,
  FLOW_PORTS,
  HASH,
  IP_LENGTH,
  PAYLOAD,
  SEQ,
  SOURCE,
  TTL,
} from './gathered'
import { tcpDigest } from './in-order'
import { IPV6 } from './layout'
import { be16, be32 } from './octets'
import { hashIpv4, hashIpv6, TCP } from './table'

// Offsets in octets: IEEE 802.3 §3.1.1, RFC 791 §3.1, RFC 8200 §3, RFC 9293 §3.1. EtherTypes as a little-endian machine reads them.
const ETHER_TYPE: usize = 12
const ETHERNET_LENGTH: usize = 14
const ETHER_TYPE_IPV4: u32 = 0x0008
const ETHER_TYPE_IPV6: u32 = 0xdd86
const IPV4_LENGTH: u32 = 20
const IPV6_LENGTH: u32 = 40
const TCP_LENGTH: u32 = 20
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

/**
 * Reads a frame of Ethernet that holds a TCP segment over IPv4 without options or IPv6 without extension headers, in no tunnel
 * and behind no tag, and that only acknowledges or carries data: what `FrameDecoder` makes of it.
 *
 * @param end - One past its last captured octet.
 * @param into - Gathered record to write to.
 * @returns False where it is anything else.
 */
export function readFrame(at: usize, end: usize, into: usize): bool {
  const ip = at + ETHERNET_LENGTH
  if (ip + IPV4_LENGTH + TCP_LENGTH > end) return false
  const etherType: u32 = load<u16>(at + ETHER_TYPE)
  if (etherType === ETHER_TYPE_IPV4) return readIpv4(ip, end, into)
  return etherType === ETHER_TYPE_IPV6 && ip + IPV6_LENGTH + TCP_LENGTH <= end && readIpv6(ip, end, into)
}

function readIpv4(ip: usize, end: usize, into: usize): bool {
  if (load<u8>(ip) !== PLAIN_IPV4 || load<u8>(ip + 9) !== TCP || (load<u16>(ip + 6) & FRAGMENT) !== 0) return false
  const tcp = ip + IPV4_LENGTH
  const source = be32(ip + 12)
  const destination = be32(ip + 16)
  const ports = be32(tcp)
  store<u32>(into + FLOW_KIND, TCP)
  store<u32>(into + ADDRESSES, u32(into))
  store<u32>(into + SOURCE, source)
  store<u32>(into + DESTINATION, destination)
  store<u32>(into + FLOW_PORTS, ports)
  store<u32>(into + HASH, hashIpv4(source, destination, ports))
  store<u32>(into + TTL, load<u8>(ip + 8))
  return readTcp(tcp, end, be16(ip + 2), IPV4_LENGTH, be16(ip + 4), into)
}

function readIpv6(ip: usize, end: usize, into: usize): bool {
  const payload = be16(ip + 4)
  if (load<u8>(ip) >> 4 !== 6 || load<u8>(ip + 6) !== TCP || payload === 0) return false
  const tcp = ip + IPV6_LENGTH
  const ports = be32(tcp)
  store<u32>(into + FLOW_KIND, TCP | IPV6)
  store<u32>(into + ADDRESSES, u32(ip + 8))
  store<u32>(into + FLOW_PORTS, ports)
  store<u32>(into + HASH, hashIpv6(ip + 8, ports))
  store<u32>(into + TTL, load<u8>(ip + 7))
  // Without an identification, −1 stands in its place.
  return readTcp(tcp, end, payload + IPV6_LENGTH, IPV6_LENGTH, 0xffffffff, into)
}

/** @param ipLength - Octets of the IP packet; `ipHeader` those of its header. */
function readTcp(tcp: usize, end: usize, ipLength: u32, ipHeader: u32, ipId: u32, into: usize): bool {
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
  store<u32>(into + SEQ, seq)
  store<u32>(into + ACKNOWLEDGMENT, ack)
  store<u32>(into + PAYLOAD, payload)
  store<u32>(into + IP_LENGTH, ipLength)
  store<u32>(into + DIGEST, tcpDigest(seq, ack, payload, ipId, mixed, flags, window))
  return true
}
