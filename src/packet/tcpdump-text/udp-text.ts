import type { PacketView } from '../packet-view.ts'

const DNS_PORT = 53
/** Characters at the end of a line in which a decoder's length stands. */
const MAX_TAIL = 24

const PLAIN =
  /^ ?(?:\[(?:udp sum ok|no cksum|bad udp cksum [^\]]*|udp sum [^\]]*)\] )?UDP, (?:bad )?length:? (?<length>\d+)/
/** What `-vv` (for IPv6 `-v`) says of the checksum, before the payload; sticky. */
export const UDP_CHECKSUM: RegExp = / ?\[(?:udp sum ok|no cksum|bad udp cksum [^\]]*|udp sum [^\]]*)\] /y
/** Decoders that end with the length of their message: DNS in brackets, NTP, BOOTP, RADIUS and others by name. */
const DECODED = /(?:, length:? (?<length>\d+)| \((?<dns>\d+)\))$/
const DNS = /^ ?(?<id>\d{1,5})(?:[-+*|%$]| )/

/** Whether what follows the addresses says itself that it is UDP. */
export function isUdpText(text: string): boolean {
  return PLAIN.test(text) || checksumEnd(text) > 0
}

/**
 * Reads what is printed of a UDP datagram behind its ports, a decoder's text included.
 *
 * @returns Octets of payload, `undefined` where the line does not say.
 */
export function readUdpText(text: string, view: PacketView): number | undefined {
  const plain = PLAIN.exec(text)
  if (plain !== null) return Number(plain.groups?.length)
  const message = text.slice(checksumEnd(text))
  const isDns = view.srcPort === DNS_PORT || view.dstPort === DNS_PORT
  if (isDns) view.dnsId = Number(DNS.exec(message)?.groups?.id ?? -1)
  const decoded = DECODED.exec(message.slice(-MAX_TAIL))?.groups
  if (decoded === undefined) return undefined
  if (decoded.length !== undefined) return Number(decoded.length)
  return /^ ?\d/.test(message) ? Number(decoded.dns) : undefined
}

function checksumEnd(text: string): number {
  UDP_CHECKSUM.lastIndex = 0
  return UDP_CHECKSUM.test(text) ? UDP_CHECKSUM.lastIndex : 0
}
