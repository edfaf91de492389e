import { expect, test } from 'vitest'
import { concat, hex, ip, tcp } from '../support/packet-builder.ts'
import { decodeFrame, stopped } from '../support/packet-decode.ts'

const RAW = { linkType: 101 }
const PACKET = tcp({ src: '10.1.0.1:1111', dst: '10.2.0.1:80' })
const redirected = (header: string, packet = PACKET): Uint8Array =>
  ip({ src: '192.0.2.1', dst: '192.0.2.2', protocol: 47 }, concat(hex(`0000 883e ${header}`), packet))

test('decodeWccp() steps over the redirect header of version 2, and finds none in version 1', () => {
  expect(decodeFrame(redirected('00000101'), RAW)[1]).toMatchObject({ src: '10.1.0.1:1111', tunnel: 'gre' })
  expect(decodeFrame(redirected(''), RAW)[1]).toMatchObject({ src: '10.1.0.1:1111', tunnel: 'gre' })
})

test('decodeWccp() needs four octets', () => {
  expect(decodeFrame(redirected('000001', hex('')), RAW)[1]).toEqual(
    stopped('Malformed', 'tunnel', 'wccp-too-short', 1),
  )
  expect(decodeFrame(redirected('00000101'), { ...RAW, captured: 27 })[1]).toEqual(
    stopped('Truncated', 'tunnel', 'wccp-truncated', 1),
  )
})
