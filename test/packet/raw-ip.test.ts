import { describe, expect, test } from 'vitest'
import { hex, tcp } from '../support/packet-builder.ts'
import { decodeInnermost, stopped } from '../support/packet-decode.ts'

const V4 = tcp({ src: '10.0.0.1:1', dst: '10.0.0.2:2' })
const V6 = tcp({ src: '[fd00::1]:1', dst: '[fd00::2]:2' })

describe('decodeRawIp()', () => {
  test.each([12, 14, 101])('tells the family by the version, link type %d', (linkType) => {
    expect(decodeInnermost(V4, { linkType })).toMatchObject({ src: '10.0.0.1:1' })
    expect(decodeInnermost(V6, { linkType })).toMatchObject({ src: '[fd00::1]:1' })
  })

  test('refuses other versions, and says nothing of no octets at all', () => {
    expect(decodeInnermost(hex('55'), { linkType: 101 })).toEqual(stopped('Malformed', 'ip', 'ip-version'))
    expect(decodeInnermost(V4, { linkType: 101, captured: 0 })).toEqual(stopped('Truncated', 'link', 'ip-truncated'))
    expect(decodeInnermost(hex(''), { linkType: 101 })).toEqual(stopped('Malformed', 'link', 'ip-too-short'))
  })
})
