import { Direction } from '../capture/record.ts'
import { DecodeStatus } from '../core/decode-status.ts'
import type { Cursor } from './cursor.ts'
import { type PacketView, stop } from './packet-view.ts'

const { Ok, NotIp, Opaque } = DecodeStatus

/** Hardware types (`linux/if_arp.h`) under which the protocol field is no EtherType, or what follows is no payload of one. */
const Arphrd = { Ieee80211: 801, Ieee80211Prism: 802, Ieee80211Radiotap: 803, Netlink: 824 } as const

/** `PACKET_OUTGOING` of `linux/if_packet.h`; smaller values are frames received. */
const OUTGOING = 4

/**
 * Takes the fields that both versions of the Linux cooked header share. Tags that the kernel took off are back where
 * they were: libpcap puts a VLAN EtherType into the protocol field and the tag behind the header.
 *
 * @param arphrd - Hardware type of the interface.
 * @param protocol - EtherType, or one of Linux's numbers for frames without.
 */
export function decodeCookedProtocol(
  cursor: Cursor,
  packet: PacketView,
  arphrd: number,
  protocol: number,
): DecodeStatus {
  if (packet.direction === Direction.Unknown && packet.sllPacketType <= OUTGOING) {
    packet.direction = packet.sllPacketType === OUTGOING ? Direction.Out : Direction.In
  }
  switch (arphrd) {
    case Arphrd.Netlink:
      return stop(packet, NotIp, 'link', 'netlink')
    case Arphrd.Ieee80211:
    case Arphrd.Ieee80211Prism:
    case Arphrd.Ieee80211Radiotap:
      return stop(packet, Opaque, 'link', 'wlan')
    default:
      cursor.etherType = protocol
      return Ok
  }
}
