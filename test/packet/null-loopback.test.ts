import { describe, expect, test } from 'vitest'
import { concat, hex, tcp } from '../support/packet-builder.ts'
import { decodeInnermost, stopped } from '../support/packet-decode.ts'

const V4 = tcp({ src: '127.0.0.1:1', dst: '127.0.0.1:2' })
const V6 = tcp({ src: '[::1]:1', dst: '[::1]:2' })

describe('decodeNullLoopback()', () => {
  const rows: [name: string, linkType: number, family: string, packet: Uint8Array, src: string][] = [
    ['IPv4, little-endian', 0, '02000000', V4, '127.0.0.1:1'],
    ['IPv4, big-endian', 0, '00000002', V4, '127.0.0.1:1'],
    ['IPv4, network order', 108, '00000002', V4, '127.0.0.1:1'],
    ['IPv6 of Darwin', 0, '1e000000', V6, '[::1]:1'],
    ['IPv6 of FreeBSD', 0, '1c000000', V6, '[::1]:1'],
    ['IPv6 of OpenBSD', 108, '00000018', V6, '[::1]:1'],
    ['IPv6 of Linux', 0, '0000000a', V6, '[::1]:1'],
  ]
  test.each(rows)('%s', (_name, linkType, family, packet, src) => {
    expect(decodeInnermost(concat(hex(family), packet), { linkType })).toMatchObject({ src })
  })

  test('another family is not IP', () => {
    expect(decodeInnermost(hex('07000000 0000'), { linkType: 0 })).toEqual(stopped('NotIp', 'link', 'address-family'))
  })

  test('needs the whole header', () => {
    const frame = concat(hex('02000000'), V4)
    for (let captured = 0; captured < 4; captured++) {
      expect(decodeInnermost(frame, { linkType: 0, captured })).toEqual(
        stopped('Truncated', 'link', 'loopback-truncated'),
      )
    }
    expect(decodeInnermost(hex('020000'), { linkType: 0 })).toEqual(stopped('Malformed', 'link', 'loopback-too-short'))
  })
})
