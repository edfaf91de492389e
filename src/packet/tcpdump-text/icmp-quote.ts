import { IpProtocol } from '../../core/protocol.ts'
import { type PacketView, quoteAddresses } from '../packet-view.ts'

/** Names, in an ICMP error, the packet that it quotes. */
export function copyQuote(quoted: PacketView, error: PacketView): void {
  const isIcmp = quoted.protocol === IpProtocol.Icmp || quoted.protocol === IpProtocol.Icmpv6
  error.hasQuoted = 1
  error.quotedProtocol = quoted.protocol
  quoteAddresses(error, quoted)
  // Of an echo the identifier, as in frames.
  error.quotedSrcPort = isIcmp ? quoted.icmpId : quoted.srcPort
  error.quotedDstPort = isIcmp ? 0 : quoted.dstPort
  error.quotedSeq = quoted.protocol === IpProtocol.Tcp ? quoted.seq : 0
}
