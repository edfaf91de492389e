import { describe, expect, test } from 'vitest'
import { concat, ethernet, hex, ip, tcp } from '../support/packet-builder.ts'
import { decodeFrame, stopped } from '../support/packet-decode.ts'

const RAW = { linkType: 101 }
const FRAME = ethernet(tcp({ src: '10.1.0.1:1111', dst: '10.2.0.1:80' }))
const mirrored = (header: string, frame = FRAME): Uint8Array =>
  ip({ src: '192.0.2.1', dst: '192.0.2.2', protocol: 47 }, concat(hex(header), frame))

const TYPE2 = '1000 88be 00000001 10010001 00000000'
const TYPE3 = '1000 22eb 00000001 20010001 00000000 00000000'
const TYPE3_SUBHEADER = '1000 22eb 00000001 20010001 00000000 00000001 0000000000000000'

describe('ERSPAN', () => {
  test.each([
    ['type I: nothing behind GRE', '0000 88be'],
    ['type II', TYPE2],
    ['type III', TYPE3],
    ['type III with a platform subheader', TYPE3_SUBHEADER],
  ])('%s', (_name, header) => {
    expect(decodeFrame(mirrored(header), RAW)[1]).toMatchObject({ src: '10.1.0.1:1111', tunnel: 'gre', depth: 1 })
  })

  test.each([
    ['type II', TYPE2],
    ['type III', TYPE3],
    ['type III with a platform subheader', TYPE3_SUBHEADER],
  ])('%s needs its whole header', (_name, header) => {
    const length = hex(header).length
    for (let size = 8 + 1; size < length; size++) {
      expect(decodeFrame(mirrored(header), { ...RAW, captured: 20 + size })[1]).toEqual(
        stopped('Truncated', 'tunnel', 'erspan-truncated', 1),
      )
      const short = mirrored(header.replace(/\s/g, '').slice(0, size * 2), hex(''))
      expect(decodeFrame(short, RAW)[1]).toEqual(stopped('Malformed', 'tunnel', 'erspan-too-short', 1))
    }
  })
})
