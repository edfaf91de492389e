const ADDRESS = String.raw`(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:\d{1,3}(?:\.\d{1,3}){3})?)`
const MAC = '(?:[0-9a-f]{1,2}:){5}[0-9a-f]{1,2}'

/** What the first line of a packet can begin with behind number, time and interface. */
const START = new RegExp(
  `^(?:IP6? ?(?:\\S+ > |\\(|\\[|truncated|bad-|\\S+ > )|ARP,|RARP,|arp |(?:Out| In|  [BMP]|[BMP]|<|>) ${MAC}|(?:Out| In|  [BMP]) ethertype |${MAC} > ` +
    `|ifindex \\d|ethertype |AF |MPLS \\(|PPPoE |PPP-|LLDP|STP |LLC |802\\.1|CDPv|EAPOL|Juniper|LCP |LACPv|vlan \\d` +
    `|${ADDRESS}(?:\\.[\\w-]+)? > ${ADDRESS}(?:\\.[\\w-]+)?: )`,
  'i',
)
/** Two literal addresses, wherever they stand: behind link headers that are not known. */
const ADDRESS_PAIR = new RegExp(`(?:^|[\\s,(])${ADDRESS}(?:\\.[\\w-]+)? > ${ADDRESS}(?:\\.[\\w-]+)?: `, 'i')
const ENCAPSULATION_END = /(?:vni|instance) (?:0x)?[0-9a-f]+$/

/** Whether `line` reads like a packet from its link header or protocol label on. */
export function looksLikePacket(line: string): boolean {
  return START.test(line)
}

/** Whether `line`, which a time stands in front of, reads like a packet: any link header does. */
export function looksLikeTimedPacket(line: string): boolean {
  return START.test(line) || ADDRESS_PAIR.test(line)
}

/**
 * Whether a packet continues on the next line at column 0: VXLAN and OTV print the inner packet so (print-vxlan.c,
 * print-otv.c), which without times looks like a packet of its own.
 */
export function opensEncapsulation(bytes: Uint8Array, start: number, end: number): boolean {
  const last = bytes[end - 1] ?? 0
  if (end - start < 8 || last < 0x30 || last > 0x66) return false
  let text = ''
  for (let i = Math.max(start, end - 24); i < end; i++) text += String.fromCharCode(bytes[i] ?? 0)
  return ENCAPSULATION_END.test(text)
}

/** Whether `IP ` or `IP6 ` stands at `at`. */
export function hasLabel(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + 4 > end || bytes[at] !== 0x49 || bytes[at + 1] !== 0x50) return false
  return bytes[at + 2] === 0x20 || (bytes[at + 2] === 0x36 && bytes[at + 3] === 0x20)
}
