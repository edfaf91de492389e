import { describe, expect, test } from 'vitest'
import { fragments, hex, ipv4, tcp, tcpFlags } from '../support/packet-builder.ts'
import { decodeInnermost, stopped } from '../support/packet-decode.ts'

const RAW = { linkType: 101 }

/** A segment from port 1234 to 80 with sequence numbers above 2³¹ and four octets of payload; with one part replaced. */
function segment(parts: { offsetFlags?: string; rest?: string } = {}): Uint8Array {
  const octets = hex(`
    04d2 0050                                      // ports
    f0000001 80000002                              // sequence, acknowledgment
    ${parts.offsetFlags ?? '5018'} 01f6 beef 0007  // data offset and flags, window, checksum, urgent pointer
    ${parts.rest ?? '61626364'}`)
  return ipv4({ src: '10.0.0.1', dst: '10.0.0.2', protocol: 6 }, octets)
}

const TCP = { flags: 0x18, seq: 0xf0000001, ack: 0x80000002, window: 502, headerLength: 20 }

describe('decodeTcp()', () => {
  test('reads all fields, numbers unsigned', () => {
    expect(decodeInnermost(segment(), RAW)).toEqual({
      src: '10.0.0.1:1234',
      dst: '10.0.0.2:80',
      protocol: 6,
      ttl: 64,
      ipId: 0,
      ipLength: 44,
      payloadLength: 4,
      tcp: TCP,
    })
  })

  test.each([...'FSRP.UEWe'])('reads flag %s, and no reserved bit', (letter) => {
    const flags = tcpFlags(letter)
    const offsetFlags = (0x5000 | 0x0e00 | flags).toString(16)
    expect(decodeInnermost(segment({ offsetFlags }), RAW)).toMatchObject({ tcp: { ...TCP, flags } })
  })

  const offsets: [name: string, frame: Uint8Array, expected: object][] = [
    ['a data offset of 4', segment({ offsetFlags: '4018' }), stopped('Malformed', 'transport', 'tcp-data-offset')],
    ['a data offset of 0', segment({ offsetFlags: '0018' }), stopped('Malformed', 'transport', 'tcp-data-offset')],
    [
      'a header one word longer than the IP payload',
      segment({ offsetFlags: '7018' }),
      stopped('Malformed', 'transport', 'tcp-header-length'),
    ],
    [
      'a header that fills the IP payload',
      segment({ offsetFlags: '6018' }),
      { payloadLength: 0, tcp: { headerLength: 24 } },
    ],
    [
      'an IP payload of 19 octets',
      ipv4({ src: '10.0.0.1', dst: '10.0.0.2', protocol: 6 }, 19),
      stopped('Malformed', 'transport', 'tcp-too-short'),
    ],
  ]
  test.each(offsets)('%s', (_name, frame, expected) => {
    expect(decodeInnermost(frame, RAW)).toMatchObject(expected)
  })

  test('needs 20 captured octets and no more; payload length comes from the IP length', () => {
    const packet = tcp({ src: '10.0.0.1:1', dst: '10.0.0.2:2', options: { mss: 1460, windowScale: 7 }, payload: 1000 })
    expect(decodeInnermost(packet, { ...RAW, captured: 39 })).toEqual(
      stopped('Truncated', 'transport', 'tcp-truncated'),
    )
    const decoded = decodeInnermost(packet, { ...RAW, captured: 40 })
    expect(decoded).toMatchObject({ payloadLength: 1000, tcp: { headerLength: 28 } })
    expect(decoded).not.toHaveProperty('tcp.mss')
    // One word further the first option is there, and the second is not.
    const first = decodeInnermost(packet, { ...RAW, captured: 46 })
    expect(first).toHaveProperty('tcp.mss', 1460)
    expect(first).not.toHaveProperty('tcp.windowScale')
  })

  test('accepts a first fragment that ends inside the options', () => {
    const [first] = fragments(tcp({ src: '10.0.0.1:1', dst: '10.0.0.2:2', options: { mss: 9, windowScale: 1 } }), 24)
    expect(decodeInnermost(first ?? new Uint8Array(0), RAW)).toMatchObject({
      payloadLength: -4,
      fragment: { length: 24, more: 1 },
      tcp: { headerLength: 28, mss: 9 },
    })
  })
})
