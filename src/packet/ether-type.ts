import { DecodeStatus } from '../core/decode-status.ts'
import type { Cursor } from './cursor.ts'
import { type PacketView, stop } from './packet-view.ts'

const { NotIp, Opaque, Unsupported } = DecodeStatus

/**
 * EtherTypes (IEEE registration authority; RFC 9542 appendix B.1) that the decoder tells apart. The first two are no
 * EtherTypes but Linux's numbers for frames without one, which cooked captures carry (`linux/if_ether.h`).
 */
export const EtherType = {
  Novell8023: 0x0001,
  Llc: 0x0004,
  Ipv4: 0x0800,
  Arp: 0x0806,
  /** Type III, in GRE. */
  Erspan3: 0x22eb,
  /** An Ethernet frame: `ETH_P_TEB`, RFC 1701. */
  TransparentEthernet: 0x6558,
  Rarp: 0x8035,
  Vlan: 0x8100,
  Ipx: 0x8137,
  Ipv6: 0x86dd,
  SlowProtocols: 0x8809,
  Ppp: 0x880b,
  /** WCCP redirection, in GRE. */
  Wccp: 0x883e,
  Mpls: 0x8847,
  MplsMulticast: 0x8848,
  PppoeDiscovery: 0x8863,
  PppoeSession: 0x8864,
  Eapol: 0x888e,
  ProviderBridge: 0x88a8,
  /** Types I and II, in GRE. */
  Erspan2: 0x88be,
  Lldp: 0x88cc,
  MacSec: 0x88e5,
  ProviderBackbone: 0x88e7,
  Ptp: 0x88f7,
  VnTag: 0x8926,
  Loopback: 0x9000,
  /** QinQ before IEEE 802.1ad. */
  OldQinQ: 0x9100,
} as const

/** Values below are lengths of an IEEE 802.3 frame, not types (IEEE 802.3 §3.2.6). */
const MIN_ETHER_TYPE = 0x0600

/** Takes the type field of an Ethernet header or tag: an EtherType, or the length of an LLC frame. */
export function enterTypeOrLength(cursor: Cursor, typeOrLength: number): void {
  if (typeOrLength >= MIN_ETHER_TYPE) {
    cursor.etherType = typeOrLength
    return
  }
  cursor.etherType = EtherType.Llc
  const end = cursor.at + typeOrLength
  if (end <= cursor.wireEnd) cursor.endAt(end)
}

/** Says what a frame is that holds no IP, by its EtherType. */
export function stopAtEtherType(etherType: number, packet: PacketView): DecodeStatus {
  switch (etherType) {
    case EtherType.Arp:
      return stop(packet, NotIp, 'link', 'arp')
    case EtherType.Rarp:
      return stop(packet, NotIp, 'link', 'rarp')
    case EtherType.Ipx:
    case EtherType.Novell8023:
      return stop(packet, NotIp, 'link', 'ipx')
    case EtherType.SlowProtocols:
      return stop(packet, NotIp, 'link', 'slow-protocols')
    case EtherType.PppoeDiscovery:
      return stop(packet, NotIp, 'link', 'pppoe-discovery')
    case EtherType.Eapol:
      return stop(packet, NotIp, 'link', 'eapol')
    case EtherType.Lldp:
      return stop(packet, NotIp, 'link', 'lldp')
    case EtherType.Ptp:
      return stop(packet, NotIp, 'link', 'ptp')
    case EtherType.Loopback:
      return stop(packet, NotIp, 'link', 'ethernet-loopback')
    case EtherType.MacSec:
      return stop(packet, Opaque, 'link', 'macsec')
    default:
      return stop(packet, Unsupported, 'link', 'ether-type')
  }
}
