import { describe, expect, test } from 'vitest'
import { concat, hex, tcp, uints } from '../support/packet-builder.ts'
import { decodeInnermost, stopped } from '../support/packet-decode.ts'

const NFLOG = { linkType: 239 }
const V4 = tcp({ src: '10.0.0.1:1', dst: '10.0.0.2:2', payload: 3 })
const V6 = tcp({ src: '[fd00::1]:1', dst: '[fd00::2]:2' })

interface Attribute {
  readonly type: number
  readonly value: Uint8Array
  readonly length?: number
}

/** Family, version, group; attributes in the byte order of the capturing machine, padded to four octets. */
function nflog(attributes: readonly Attribute[], options: { family?: string; bigEndian?: boolean } = {}): Uint8Array {
  const parts = attributes.map(({ type, value, length }) => {
    const head = uints([16, length ?? value.length + 4]),
      code = uints([16, type])
    const padding = new Uint8Array((4 - (value.length % 4)) % 4)
    return options.bigEndian
      ? concat(head, code, value, padding)
      : concat(head.reverse(), code.reverse(), value, padding)
  })
  return concat(hex(`${options.family ?? '02'} 00 0001`), ...parts)
}

const HEADER = { type: 1, value: hex('0800 03 00') }
const IN = { type: 4, value: uints([32, 7]) }
const OUT = { type: 5, value: uints([32, 2]) }
const PREFIX = { type: 10, value: hex('6d00') }

describe('decodeNflog()', () => {
  test('finds the packet among the attributes, in both byte orders', () => {
    for (const bigEndian of [false, true]) {
      const frame = nflog([HEADER, PREFIX, { type: 9, value: V4 }], { bigEndian })
      expect(decodeInnermost(frame, NFLOG)).toMatchObject({ src: '10.0.0.1:1', payloadLength: 3 })
    }
    const v6 = nflog([HEADER, { type: 9, value: V6 }], { family: '0a' })
    expect(decodeInnermost(v6, NFLOG)).toMatchObject({ src: '[fd00::1]:1' })
  })

  test('keeps the device: of a forwarded packet the outgoing one', () => {
    const payload = { type: 9, value: V4 }
    expect(decodeInnermost(nflog([HEADER, IN, payload]), NFLOG)).toMatchObject({ ifindex: 7, direction: 1 })
    expect(decodeInnermost(nflog([HEADER, OUT, payload]), NFLOG)).toMatchObject({ ifindex: 2, direction: 2 })
    expect(decodeInnermost(nflog([HEADER, IN, OUT, payload]), NFLOG)).toMatchObject({ ifindex: 2, direction: 2 })
    expect(decodeInnermost(nflog([HEADER, OUT, IN, payload]), NFLOG)).toMatchObject({ ifindex: 2, direction: 2 })
  })

  const rows: [name: string, frame: Uint8Array, expected: object][] = [
    ['no payload', nflog([HEADER, PREFIX]), stopped('Malformed', 'link', 'nflog-payload')],
    [
      'an attribute shorter than its header',
      nflog([HEADER, { ...PREFIX, length: 3 }]),
      stopped('Malformed', 'link', 'nflog-attribute-length'),
    ],
    [
      'an attribute longer than the record',
      nflog([HEADER, { ...PREFIX, length: 99 }]),
      stopped('Malformed', 'link', 'nflog-attribute-length'),
    ],
    [
      'a bridged frame',
      nflog([HEADER, { type: 9, value: V4 }], { family: '07' }),
      stopped('NotIp', 'link', 'address-family'),
    ],
    ['an empty record', hex(''), stopped('Malformed', 'link', 'nflog-payload')],
  ]
  test.each(rows)('%s', (_name, frame, expected) => {
    expect(decodeInnermost(frame, NFLOG)).toMatchObject(expected)
  })

  test('reports Truncated for every cut in front of the packet', () => {
    const frame = nflog([HEADER, PREFIX, { type: 9, value: V4 }])
    for (let captured = 0; captured < frame.indexOf(0x45); captured++) {
      expect(decodeInnermost(frame, { ...NFLOG, captured })).toMatchObject({ status: 'Truncated' })
    }
  })
})
