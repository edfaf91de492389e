import { DecodeStatus } from '../core/decode-status.ts'
import { IpProtocol } from '../core/protocol.ts'
import { Cursor, UNKNOWN_END } from './cursor.ts'
import { decodeExtensionHeaders } from './extension-headers.ts'
import { isIcmpEcho } from './icmp.ts'
import { isIcmpv6Echo } from './icmpv6.ts'
import { decodeIpv4 } from './ipv4.ts'
import { decodeIpv6 } from './ipv6.ts'
import { PacketView, quoteAddresses } from './packet-view.ts'

const { Ok } = DecodeStatus

/** Octets of the transport header that every ICMP error quotes at least, RFC 792; RFC 4443 §3 quotes more. */
const QUOTED_LENGTH = 8
const SRC_PORT = 0
const DST_PORT = 2
const TCP_SEQ = 4
const ICMP_TYPE = 0
const ECHO_ID = 4

/** Reads the beginning of a packet that an ICMP error quotes. */
export class QuotedPacketReader {
  readonly #cursor: Cursor = new Cursor()
  readonly #quoted: PacketView = new PacketView()

  /**
   * Sets `hasQuoted`, and where it is 1 the `quoted…` fields of the error message. A quote is a part of a packet, so its
   * length fields are not held against anything.
   *
   * @param cursor - At the quote; not moved.
   * @param error - The ICMP message, decoded.
   */
  read(cursor: Cursor, error: PacketView): void {
    const inner = this.#cursor
    const quoted = this.#quoted
    inner.octets = cursor.octets
    inner.at = cursor.at
    inner.capturedEnd = cursor.capturedEnd
    inner.wireEnd = UNKNOWN_END
    error.hasQuoted = 0
    const status = error.ipVersion === 4 ? decodeIpv4(inner, quoted) : decodeIpv6(inner, quoted)
    if (status !== Ok || decodeExtensionHeaders(inner, quoted) !== Ok) return
    if (quoted.fragmentOffset !== 0 || inner.room(QUOTED_LENGTH) !== Ok) return
    if (!readPorts(inner, error)) return
    error.hasQuoted = 1
    error.quotedProtocol = inner.protocol
    quoteAddresses(error, quoted)
  }
}

/** @returns False where the quoted packet belongs to no flow. */
function readPorts(cursor: Cursor, error: PacketView): boolean {
  const { octets, at, protocol } = cursor
  error.quotedSeq = protocol === IpProtocol.Tcp ? octets.getUint32(at + TCP_SEQ) : 0
  switch (protocol) {
    case IpProtocol.Tcp:
    case IpProtocol.Udp:
    case IpProtocol.Sctp:
      error.quotedSrcPort = octets.getUint16(at + SRC_PORT)
      error.quotedDstPort = octets.getUint16(at + DST_PORT)
      return true
    case IpProtocol.Icmp:
    case IpProtocol.Icmpv6: {
      const type = octets.getUint8(at + ICMP_TYPE)
      error.quotedSrcPort = octets.getUint16(at + ECHO_ID)
      error.quotedDstPort = 0
      return protocol === IpProtocol.Icmp ? isIcmpEcho(type) : isIcmpv6Echo(type)
    }
    default:
      error.quotedSrcPort = 0
      error.quotedDstPort = 0
      return true
  }
}
