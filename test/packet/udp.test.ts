import { describe, expect, test } from 'vitest'
import { fragments, hex, ipv4, udp } from '../support/packet-builder.ts'
import { decodeInnermost, stopped } from '../support/packet-decode.ts'

const RAW = { linkType: 101 }
const ENDS = { src: '10.0.0.1', dst: '10.0.0.2' }

/** Port 1111 to 2222 with the given length field and four octets of payload. */
function datagram(length: string, payload = '61626364'): Uint8Array {
  return ipv4({ ...ENDS, protocol: 17 }, hex(`0457 08ae ${length} 0000 ${payload}`))
}

const PLAIN = { src: '10.0.0.1:1111', dst: '10.0.0.2:2222', protocol: 17, payloadLength: 4 }

describe('decodeUdp()', () => {
  const rows: [name: string, frame: Uint8Array, expected: object][] = [
    ['a datagram', datagram('000c'), PLAIN],
    ['without payload', datagram('0008', ''), { ...PLAIN, payloadLength: 0 }],
    ['length 0 (jumbogram)', datagram('0000'), PLAIN],
    ['a length shorter than the IP payload', datagram('0009'), PLAIN],
    ['a length below 8', datagram('0007'), stopped('Malformed', 'transport', 'udp-length')],
    ['a length of one octet too many', datagram('000d'), stopped('Malformed', 'transport', 'udp-length')],
    [
      'an IP payload of seven octets',
      ipv4({ ...ENDS, protocol: 17 }, 7),
      stopped('Malformed', 'transport', 'udp-too-short'),
    ],
  ]
  test.each(rows)('%s', (_name, frame, expected) => {
    expect(decodeInnermost(frame, RAW)).toMatchObject(expected)
  })

  test('accepts in a first fragment the length of the whole', () => {
    const [first] = fragments(udp({ ...ENDS, src: '10.0.0.1:1111', dst: '10.0.0.2:2222', payload: 100 }), 32)
    expect(decodeInnermost(first ?? new Uint8Array(0), RAW)).toMatchObject({ ...PLAIN, payloadLength: 24 })
  })

  test('reports Truncated for every cut inside the header', () => {
    for (let captured = 20; captured < 28; captured++) {
      expect(decodeInnermost(datagram('000c'), { ...RAW, captured })).toEqual(
        stopped('Truncated', 'transport', 'udp-truncated'),
      )
    }
  })

  test('gives the DNS id on port 53 of either side, where it was captured', () => {
    const query = udp({ src: '10.0.0.1:40000', dst: '10.0.0.53:53', payload: hex('beef 0100') })
    const answer = udp({ src: '10.0.0.53:53', dst: '10.0.0.1:40000', payload: hex('beef 8180') })
    expect(decodeInnermost(query, RAW)).toMatchObject({ dnsId: 0xbeef })
    expect(decodeInnermost(answer, RAW)).toMatchObject({ dnsId: 0xbeef })
    expect(decodeInnermost(query, { ...RAW, captured: 29 })).not.toHaveProperty('dnsId')
    const other = udp({ src: '10.0.0.1:40000', dst: '10.0.0.53:54', payload: hex('beef 0100') })
    expect(decodeInnermost(other, RAW)).not.toHaveProperty('dnsId')
  })
})
