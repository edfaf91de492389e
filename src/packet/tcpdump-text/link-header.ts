import { Direction } from '../../capture/record.ts'
import type { PacketView } from '../packet-view.ts'
import { FAILURE, type Failure } from './outcome.ts'
import type { TextCursor } from './text-cursor.ts'

const MAC = '(?:[0-9a-f]{1,2}:){5}[0-9a-f]{1,2}(?: \\(oui [^)]*\\))?'
const ETHERTYPE = '(?:ethertype )?(?<type>[^,]*?)(?: \\(0x[0-9a-f]+\\))?'
const LENGTH = ', length (?<length>\\d+)'

const ETHERNET = new RegExp(`${MAC} > ${MAC}, ${ETHERTYPE}${LENGTH}: ?`, 'y')
const VLAN =
  /vlan (?<id>\d+), p \d+(?:, (?:DEI|CFI))?, (?:ethertype )?(?<type>[\w.-]+(?: [a-z]+)?)(?: \(0x[0-9a-f]+\))?, /y
const SLL2 = new RegExp(
  `ifindex (?<ifindex>\\d+) (?:${MAC} )?(?:ethertype (?<type>[^,]*?)(?: \\(0x[0-9a-f]+\\))?${LENGTH}: )?`,
  'y',
)
const SLL = new RegExp(
  ` {0,2}(?<direction>In|Out|B|M|P) (?=${MAC} |ethertype )(?:${MAC} )?(?:ethertype (?<type>[^,]*?)(?: \\(0x[0-9a-f]+\\))?${LENGTH}: )?`,
  'y',
)
const SLL_OLD = new RegExp(`(?<direction>[<>BMP]) (?:${MAC} )?(?<type>[0-9a-f]{4}) (?<length>\\d+): `, 'y')
/** PPP, MPLS over PPP, null and loopback, InfiniBand. */
const OTHER =
  /(?:(?:AF )?(?<type>IPv4|IPv6|IP6?|MPLS) \((?:0x[0-9a-f]+|\d+)\)|IPOIB, ethertype (?<ipoib>IPv4|IPv6|ARP) \(0x[0-9a-f]+\)), length (?<length>\d+): /y
const MPLS = /MPLS (?:\(label [^)]*\)(?:, | )?)+/y
const PPPOE = /PPPoE(?: {1,2}\[[^\]]*\])* (?:(?:PPP-)?(?<type>IP|IPv6|IP6) \(0x[0-9a-f]+\), length \d+: )?/y

/** Octets of the Ethernet header, and of each VLAN tag. */
const ETHERNET_LENGTH = 14
const TAG_LENGTH = 4
/** Frames up to here may be padded, so that their length says nothing of the IP packet's. */
const SHORTEST_FRAME = 60

/** What a link header says of what follows. */
export interface LinkFacts {
  /** By EtherType or protocol field; 0 without one. */
  version: 0 | 4 | 6
  /** Octets of the IP packet by the length of the frame, `undefined` where it says nothing. */
  ipLength: number | undefined
}

/**
 * Reads the link header that `-e` prints, if there is one, and what lies between it and IP.
 *
 * @param view - Gets VLAN, interface index, packet type and direction.
 * @returns What follows, or why it is no IP packet.
 */
export function readLinkHeader(cursor: TextCursor, view: PacketView): LinkFacts | Failure {
  const facts: LinkFacts = { version: 0, ipLength: undefined }
  let type = readEthernet(cursor, facts) ?? readCooked(cursor, view) ?? readOther(cursor)
  for (let tag = cursor.take(VLAN); tag !== null; tag = cursor.take(VLAN)) {
    if (view.vlan < 0) view.vlan = Number(tag.groups?.id)
    if (facts.ipLength !== undefined) facts.ipLength -= TAG_LENGTH
    type = tag.groups?.type ?? type
  }
  const pppoe = cursor.take(PPPOE)
  if (pppoe !== null) type = pppoe.groups?.type ?? 'IP'
  if (cursor.take(MPLS) !== null) type = ''
  if (pppoe !== null || type === '') facts.ipLength = undefined
  cursor.nextLine()
  return nameFacts(type, facts)
}

function readEthernet(cursor: TextCursor, facts: LinkFacts): string | undefined {
  const groups = cursor.take(ETHERNET)?.groups
  if (groups === undefined) return undefined
  const length = Number(groups.length)
  if (length > SHORTEST_FRAME) facts.ipLength = length - ETHERNET_LENGTH
  return groups.type ?? ''
}

function readCooked(cursor: TextCursor, view: PacketView): string | undefined {
  const sll2 = cursor.take(SLL2)?.groups
  if (sll2 !== undefined) {
    view.ifindex = Number(sll2.ifindex)
    return sll2.type ?? ''
  }
  const sll = (cursor.take(SLL) ?? cursor.take(SLL_OLD))?.groups
  if (sll === undefined) return undefined
  view.sllPacketType = PACKET_TYPE[sll.direction?.toLowerCase() ?? ''] ?? -1
  view.direction =
    view.sllPacketType === 4 ? Direction.Out : view.sllPacketType === 3 ? Direction.Unknown : Direction.In
  return OLD_TYPES[sll.type ?? ''] ?? sll.type ?? ''
}

/** SLL packet types (LINKTYPE_LINUX_SLL) by what is printed for them. */
const PACKET_TYPE: Readonly<Record<string, number>> = { in: 0, b: 1, m: 2, p: 3, out: 4, '<': 0, '>': 4 }
const OLD_TYPES: Readonly<Record<string, string>> = { '0800': 'IPv4', '86dd': 'IPv6', '0806': 'ARP' }

function readOther(cursor: TextCursor): string | undefined {
  const groups = cursor.take(OTHER)?.groups
  return groups === undefined ? undefined : (groups.type ?? groups.ipoib)
}

/** Link types, spanning tree and the like that need no link header to be told. */
const NOT_IP = /(?:LLDP|STP|802\.1d|RARP|LLC|LACPv|CDPv|EAPOL|IS-IS|ISIS|CLNP|unknown ip|MAC |Unknown |LCP|IPCP)\b/y
const ARP = /(?:ARP,|arp |Request who-has|Reply |Announcement |Probe )/y

function nameFacts(type: string | undefined, facts: LinkFacts): LinkFacts | Failure {
  if (type === undefined || type === '') return facts
  if (/^(?:IPv4|IP)$/.test(type)) return { ...facts, version: 4 }
  if (/^(?:IPv6|IP6)$/.test(type)) return { ...facts, version: 6 }
  if (/^(?:ARP|Reverse ARP)/.test(type)) return FAILURE.arp
  return /^MPLS/.test(type) ? { ...facts, ipLength: undefined } : FAILURE.otherLink
}

/** Tells a packet that is not IP by its own label; `undefined` where it may be. */
export function notIp(cursor: TextCursor): Failure | undefined {
  if (cursor.sees(ARP)) return FAILURE.arp
  if (cursor.isAtEnd || cursor.sees(NOT_IP)) return FAILURE.otherLink
  return undefined
}
