import { IpProtocol } from '../../core/protocol.ts'
import type { PacketView } from '../packet-view.ts'

/** Names, in an ICMP error, the packet that it quotes. */
export function copyQuote(quoted: PacketView, error: PacketView): void {
  const isIcmp = quoted.protocol === IpProtocol.Icmp || quoted.protocol === IpProtocol.Icmpv6
  error.hasQuoted = 1
  error.quotedProtocol = quoted.protocol
  error.quotedSrc0 = quoted.src0
  error.quotedSrc1 = quoted.src1
  error.quotedSrc2 = quoted.src2
  error.quotedSrc3 = quoted.src3
  error.quotedDst0 = quoted.dst0
  error.quotedDst1 = quoted.dst1
  error.quotedDst2 = quoted.dst2
  error.quotedDst3 = quoted.dst3
  // Of an echo the identifier, as in frames.
  error.quotedSrcPort = isIcmp ? quoted.icmpId : quoted.srcPort
  error.quotedDstPort = isIcmp ? 0 : quoted.dstPort
  error.quotedSeq = quoted.protocol === IpProtocol.Tcp ? quoted.seq : 0
}
