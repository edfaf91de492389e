import { describe, expect, test } from 'vitest'
import { extension, hex, ip, ipv6, tcp, udp } from '../support/packet-builder.ts'
import { decodeInnermost, stopped } from '../support/packet-decode.ts'

const RAW = { linkType: 101 }
const ENDS = { src: '[fd00::1]:1111', dst: '[fd00::2]:2222' }
const SEGMENT = { ...ENDS, protocol: 6, payloadLength: 5 }

describe('decodeExtensionHeaders()', () => {
  const chains: [name: string, extensions: Parameters<typeof tcp>[0]['extensions'], length: number][] = [
    ['hop-by-hop options', [extension.hopByHop()], 8],
    ['hop-by-hop options of 24 octets', [extension.hopByHop(24)], 24],
    ['a routing header', [extension.routing()], 8],
    ['destination options', [extension.destinationOptions(16)], 16],
    ['an authentication header, counted in words', [extension.authentication()], 24],
    [
      'mobility, host identity and shim6',
      [135, 139, 140].map((protocol) => ({ protocol, rest: new Uint8Array(7) })),
      24,
    ],
    [
      'all of them',
      [
        extension.hopByHop(),
        extension.destinationOptions(),
        extension.routing(),
        extension.authentication(),
        extension.destinationOptions(),
      ],
      56,
    ],
  ]
  test.each(chains)('steps over %s', (_name, extensions = [], length) => {
    const packet = tcp({ ...ENDS, extensions, payload: 5 })
    expect(decodeInnermost(packet, RAW)).toMatchObject({ ...SEGMENT, ipLength: 65 + length, ipId: -1 })
  })

  test('takes an atomic fragment for the whole packet it is', () => {
    const packet = tcp({ ...ENDS, extensions: [extension.fragment(0xcafebabe)], payload: 5 })
    const decoded = decodeInnermost(packet, RAW)
    expect(decoded).toMatchObject({ ...SEGMENT, ipId: 0xcafebabe })
    expect(decoded).not.toHaveProperty('fragment')
  })

  test('reads the place of a fragment, and its transport header only in the first', () => {
    const first = tcp({ ...ENDS, extensions: [extension.fragment(7, 0, true)], payload: 12 })
    expect(decodeInnermost(first, RAW)).toMatchObject({
      ...ENDS,
      fragment: { id: 7, offset: 0, length: 32, more: 1 },
      payloadLength: 12,
    })
    const later = ipv6({ src: 'fd00::1', dst: 'fd00::2', protocol: 6, extensions: [extension.fragment(7, 32)] }, 9)
    expect(decodeInnermost(later, RAW)).toEqual({
      src: 'fd00::1',
      dst: 'fd00::2',
      protocol: 6,
      ttl: 64,
      ipId: 7,
      ipLength: 57,
      fragment: { id: 7, offset: 32, length: 9, more: 0 },
    })
  })

  test('counts extension headers behind the fragment header into the fragment, not into the payload', () => {
    const extensions = [extension.fragment(7, 0, true), extension.destinationOptions()]
    expect(decodeInnermost(udp({ ...ENDS, extensions, payload: 8 }), RAW)).toMatchObject({
      fragment: { length: 24 },
      payloadLength: 8,
    })
  })

  test('steps over the authentication header of IPv4 too, and over nothing else there', () => {
    const ends = { src: '10.0.0.1', dst: '10.0.0.2' }
    // Next header UDP, length 4 words + 2, then SPI, sequence, integrity value; UDP behind it.
    const authenticated = ip(
      { ...ends, protocol: 51 },
      hex(`1104 0000 00000001 00000001 ${'00'.repeat(12)} 0457 08ae 0008 0000`),
    )
    expect(decodeInnermost(authenticated, RAW)).toMatchObject({ src: '10.0.0.1:1111', protocol: 17, payloadLength: 0 })
    const hopByHop = ip({ ...ends, protocol: 0 }, 16)
    expect(decodeInnermost(hopByHop, RAW)).toMatchObject({ protocol: 0, payloadLength: 16 })
  })

  const ends = { src: 'fd00::1', dst: 'fd00::2' }
  const broken: [name: string, frame: Uint8Array, expected: object][] = [
    [
      'a header longer than the packet',
      ipv6({ ...ends, protocol: 0 }, hex('06 01 0000 00000000')),
      stopped('Malformed', 'ip', 'extension-header-length'),
    ],
    [
      'a header shorter than eight octets',
      ipv6({ ...ends, protocol: 60 }, hex('06 00 0000 000000')),
      stopped('Malformed', 'ip', 'extension-header-too-short'),
    ],
    [
      'a fragment header inside a fragment',
      ipv6({ ...ends, protocol: 6, extensions: [extension.fragment(1, 0, true), extension.fragment(2)] }, 32),
      stopped('Malformed', 'ip', 'ip-fragment-repeated'),
    ],
    [
      'a fragment that ends beyond 65535 octets',
      ipv6({ ...ends, protocol: 6, extensions: [extension.fragment(1, 65528)] }, 16),
      stopped('Malformed', 'ip', 'ip-fragment-offset'),
    ],
  ]
  test.each(broken)('refuses %s', (_name, frame, expected) => {
    expect(decodeInnermost(frame, RAW)).toEqual(expected)
  })
})
