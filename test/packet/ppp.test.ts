import { describe, expect, test } from 'vitest'
import { concat, ethernet, hex, mpls, ppp, pppoe, tcp } from '../support/packet-builder.ts'
import { decodeInnermost, stopped } from '../support/packet-decode.ts'

const V4 = tcp({ src: '10.0.0.1:1', dst: '10.0.0.2:2', payload: 3 })
const V6 = tcp({ src: '[fd00::1]:1', dst: '[fd00::2]:2', payload: 3 })
const PPP = { linkType: 9 }
const HDLC = { linkType: 50 }
const CISCO = { linkType: 104 }

describe('decodePpp()', () => {
  const rows: [name: string, frame: Uint8Array, expected: object][] = [
    ['IPv4', ppp(V4), { src: '10.0.0.1:1', payloadLength: 3 }],
    ['IPv6', ppp(V6), { src: '[fd00::1]:1', payloadLength: 3 }],
    ['behind address and control', ppp(V4, { framing: true }), { src: '10.0.0.1:1' }],
    ['a protocol number of one octet', concat(hex('21'), V4), { src: '10.0.0.1:1' }],
    ['address and control, then one octet', concat(hex('ff0357'), V6), { src: '[fd00::1]:1' }],
    ['MPLS', ppp(mpls([16], V4), { protocol: 0x0281 }), { src: '10.0.0.1:1' }],
    ['link control', hex('c021 0101 0004'), stopped('NotIp', 'link', 'ppp-control')],
    ['IP control', hex('ff03 8021 0101 0004'), stopped('NotIp', 'link', 'ppp-control')],
    ['compressed datagrams', hex('fd 0102030405'), stopped('Opaque', 'link', 'ppp-compressed')],
    ['multilink', hex('003d c0000001'), stopped('Opaque', 'link', 'ppp-compressed')],
    ['AppleTalk', hex('0029 0102'), stopped('Unsupported', 'link', 'ppp-protocol')],
    ['one octet', hex('00'), stopped('Malformed', 'link', 'ppp-too-short')],
    ['nothing behind address and control', hex('ff03'), stopped('Malformed', 'link', 'ppp-too-short')],
  ]
  test.each(rows)('%s', (_name, frame, expected) => {
    expect(decodeInnermost(frame, PPP)).toMatchObject(expected)
  })

  test('a cut protocol number is Truncated', () => {
    expect(decodeInnermost(ppp(V4), { ...PPP, captured: 1 })).toEqual(stopped('Truncated', 'link', 'ppp-truncated'))
  })
})

describe('decodeHdlc()', () => {
  test('reads PPP in HDLC-like framing, and Cisco framing', () => {
    expect(decodeInnermost(ppp(V4, { framing: true }), HDLC)).toMatchObject({ src: '10.0.0.1:1' })
    expect(decodeInnermost(concat(hex('0f00 0800'), V4), HDLC)).toMatchObject({ src: '10.0.0.1:1' })
    expect(decodeInnermost(concat(hex('8f00 86dd'), V6), CISCO)).toMatchObject({ src: '[fd00::1]:1' })
    expect(decodeInnermost(hex('8f00 8035 0000'), CISCO)).toEqual(stopped('NotIp', 'link', 'rarp'))
    expect(decodeInnermost(hex('0f00 08'), CISCO)).toEqual(stopped('Malformed', 'link', 'ppp-too-short'))
  })
})

describe('decodePppoe()', () => {
  test('steps over the session header, in Ethernet and as a link type', () => {
    expect(decodeInnermost(ethernet(pppoe(V4), { etherType: 0x8864 }))).toMatchObject({ src: '10.0.0.1:1' })
    expect(decodeInnermost(pppoe(V6), { linkType: 51 })).toMatchObject({ src: '[fd00::1]:1' })
  })

  test('ends the frame where its length says: of what lies behind nothing is read', () => {
    const frame = pppoe(V4)
    frame[5] = 2 + 20 + 3
    expect(decodeInnermost(frame, { linkType: 51 })).toMatchObject({ status: 'Truncated', layer: 'transport' })
  })

  test('needs the whole header', () => {
    for (let captured = 0; captured < 6; captured++) {
      expect(decodeInnermost(pppoe(V4), { linkType: 51, captured })).toEqual(
        stopped('Truncated', 'link', 'pppoe-truncated'),
      )
    }
    expect(decodeInnermost(hex('1100 0001 00'), { linkType: 51 })).toEqual(
      stopped('Malformed', 'link', 'pppoe-too-short'),
    )
  })
})
