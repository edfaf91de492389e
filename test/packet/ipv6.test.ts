import { describe, expect, test } from 'vitest'
import { hex } from '../support/packet-builder.ts'
import { decodeInnermost, stopped } from '../support/packet-decode.ts'

const LINKTYPE_IPV6 = 229

/** fd00::1 > fd00::2, protocol 253 (experimentation), four octets of payload; with one part replaced. */
function packet(parts: { version?: string; length?: string; next?: string; rest?: string } = {}): Uint8Array {
  return hex(`
    ${parts.version ?? '60'} 00 0000                          // version, traffic class, flow label
    ${parts.length ?? '0004'} ${parts.next ?? 'fd'} 3f        // payload length, next header, hop limit
    fd00 0000 0000 0000 0000 0000 0000 0001
    fd00 0000 0000 0000 0000 0000 0000 0002
    ${parts.rest ?? '61626364'}`)
}

const PLAIN = { src: 'fd00::1', dst: 'fd00::2', protocol: 253, ttl: 63, ipId: -1, ipLength: 44, payloadLength: 4 }

describe('decodeIpv6()', () => {
  const rows: [name: string, frame: Uint8Array, expected: object][] = [
    ['a plain packet', packet(), PLAIN],
    ['padding behind the payload length', packet({ rest: '61626364 0000' }), PLAIN],
    ['payload length 0 is taken from the frame', packet({ length: '0000' }), PLAIN],
    [
      'payload length 0 without a next header is 0',
      packet({ length: '0000', next: '3b', rest: '000000000000' }),
      { ...PLAIN, protocol: 59, ipLength: 40, payloadLength: 0 },
    ],
    ['another version', packet({ version: '40' }), stopped('Malformed', 'ip', 'ip-version')],
    [
      'a payload length of one octet too many',
      packet({ length: '0005' }),
      { ...PLAIN, ipLength: 45, payloadLength: 5 },
    ],
    ['a frame shorter than the header', packet().slice(0, 39), stopped('Malformed', 'ip', 'ipv6-too-short')],
  ]
  test.each(rows)('%s', (_name, frame, expected) => {
    expect(decodeInnermost(frame, { linkType: LINKTYPE_IPV6 })).toEqual(expected)
  })

  test('takes a jumbo payload from the length on the wire', () => {
    // Hop-by-hop: jumbo payload option (RFC 2675 §2) of 70008 octets, then protocol 253.
    const jumbo = packet({ length: '0000', next: '00', rest: 'fd00 c204 00011178 61626364' })
    const options = { linkType: LINKTYPE_IPV6, originalLength: 40 + 70008 }
    expect(decodeInnermost(jumbo, options)).toEqual({ ...PLAIN, ipLength: 70048, payloadLength: 70000 })
  })

  test('reports Truncated for every cut inside the header', () => {
    for (let captured = 0; captured < 40; captured++) {
      expect(decodeInnermost(packet(), { linkType: LINKTYPE_IPV6, captured })).toEqual(
        stopped('Truncated', 'ip', 'ipv6-truncated'),
      )
    }
  })
})
