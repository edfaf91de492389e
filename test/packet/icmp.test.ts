import { describe, expect, test } from 'vitest'
import { icmpQuotes, isIcmpEcho } from '../../src/packet/icmp.ts'
import { hex, ipv4 } from '../support/packet-builder.ts'
import { decodeInnermost, stopped } from '../support/packet-decode.ts'

const RAW = { linkType: 101 }
const ENDS = { src: '10.0.0.1', dst: '10.0.0.2', protocol: 1 }

describe('decodeIcmp()', () => {
  const rows: [name: string, message: string, expected: object][] = [
    ['echo request', '0800 0000 1267 0003 6162', { type: 8, code: 0, id: 0x1267, seq: 3, mtu: 0 }],
    ['echo reply', '0000 0000 1267 0003', { type: 0, code: 0, id: 0x1267, seq: 3, mtu: 0 }],
    [
      'timestamp request: identifier is for echo only',
      '0d00 0000 1267 0003',
      { type: 13, code: 0, id: 0, seq: 0, mtu: 0 },
    ],
    ['fragmentation needed', '0304 0000 0000 0578', { type: 3, code: 4, id: 0, seq: 0, mtu: 1400 }],
    ['port unreachable has no MTU', '0303 0000 0000 0578', { type: 3, code: 3, id: 0, seq: 0, mtu: 0 }],
    ['an unknown type', 'fe01 0000 0000 0000', { type: 254, code: 1, id: 0, seq: 0, mtu: 0 }],
  ]
  test.each(rows)('%s', (_name, message, icmp) => {
    expect(decodeInnermost(ipv4(ENDS, hex(message)), RAW)).toMatchObject({
      src: '10.0.0.1',
      dst: '10.0.0.2',
      payloadLength: hex(message).length - 8,
      icmp,
    })
  })

  test('needs eight octets', () => {
    const echo = ipv4(ENDS, hex('0800 0000 1267 0003'))
    for (let captured = 20; captured < 28; captured++) {
      expect(decodeInnermost(echo, { ...RAW, captured })).toEqual(stopped('Truncated', 'transport', 'icmp-truncated'))
    }
    expect(decodeInnermost(ipv4(ENDS, 7), RAW)).toEqual(stopped('Malformed', 'transport', 'icmp-too-short'))
  })
})

test('icmpQuotes() names the errors, isIcmpEcho() the echo messages', () => {
  const types = Array.from({ length: 256 }, (_, type) => type)
  expect(types.filter(icmpQuotes)).toEqual([3, 4, 5, 11, 12])
  expect(types.filter(isIcmpEcho)).toEqual([0, 8])
})
