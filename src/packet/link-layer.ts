import { DecodeStatus } from '../core/decode-status.ts'
import { decodeArcnetLinux } from './arcnet-linux.ts'
import type { Cursor } from './cursor.ts'
import { decodeErspan2, decodeErspan3 } from './erspan.ts'
import { EtherType, stopAtEtherType } from './ether-type.ts'
import { decodeEthernet } from './ethernet.ts'
import { decodeIpoib } from './ipoib.ts'
import { decodeJuniperEthernet } from './juniper-ethernet.ts'
import { decodeLinuxSll } from './linux-sll.ts'
import { decodeLinuxSll2 } from './linux-sll2.ts'
import { decodeLlc } from './llc.ts'
import { decodeMpls } from './mpls.ts'
import { decodeNflog } from './nflog.ts'
import { decodeNullLoopback } from './null-loopback.ts'
import { type PacketView, stop } from './packet-view.ts'
import { decodeHdlc, decodePpp, decodePppoe } from './ppp.ts'
import { decodeRawIp } from './raw-ip.ts'
import { decodeProviderBackbone, decodeVlan, decodeVnTag } from './vlan.ts'
import { decodeWccp } from './wccp.ts'

const { Ok, Opaque, Unsupported } = DecodeStatus
const { Ipv4, Ipv6 } = EtherType

/** LINKTYPE_ values (tcpdump.org/linktypes.html), and DLT_ values that older files carry in their place. */
export const LinkType = {
  Null: 0,
  Ethernet: 1,
  Ppp: 9,
  /** DLT_RAW as most systems number it. */
  RawBsd: 12,
  /** DLT_RAW of OpenBSD. */
  RawOpenBsd: 14,
  PppHdlc: 50,
  PppEther: 51,
  Raw: 101,
  CiscoHdlc: 104,
  Ieee80211: 105,
  Loop: 108,
  LinuxSll: 113,
  Ieee80211Prism: 119,
  Ieee80211Radiotap: 127,
  ArcnetLinux: 129,
  Ieee80211Avs: 163,
  JuniperEthernet: 178,
  PerPacketInformation: 192,
  Ipv4: 228,
  Ipv6: 229,
  Nflog: 239,
  Ipoib: 242,
  LinuxSll2: 276,
} as const

/**
 * Reads the link header that a record begins with, up to the first EtherType.
 *
 * @param linkType - A {@link LinkType}; others are unsupported.
 */
export function decodeLinkHeader(linkType: number, cursor: Cursor, packet: PacketView): DecodeStatus {
  switch (linkType) {
    case LinkType.Ethernet:
      return decodeEthernet(cursor, packet)
    case LinkType.LinuxSll:
      return decodeLinuxSll(cursor, packet)
    case LinkType.LinuxSll2:
      return decodeLinuxSll2(cursor, packet)
    case LinkType.Raw:
    case LinkType.RawBsd:
    case LinkType.RawOpenBsd:
      return decodeRawIp(cursor, packet)
    case LinkType.Ipv4:
      cursor.etherType = Ipv4
      return Ok
    case LinkType.Ipv6:
      cursor.etherType = Ipv6
      return Ok
    case LinkType.Null:
    case LinkType.Loop:
      return decodeNullLoopback(cursor, packet)
    case LinkType.Ppp:
      return decodePpp(cursor, packet)
    case LinkType.PppHdlc:
    case LinkType.CiscoHdlc:
      return decodeHdlc(cursor, packet)
    case LinkType.PppEther:
      return decodePppoe(cursor, packet)
    case LinkType.Nflog:
      return decodeNflog(cursor, packet)
    case LinkType.Ipoib:
      return decodeIpoib(cursor, packet)
    case LinkType.JuniperEthernet:
      return decodeJuniperEthernet(cursor, packet)
    case LinkType.ArcnetLinux:
      return decodeArcnetLinux(cursor, packet)
    case LinkType.Ieee80211:
    case LinkType.Ieee80211Prism:
    case LinkType.Ieee80211Radiotap:
    case LinkType.Ieee80211Avs:
    case LinkType.PerPacketInformation:
      return stop(packet, Opaque, 'link', 'wlan')
    default:
      return stop(packet, Unsupported, 'link', 'link-type')
  }
}

/**
 * Steps over tags, labels and inner link headers, in whatever order they come, to the IP header below them.
 *
 * @returns Ok with `cursor.etherType` IPv4 or IPv6 and the cursor at that header; else what is there instead.
 */
export function stepToIp(cursor: Cursor, packet: PacketView): DecodeStatus {
  let status: DecodeStatus = Ok
  // Each round consumes at least one octet of the frame.
  while (status === Ok) {
    switch (cursor.etherType) {
      case Ipv4:
      case Ipv6:
        return Ok
      case EtherType.Vlan:
      case EtherType.ProviderBridge:
      case EtherType.OldQinQ:
        status = decodeVlan(cursor, packet)
        break
      case EtherType.Llc:
        status = decodeLlc(cursor, packet)
        break
      case EtherType.TransparentEthernet:
        status = decodeEthernet(cursor, packet)
        break
      case EtherType.Mpls:
      case EtherType.MplsMulticast:
        status = decodeMpls(cursor, packet)
        break
      case EtherType.PppoeSession:
        status = decodePppoe(cursor, packet)
        break
      case EtherType.Ppp:
        status = decodePpp(cursor, packet)
        break
      case EtherType.Erspan2:
        status = decodeErspan2(cursor, packet)
        break
      case EtherType.Erspan3:
        status = decodeErspan3(cursor, packet)
        break
      case EtherType.Wccp:
        status = decodeWccp(cursor, packet)
        break
      case EtherType.VnTag:
        status = decodeVnTag(cursor, packet)
        break
      case EtherType.ProviderBackbone:
        status = decodeProviderBackbone(cursor, packet)
        break
      default:
        return stopAtEtherType(cursor.etherType, packet)
    }
  }
  return status
}
