import { expect, test } from 'vitest'
import { decodeInnermost, stopped } from '../support/packet-decode.ts'
import { hex } from '../support/packet-octets.ts'

/** A frame around an IP packet of protocol 253 without payload, 10.0.0.1 > 10.0.0.2. */
const FRAME = hex(`
  020000000002 020000000001 0800
  4500 0014 0000 0000 40fd 0000 0a000001 0a000002`)

test('decodeEthernet() goes on by the EtherType', () => {
  expect(decodeInnermost(FRAME)).toMatchObject({ src: '10.0.0.1', dst: '10.0.0.2', protocol: 253, payloadLength: 0 })
})

test('decodeEthernet() leaves padding of short frames to the IP length', () => {
  const padded = new Uint8Array(60)
  padded.set(FRAME)
  expect(decodeInnermost(padded)).toMatchObject({ ipLength: 20, payloadLength: 0 })
})

test('decodeEthernet() needs the whole header', () => {
  for (let captured = 0; captured < 14; captured++) {
    expect(decodeInnermost(FRAME, { captured })).toEqual(stopped('Truncated', 'link', 'ethernet-truncated'))
    expect(decodeInnermost(FRAME.slice(0, captured))).toEqual(stopped('Malformed', 'link', 'ethernet-too-short'))
  }
})
