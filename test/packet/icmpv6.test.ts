import { describe, expect, test } from 'vitest'
import { icmpv6Quotes, isIcmpv6Echo } from '../../src/packet/icmpv6.ts'
import { hex, ipv6 } from '../support/packet-builder.ts'
import { decodeInnermost, stopped } from '../support/packet-decode.ts'

const RAW = { linkType: 101 }
const ENDS = { src: 'fd00::1', dst: 'fd00::2', protocol: 58 }

describe('decodeIcmpv6()', () => {
  const rows: [name: string, message: string, expected: object][] = [
    ['echo request', '8000 0000 1267 0003 6162', { type: 128, code: 0, id: 0x1267, seq: 3, mtu: 0 }],
    ['echo reply', '8100 0000 1267 0003', { type: 129, code: 0, id: 0x1267, seq: 3, mtu: 0 }],
    ['packet too big', '0200 0000 0000 0578', { type: 2, code: 0, id: 0, seq: 0, mtu: 1400 }],
    ['neighbour solicitation', '8700 0000 0000 0000', { type: 135, code: 0, id: 0, seq: 0, mtu: 0 }],
  ]
  test.each(rows)('%s', (_name, message, icmp) => {
    expect(decodeInnermost(ipv6(ENDS, hex(message)), RAW)).toMatchObject({
      src: 'fd00::1',
      dst: 'fd00::2',
      payloadLength: hex(message).length - 8,
      icmp,
    })
  })

  test('needs eight octets', () => {
    const echo = ipv6(ENDS, hex('8000 0000 1267 0003'))
    for (let captured = 40; captured < 48; captured++) {
      expect(decodeInnermost(echo, { ...RAW, captured })).toEqual(stopped('Truncated', 'transport', 'icmpv6-truncated'))
    }
    expect(decodeInnermost(ipv6(ENDS, 7), RAW)).toEqual(stopped('Malformed', 'transport', 'icmpv6-too-short'))
  })
})

test('icmpv6Quotes() names the errors, isIcmpv6Echo() the echo messages', () => {
  const types = Array.from({ length: 256 }, (_, type) => type)
  expect(types.filter(icmpv6Quotes)).toEqual([1, 2, 3, 4])
  expect(types.filter(isIcmpv6Echo)).toEqual([128, 129])
})
