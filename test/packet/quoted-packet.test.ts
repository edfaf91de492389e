import { describe, expect, test } from 'vitest'
import { extension, fragments, gre, icmpEcho, icmpError, ipv4, sctp, tcp, udp } from '../support/packet-builder.ts'
import { decodeInnermost } from '../support/packet-decode.ts'

const RAW = { linkType: 101 }

/** The quote in an error from a router about `quoted`, or `undefined`. */
function quoteOf(quoted: Uint8Array, options: { quoteLength?: number; captured?: number } = {}): unknown {
  const isV6 = (quoted[0] ?? 0) >> 4 === 6
  const ends = isV6 ? { src: 'fd00::ff', dst: 'fd00::1', type: 1 } : { src: '10.0.0.254', dst: '10.0.0.1', type: 3 }
  const { quoteLength } = options
  const error = icmpError({ ...ends, quoted, ...(quoteLength === undefined ? {} : { quoteLength }) })
  const captured = options.captured ?? error.length
  const decoded = decodeInnermost(error, { ...RAW, captured }) as { icmp?: { quoted?: unknown } }
  expect(decoded.icmp).toBeDefined()
  return decoded.icmp?.quoted
}

const V4 = { src: '10.0.0.1:1111', dst: '10.0.0.2:2222' }
const V6 = { src: '[fd00::1]:1111', dst: '[fd00::2]:2222' }

describe('QuotedPacketReader', () => {
  const rows: [name: string, quoted: Uint8Array, expected: object][] = [
    ['TCP', tcp({ ...V4, seq: 0xf0000001, payload: 99 }), { protocol: 6, ...V4, seq: 0xf0000001 }],
    ['UDP', udp({ ...V4, payload: 99 }), { protocol: 17, ...V4, seq: 0 }],
    ['SCTP', sctp({ ...V4 }), { protocol: 132, ...V4, seq: 0 }],
    ['TCP over IPv6', tcp({ ...V6, seq: 5 }), { protocol: 6, ...V6, seq: 5 }],
    [
      'TCP over IPv6 with extension headers',
      tcp({ ...V6, seq: 5, extensions: [extension.hopByHop(), extension.destinationOptions()] }),
      { protocol: 6, ...V6, seq: 5 },
    ],
    [
      'an echo request, by its identifier',
      icmpEcho({ src: '10.0.0.1', dst: '10.0.0.2', id: 4711 }),
      { protocol: 1, src: '10.0.0.1:4711', dst: '10.0.0.2', seq: 0 },
    ],
    [
      'an ICMPv6 echo request',
      icmpEcho({ src: 'fd00::1', dst: 'fd00::2', id: 4711 }),
      { protocol: 58, src: '[fd00::1]:4711', dst: 'fd00::2', seq: 0 },
    ],
    [
      'a protocol without ports',
      gre({ src: '10.0.0.1', dst: '10.0.0.2' }, tcp(V4)),
      { protocol: 47, src: '10.0.0.1', dst: '10.0.0.2', seq: 0 },
    ],
    [
      'a first fragment',
      fragments(udp({ ...V4, payload: 99 }), 16)[0] ?? new Uint8Array(0),
      { protocol: 17, ...V4, seq: 0 },
    ],
  ]
  test.each(rows)('reads a quote of %s', (_name, quoted, expected) => {
    expect(quoteOf(quoted)).toEqual(expected)
  })

  test('needs eight octets of the transport header and no more (RFC 792)', () => {
    expect(quoteOf(tcp({ ...V4, payload: 1000 }), { quoteLength: 28 })).toMatchObject(V4)
    expect(quoteOf(tcp({ ...V4, payload: 1000 }), { quoteLength: 27 })).toBeUndefined()
  })

  test('reads no further than what was captured', () => {
    const quoteAt = 28
    expect(quoteOf(tcp(V4), { captured: quoteAt + 28 })).toMatchObject(V4)
    expect(quoteOf(tcp(V4), { captured: quoteAt + 27 })).toBeUndefined()
  })

  test('names no flow for a later fragment, for an ICMP error, for what is no IP packet', () => {
    const error = icmpError({ src: '10.0.0.1', dst: '10.0.0.2', type: 3, quoted: udp(V4) })
    expect(quoteOf(fragments(udp({ ...V4, payload: 99 }), 16)[1] ?? new Uint8Array(0))).toBeUndefined()
    expect(quoteOf(error)).toBeUndefined()
    expect(quoteOf(ipv4({ src: '10.0.0.1', dst: '10.0.0.2', protocol: 6 }, 4))).toBeUndefined()
    expect(quoteOf(new Uint8Array(40).fill(0x55))).toBeUndefined()
  })

  test('leaves nothing of an earlier quote', () => {
    expect(quoteOf(tcp(V4))).toBeDefined()
    expect(quoteOf(new Uint8Array(0))).toBeUndefined()
  })
})
