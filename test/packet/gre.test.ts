import { describe, expect, test } from 'vitest'
import { concat, ethernet, hex, ip, mpls, tcp } from '../support/packet-builder.ts'
import { decodeFrame, stopped } from '../support/packet-decode.ts'

const RAW = { linkType: 101 }
const V4 = tcp({ src: '10.1.0.1:1111', dst: '10.2.0.1:80' })
const V6 = tcp({ src: '[fd00::1]:1111', dst: '[fd00::2]:80' })
const OUTER = { src: '192.0.2.1', dst: '192.0.2.2', protocol: 47 }

function gre(header: string, payload: Uint8Array): Uint8Array {
  return ip(OUTER, concat(hex(header), payload))
}

describe('decodeGre()', () => {
  const rows: [name: string, frame: Uint8Array, expected: object][] = [
    ['plain, IPv4', gre('0000 0800', V4), { src: '10.1.0.1:1111' }],
    ['plain, IPv6', gre('0000 86dd', V6), { src: '[fd00::1]:1111' }],
    ['key', gre('2000 0800 fedcba98', V4), { src: '10.1.0.1:1111', vni: 0xfedcba98 }],
    ['checksum', gre('8000 0800 12340000', V4), { src: '10.1.0.1:1111' }],
    ['sequence number', gre('1000 0800 00000001', V4), { src: '10.1.0.1:1111' }],
    ['all three', gre('b000 0800 12340000 00000007 00000001', V4), { src: '10.1.0.1:1111', vni: 7 }],
    ['an Ethernet frame', gre('0000 6558', ethernet(V4)), { src: '10.1.0.1:1111' }],
    ['an MPLS label', gre('0000 8847', mpls([16], V4)), { src: '10.1.0.1:1111' }],
    [
      'PPTP: version 1, call number for a key',
      gre('3081 880b 00080003 00000001 00000002', concat(hex('21'), V4)),
      { src: '10.1.0.1:1111' },
    ],
    [
      'spanning tree',
      gre('0000 6558', hex('0180c2000000 020000000001 0003 424203')),
      stopped('NotIp', 'link', 'stp', 1),
    ],
    ['source routing', gre('4000 0800 00000000', V4), stopped('Unsupported', 'tunnel', 'gre-routing', 1)],
    ['version 2', gre('0002 0800', V4), stopped('Unsupported', 'tunnel', 'gre-version', 1)],
    ['three octets', gre('0000 08', hex('')), stopped('Malformed', 'tunnel', 'gre-too-short', 1)],
    ['a key beyond the packet', gre('2000 0800 000001', hex('')), stopped('Malformed', 'tunnel', 'gre-too-short', 1)],
  ]
  test.each(rows)('%s', (_name, frame, expected) => {
    const views = decodeFrame(frame, RAW)
    expect(views).toMatchObject([OUTER, expected])
    if (!('status' in expected)) expect(views[1]).toMatchObject({ tunnel: 'gre', depth: 1 })
    if (!('vni' in expected)) expect(views[1]).not.toHaveProperty('vni')
  })

  test.each([
    ['a keep-alive', '0000 0000'],
    ['an acknowledgment of PPTP', '2081 880b 00000003 00000002'],
  ])('%s carries no packet', (_name, header) => {
    expect(decodeFrame(gre(header, hex('')), RAW)).toMatchObject([{ ...OUTER, payloadLength: hex(header).length }])
  })

  test('reports Truncated for every cut inside the header', () => {
    const frame = gre('b000 0800 12340000 00000007 00000001', V4)
    for (let captured = 20; captured < 36; captured++) {
      expect(decodeFrame(frame, { ...RAW, captured })).toMatchObject([
        OUTER,
        stopped('Truncated', 'tunnel', 'gre-truncated', 1),
      ])
    }
  })
})
