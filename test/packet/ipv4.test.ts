import { describe, expect, test } from 'vitest'
import { concat, fragments, hex, udp } from '../support/packet-builder.ts'
import { decodeInnermost, stopped } from '../support/packet-decode.ts'

const LINKTYPE_IPV4 = 228

/** 10.0.0.1 > 10.0.0.2, protocol 253 (experimentation), four octets of payload; with one part replaced. */
function packet(parts: { version?: string; length?: string; fragment?: string; rest?: string } = {}): Uint8Array {
  return hex(`
    ${parts.version ?? '45'} 00 ${parts.length ?? '0018'} // version, header length, TOS, total length
    1234 ${parts.fragment ?? '4000'}                      // identification, flags and fragment offset
    3f fd 0000                                            // TTL, protocol, checksum (wrong, and not looked at)
    0a000001 0a000002                                     // source, destination
    ${parts.rest ?? '61626364'}`)
}

const PLAIN = { src: '10.0.0.1', dst: '10.0.0.2', protocol: 253, ttl: 63, ipId: 0x1234, ipLength: 24, payloadLength: 4 }

describe('decodeIpv4()', () => {
  const rows: [name: string, frame: Uint8Array, expected: object][] = [
    ['a plain packet', packet(), PLAIN],
    ['padding behind the total length', packet({ rest: '61626364 0000 0000 0000' }), PLAIN],
    [
      'options are stepped over',
      packet({ version: '46', length: '001c', rest: '94040000 61626364' }),
      { ...PLAIN, ipLength: 28 },
    ],
    [
      'a header of 60 octets',
      packet({ version: '4f', length: '0040', rest: `${'01'.repeat(40)} 61626364` }),
      { ...PLAIN, ipLength: 64 },
    ],
    ['total length 0 is taken from the frame', packet({ length: '0000' }), PLAIN],
    ['no payload at all', packet({ length: '0014', rest: '' }), { ...PLAIN, ipLength: 20, payloadLength: 0 }],
    ['another version', packet({ version: '55' }), stopped('Malformed', 'ip', 'ip-version')],
    ['a header length below 5', packet({ version: '44' }), stopped('Malformed', 'ip', 'ipv4-header-length')],
    [
      'a header longer than the packet',
      packet({ version: '47', length: '0018' }),
      stopped('Malformed', 'ip', 'ipv4-header-length'),
    ],
    ['a total length below the header', packet({ length: '0013' }), stopped('Malformed', 'ip', 'ipv4-header-length')],
    [
      'a total length of one octet more than the frame is said to have had',
      packet({ length: '0019' }),
      { ...PLAIN, ipLength: 25, payloadLength: 5 },
    ],
    ['a frame shorter than the header', packet().slice(0, 19), stopped('Malformed', 'ip', 'ipv4-too-short')],
  ]
  test.each(rows)('%s', (_name, frame, expected) => {
    expect(decodeInnermost(frame, { linkType: LINKTYPE_IPV4 })).toEqual(expected)
  })

  test('takes lengths from the header where the snap length cut the payload', () => {
    expect(decodeInnermost(packet(), { linkType: LINKTYPE_IPV4, captured: 20 })).toEqual(PLAIN)
  })

  test('takes total length 0 from the length on the wire, not from what was captured', () => {
    const options = { linkType: LINKTYPE_IPV4, captured: 22, originalLength: 70000 }
    expect(decodeInnermost(packet({ length: '0000' }), options)).toEqual({
      ...PLAIN,
      ipLength: 70000,
      payloadLength: 69980,
    })
  })

  test('reports Truncated for every cut inside the header', () => {
    for (let captured = 0; captured < 20; captured++) {
      expect(decodeInnermost(packet(), { linkType: LINKTYPE_IPV4, captured })).toEqual(
        stopped('Truncated', 'ip', 'ipv4-truncated'),
      )
    }
  })
})

describe('decodeIpv4() of fragments', () => {
  test('gives the transport header of the first, and the place of each', () => {
    const whole = udp({ src: '10.0.0.1:1111', dst: '10.0.0.2:2222', payload: 50 })
    const [first, second, third] = fragments(whole, 24, 7).map((frame) =>
      decodeInnermost(frame, { linkType: LINKTYPE_IPV4 }),
    )
    const common = { protocol: 17, ttl: 64, ipId: 7 }
    expect(first).toEqual({
      ...common,
      src: '10.0.0.1:1111',
      dst: '10.0.0.2:2222',
      ipLength: 44,
      fragment: { id: 7, offset: 0, length: 24, more: 1 },
      payloadLength: 16,
    })
    expect(second).toEqual({
      ...common,
      src: '10.0.0.1',
      dst: '10.0.0.2',
      ipLength: 44,
      fragment: { id: 7, offset: 24, length: 24, more: 1 },
    })
    expect(third).toMatchObject({ ipLength: 30, fragment: { id: 7, offset: 48, length: 10, more: 0 } })
  })

  test('refuses a fragment that ends beyond 65535 octets, and takes the one that ends there', () => {
    const payload = hex('00'.repeat(24))
    const fragmentAt = (offset: number): Uint8Array =>
      concat(packet({ length: '002c', fragment: (offset / 8).toString(16).padStart(4, '0'), rest: '' }), payload)
    expect(decodeInnermost(fragmentAt(65488), { linkType: LINKTYPE_IPV4 })).toMatchObject({ ipLength: 44 })
    expect(decodeInnermost(fragmentAt(65496), { linkType: LINKTYPE_IPV4 })).toEqual(
      stopped('Malformed', 'ip', 'ip-fragment-offset'),
    )
  })
})
