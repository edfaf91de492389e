import { expect, test } from 'vitest'
import { PacketView } from '../../../src/packet/packet-view.ts'
import { isUdpText, readUdpText } from '../../../src/packet/tcpdump-text/udp-text.ts'

function read(text: string, port = 1): [number | undefined, number] {
  const view = Object.assign(new PacketView(), { srcPort: 40000, dstPort: port })
  return [readUdpText(text, view), view.dnsId]
}

test.each([
  ['UDP, length 1200', 1, [1200, -1]],
  ['UDP, length: 90', 1, [90, -1]],
  ['[udp sum ok] UDP, length 148', 1, [148, -1]],
  ['[bad udp cksum 0x1 -> 0x2!] UDP, length 148', 1, [148, -1]],
  ['4660+ A? example.com. (29)', 53, [29, 4660]],
  [' 4660 0/0/0 (29)', 53, [29, 4660]],
  ['[udp sum ok] 4660 NXDomain 0/1/0 (104)', 53, [104, 4660]],
  ['4660*- 1/0/0 A 10.0.0.1 (45)', 53, [45, 4660]],
  ['0 [0q] (12)', 5353, [12, -1]],
  ['NTPv3, Client, length 48', 123, [48, -1]],
  ['BOOTP/DHCP, Request from 00:00:00:00:00:00, length: 304', 67, [304, -1]],
  ['quic, initial, v71717171, length 12657 [|quic]', 443, [undefined, -1]],
  ['[|sflow]', 6343, [undefined, -1]],
  ['SIP: INVITE (12)', 5060, [undefined, -1]],
])('%s', (text, port, expected) => {
  expect(read(text, port)).toEqual(expected)
})

test.each([
  ['UDP, length 5', true],
  ['[no cksum] UDP, length 5', true],
  ['[udp sum ok] 4660+ A? x. (19)', true],
  ['4660+ A? x. (19)', false],
  ['Flags [S]', false],
])('isUdpText(%j) is %j', (text, expected) => {
  expect(isUdpText(text)).toBe(expected)
})
