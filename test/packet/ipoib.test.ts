import { expect, test } from 'vitest'
import { concat, hex, tcp } from '../support/packet-builder.ts'
import { decodeInnermost, stopped } from '../support/packet-decode.ts'

const IPOIB = { linkType: 242 }
const PACKET = tcp({ src: '10.0.0.1:1', dst: '10.0.0.2:2' })
/** 40 octets of global route header, EtherType, two octets reserved. */
const FRAME = concat(hex(`${'00'.repeat(40)} 0800 0000`), PACKET)

test('decodeIpoib() steps over both headers', () => {
  expect(decodeInnermost(FRAME, IPOIB)).toMatchObject({ src: '10.0.0.1:1' })
})

test('decodeIpoib() needs both headers whole', () => {
  for (let captured = 0; captured < 44; captured++) {
    expect(decodeInnermost(FRAME, { ...IPOIB, captured })).toEqual(stopped('Truncated', 'link', 'ipoib-truncated'))
  }
  expect(decodeInnermost(FRAME.slice(0, 43), IPOIB)).toEqual(stopped('Malformed', 'link', 'ipoib-too-short'))
})
