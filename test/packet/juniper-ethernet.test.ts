import { describe, expect, test } from 'vitest'
import { concat, ethernet, hex, tcp } from '../support/packet-builder.ts'
import { decodeInnermost, stopped } from '../support/packet-decode.ts'

const JUNIPER = { linkType: 178 }
const FRAME = ethernet(tcp({ src: '10.0.0.1:1', dst: '10.0.0.2:2' }))

describe('decodeJuniperEthernet()', () => {
  const rows: [name: string, header: string, expected: object][] = [
    ['without extensions', '4d4743 00', { src: '10.0.0.1:1' }],
    ['with extensions', '4d4743 80 0006 010203040506', { src: '10.0.0.1:1' }],
    ['another magic', '4d4744 00', stopped('Malformed', 'link', 'juniper-magic')],
    ['no link header inside', '4d4743 02', stopped('Unsupported', 'link', 'juniper-flags')],
    ['extensions beyond the record', '4d4743 80 ffff', stopped('Malformed', 'link', 'ethernet-too-short')],
  ]
  test.each(rows)('%s', (_name, header, expected) => {
    expect(decodeInnermost(concat(hex(header), FRAME), JUNIPER)).toMatchObject(expected)
  })

  test('needs the whole header', () => {
    const frame = concat(hex('4d4743 80 0006 010203040506'), FRAME)
    for (let captured = 0; captured < 6; captured++) {
      expect(decodeInnermost(frame, { ...JUNIPER, captured })).toEqual(
        stopped('Truncated', 'link', 'juniper-truncated'),
      )
    }
    expect(decodeInnermost(hex('4d474380'), JUNIPER)).toEqual(stopped('Malformed', 'link', 'juniper-too-short'))
  })
})
