import { expect, test } from 'vitest'
import { hex, ipv4 } from '../support/packet-builder.ts'
import { decodeInnermost, stopped } from '../support/packet-decode.ts'

const RAW = { linkType: 101 }
const ENDS = { src: '10.0.0.1', dst: '10.0.0.2', protocol: 132 }

/** Ports 36412 and 36413, verification tag, checksum; an INIT chunk's header as payload. */
const PACKET = ipv4(ENDS, hex('8e3c 8e3d 00000000 deadbeef 0100 0004'))

test('decodeSctp() reads the ports, and takes all chunks for payload', () => {
  expect(decodeInnermost(PACKET, RAW)).toMatchObject({
    src: '10.0.0.1:36412',
    dst: '10.0.0.2:36413',
    protocol: 132,
    payloadLength: 4,
  })
})

test('decodeSctp() needs the whole common header', () => {
  for (let captured = 20; captured < 32; captured++) {
    expect(decodeInnermost(PACKET, { ...RAW, captured })).toEqual(stopped('Truncated', 'transport', 'sctp-truncated'))
  }
  expect(decodeInnermost(ipv4(ENDS, 11), RAW)).toEqual(stopped('Malformed', 'transport', 'sctp-too-short'))
})
