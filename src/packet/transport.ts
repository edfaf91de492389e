import { DecodeStatus } from '../core/decode-status.ts'
import { IpProtocol } from '../core/protocol.ts'
import type { Cursor } from './cursor.ts'
import { decodeIcmp, icmpQuotes } from './icmp.ts'
import { decodeIcmpv6, icmpv6Quotes } from './icmpv6.ts'
import type { PacketView } from './packet-view.ts'
import { QuotedPacketReader } from './quoted-packet.ts'
import { decodeSctp } from './sctp.ts'
import { decodeTcp } from './tcp.ts'
import { decodeUdp } from './udp.ts'

const { Ok } = DecodeStatus
const { Tcp, Udp, Icmp, Icmpv6, Sctp } = IpProtocol

/** Decodes what stands behind an IP header and its extension headers. */
export class TransportDecoder {
  readonly #quotes: QuotedPacketReader = new QuotedPacketReader()

  /**
   * Overwrites the transport fields of `packet` with the header at the cursor. Protocols without ports, and later
   * fragments, are Ok as they are: an IP packet from here to there.
   */
  decode(cursor: Cursor, packet: PacketView): DecodeStatus {
    packet.protocol = cursor.protocol
    packet.srcPort = 0
    packet.dstPort = 0
    packet.dnsId = -1
    if (packet.fragmentOffset !== 0) return Ok
    switch (cursor.protocol) {
      case Tcp:
        return decodeTcp(cursor, packet)
      case Udp:
        return decodeUdp(cursor, packet)
      case Icmp:
      case Icmpv6:
        return this.#decodeIcmp(cursor, packet)
      case Sctp:
        return decodeSctp(cursor, packet)
      default:
        packet.payloadLength = cursor.wireEnd - cursor.at
        return Ok
    }
  }

  #decodeIcmp(cursor: Cursor, packet: PacketView): DecodeStatus {
    const isIcmp = packet.protocol === Icmp
    const status = isIcmp ? decodeIcmp(cursor, packet) : decodeIcmpv6(cursor, packet)
    if (status !== Ok) return status
    if (isIcmp ? icmpQuotes(packet.icmpType) : icmpv6Quotes(packet.icmpType)) this.#quotes.read(cursor, packet)
    return Ok
  }
}
