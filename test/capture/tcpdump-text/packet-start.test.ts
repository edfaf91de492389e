import { expect, test } from 'vitest'
import {
  hasLabel,
  looksLikePacket,
  looksLikeTimedPacket,
  opensEncapsulation,
} from '../../../src/capture/tcpdump-text/packet-start.ts'
import { octets } from '../../support/text-decode.ts'

test.each([
  'IP 10.0.0.1.80 > 10.0.0.2.81: Flags [S]',
  'IP6 fd00::1 > fd00::2: ICMP6',
  'IP (tos 0x0, ttl 64',
  'IP bad-len 0',
  'ARP, Request who-has 10.0.0.1',
  'arp who-has 10.0.0.1',
  '02:42:ac:11:00:04 > 02:42:ac:11:00:06, ethertype IPv4 (0x0800)',
  'Out 02:42:ac:11:00:04 ethertype IPv4',
  ' In 02:42:ac:11:00:04 172.18.0.2.1',
  'ifindex 8 02:42:ac:11:00:04 ethertype IPv4',
  'MPLS (label 100, tc 0, [S], ttl 255) IP 10.0.0.1',
  'fd00::10.80 > fd00::6.81: S 1:1(0) win 5',
  '10.0.0.1.80 > 10.0.0.2.81: S 1:1(0) win 5',
])('%j looks like a packet', (line) => {
  expect(looksLikePacket(line)).toBe(true)
  expect(looksLikeTimedPacket(line)).toBe(true)
})

test.each(['', 'prose about IP addresses', 'GET / HTTP/1.1', '0x0000:  4500 003c', 'X-A: 1'])('%j does not', (line) => {
  expect(looksLikePacket(line)).toBe(false)
  expect(looksLikeTimedPacket(line)).toBe(false)
})

test('behind a time any link header does', () => {
  const line = 'be 50 a8 92: 10.80.131.1 > 10.80.131.254: ICMP echo request'
  expect([looksLikePacket(line), looksLikeTimedPacket(line)]).toEqual([false, true])
})

test.each([
  ['IP a.1 > b.4789: VXLAN, flags [I] (0x08), vni 6', true],
  ['    a.1 > b.8472: OTV, flags [I] (0x08), overlay 0, instance 16777215', true],
  ['IP a.1 > b.6081: Geneve, Flags [none], vni 0x3', true],
  ['IP a.1 > b.2: UDP, length 6', false],
  ['vni', false],
  ['', false],
])('opensEncapsulation(%j) is %j', (line, expected) => {
  const bytes = octets(line)
  expect(opensEncapsulation(bytes, 0, bytes.length)).toBe(expected)
})

test.each([
  ['IP 1', true],
  ['IP6 1', true],
  ['IP6', false],
  ['IPX 1', false],
  ['I', false],
])('hasLabel(%j) is %j', (line, expected) => {
  const bytes = octets(line)
  expect(hasLabel(bytes, 0, bytes.length)).toBe(expected)
})
