import { describe, expect, test } from 'vitest'
import { CaptureRecord, Direction } from '../../../src/capture/record.ts'
import { PacketView } from '../../../src/packet/packet-view.ts'
import { blankView } from '../../../src/packet/tcpdump-text/blank-view.ts'
import { notIp, readLinkHeader } from '../../../src/packet/tcpdump-text/link-header.ts'
import { TextCursor } from '../../../src/packet/tcpdump-text/text-cursor.ts'

const BODY = '10.0.0.1.1 > 10.0.0.2.2: x'
const MACS = '02:42:ac:11:00:04 > 02:42:ac:11:00:06'

function read(...lines: string[]): { facts: ReturnType<typeof readLinkHeader>; view: PacketView; rest: string } {
  const view = new PacketView()
  blankView(view, new CaptureRecord())
  const cursor = new TextCursor(lines)
  const facts = readLinkHeader(cursor, view)
  return { facts, view, rest: cursor.rest }
}

describe('readLinkHeader()', () => {
  test.each([
    [BODY, 0, undefined, -1],
    [`${MACS}, ethertype IPv4 (0x0800), length 74: ${BODY}`, 4, 60, -1],
    [`${MACS}, ethertype IPv6 (0x86dd), length 94: ${BODY}`, 6, 80, -1],
    [`${MACS}, IPv4, length 74: ${BODY}`, 4, 60, -1],
    // Padded to the shortest frame: says nothing of the packet.
    [`${MACS}, IPv4, length 60: ${BODY}`, 4, undefined, -1],
    ['02:42:ac:11:00:04 (oui Unknown) > 02:42:ac:11:00:06 (oui Unknown), IPv4, length 74: ', 4, 60, -1],
    [`${MACS}, ethertype 802.1Q (0x8100), length 78: vlan 100, p 0, ethertype IPv4 (0x0800), ${BODY}`, 4, 60, 100],
    [
      `${MACS}, ethertype 802.1Q-QinQ (0x88a8), length 82: vlan 200, p 3, ethertype 802.1Q (0x8100), vlan 100, p 1, DEI, ethertype IPv4 (0x0800), ${BODY}`,
      4,
      60,
      200,
    ],
    [`${MACS}, 802.1Q, length 78: vlan 100, p 0, IPv4, ${BODY}`, 4, 60, 100],
    [`${MACS}, ethertype 802.1Q (0x8100), length 78: vlan 100, p 0, ethertype IPv4, ${BODY}`, 4, 60, 100],
    [
      `${MACS}, ethertype MPLS unicast (0x8847), length 78: MPLS (label 100, tc 0, [S], ttl 255) ${BODY}`,
      0,
      undefined,
      -1,
    ],
    [`MPLS (label 100, tc 0, [S], ttl 255) ${BODY}`, 0, undefined, -1],
    [`MPLS (label 16, exp 0, ttl 1) (label 17, exp 0, [S], ttl 1) ${BODY}`, 0, undefined, -1],
    [`PPPoE  [ses 0xf07] ${BODY}`, 4, undefined, -1],
    [`PPPoE  [ses 0x1] IP (0x0021), length 62: ${BODY}`, 4, undefined, -1],
    [`PPPoE  [ses 0xf07] PPP-IPv6 (0x0057), length 42: ${BODY}`, 6, undefined, -1],
    [`IP (0x0021), length 64: ${BODY}`, 4, undefined, -1],
    [`AF IPv6 (10), length 64: ${BODY}`, 6, undefined, -1],
    [`IPOIB, ethertype IPv4 (0x0800), length 64: ${BODY}`, 4, undefined, -1],
  ])('%s', (line, version, ipLength, vlan) => {
    const { facts, view, rest } = read(line)
    expect(facts).toEqual({ version, ipLength })
    expect(view.vlan).toBe(vlan)
    expect(rest).toBe(line.endsWith(BODY) ? BODY : '')
  })

  test.each([
    [`ifindex 8 02:42:ac:11:00:04 ethertype IPv4 (0x0800), length 80: ${BODY}`, 8, -1, Direction.Unknown],
    [`ifindex 15 02:42:ac:11:00:04 ${BODY}`, 15, -1, Direction.Unknown],
    [` In 02:42:ac:11:00:04 ethertype IPv4 (0x0800), length 76: ${BODY}`, 0, 0, Direction.In],
    [`Out 02:42:ac:11:00:04 ${BODY}`, 0, 4, Direction.Out],
    [`Out ethertype IPv4 (0x0800), length 76: ${BODY}`, 0, 4, Direction.Out],
    [`  B 02:42:ac:11:00:04 ${BODY}`, 0, 1, Direction.In],
    [`  M 02:42:ac:11:00:04 ${BODY}`, 0, 2, Direction.In],
    [`  P 02:42:ac:11:00:04 ${BODY}`, 0, 3, Direction.Unknown],
    [`> 02:42:ac:11:00:04 0800 87: IP ${BODY}`, 0, 4, Direction.Out],
    [`< 02:42:ac:11:00:04 0800 87: IP ${BODY}`, 0, 0, Direction.In],
  ])('cooked: %s', (line, ifindex, sllPacketType, direction) => {
    const { view, rest } = read(line)
    expect(view).toMatchObject({ ifindex, sllPacketType, direction })
    expect(rest.replace(/^IP /, '')).toBe(BODY)
  })

  test('a shim may end the line', () => {
    expect(read('MPLS (label 100, exp 0, [S], ttl 255)', `\tIP ${BODY}`).rest).toBe(`IP ${BODY}`)
  })

  test.each([
    [`${MACS}, ethertype ARP (0x0806), length 42: Request who-has 10.0.0.1`, 'arp'],
    [`${MACS}, ethertype LLDP (0x88cc), length 38: LLDP, length 24`, 'other-link'],
    [`${MACS}, 802.3, length 38: LLC, dsap STP`, 'other-link'],
    [`${MACS}, ethertype Unknown (0x1234), length 31: `, 'other-link'],
    [`${MACS}, Unknown Ethertype (0x1234), length 31: `, 'other-link'],
  ])('%s is no IP packet', (line, reason) => {
    expect(read(line).facts).toMatchObject({ reason })
  })
})

test.each([
  ['ARP, Request who-has 10.0.0.1 tell 10.0.0.2, length 28', 'arp'],
  ['arp who-has 10.0.0.1 tell 10.0.0.2', 'arp'],
  ['LLDP, length 24', 'other-link'],
  ['STP 802.1d, Config, Flags [none]', 'other-link'],
  ['802.1d config 0000', 'other-link'],
  ['', 'other-link'],
  ['IP 10.0.0.1 > 10.0.0.2: x', undefined],
])('notIp(%j): %s', (line, reason) => {
  expect(notIp(new TextCursor([line]))?.reason).toBe(reason)
})
