import { expect, test } from 'vitest'
import { concat, hex, tcp } from '../support/packet-builder.ts'
import { decodeInnermost, stopped } from '../support/packet-decode.ts'

const ARCNET = { linkType: 129 }
const V4 = tcp({ src: '10.0.0.1:1', dst: '10.0.0.2:2' })
const V6 = tcp({ src: '[fd00::1]:1', dst: '[fd00::2]:2' })
/** Destination, source, offset; system code, split flag, sequence number. */
const header = (systemCode: string): Uint8Array => hex(`be00 ea08 ${systemCode} 00 0165`)

test('decodeArcnetLinux() goes on by the system code', () => {
  expect(decodeInnermost(concat(header('d4'), V4), ARCNET)).toMatchObject({ src: '10.0.0.1:1' })
  expect(decodeInnermost(concat(header('c4'), V6), ARCNET)).toMatchObject({ src: '[fd00::1]:1' })
  expect(decodeInnermost(header('d5'), ARCNET)).toEqual(stopped('NotIp', 'link', 'arp'))
  expect(decodeInnermost(header('d6'), ARCNET)).toEqual(stopped('NotIp', 'link', 'rarp'))
  expect(decodeInnermost(header('fa'), ARCNET)).toEqual(stopped('Unsupported', 'link', 'arcnet-protocol'))
})

test('decodeArcnetLinux() needs the whole header', () => {
  for (let captured = 0; captured < 8; captured++) {
    expect(decodeInnermost(header('d4'), { ...ARCNET, captured })).toEqual(
      stopped('Truncated', 'link', 'arcnet-truncated'),
    )
  }
  expect(decodeInnermost(header('d4').slice(0, 7), ARCNET)).toEqual(stopped('Malformed', 'link', 'arcnet-too-short'))
})
