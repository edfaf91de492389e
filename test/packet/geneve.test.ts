import { describe, expect, test } from 'vitest'
import { concat, ethernet, hex, tcp, udp } from '../support/packet-builder.ts'
import { decodeFrame, stopped } from '../support/packet-decode.ts'

const RAW = { linkType: 101 }
const V4 = tcp({ src: '10.244.0.101:53938', dst: '10.244.1.7:80' })
const V6 = tcp({ src: '[fd00::1]:53938', dst: '[fd00::2]:80' })

function geneve(header: string, payload: Uint8Array): Uint8Array {
  return udp({ src: '172.18.0.2:40000', dst: '172.18.0.3:6081', payload: concat(hex(header), payload) })
}

describe('decodeGeneve()', () => {
  const rows: [name: string, frame: Uint8Array, expected: object][] = [
    ['Ethernet inside', geneve('00 00 6558 001267 00', ethernet(V4)), { src: '10.244.0.101:53938', vni: 0x1267 }],
    ['IPv4 inside', geneve('00 00 0800 ffffff 00', V4), { src: '10.244.0.101:53938', vni: 0xffffff }],
    ['IPv6 inside', geneve('00 00 86dd 000000 00', V6), { src: '[fd00::1]:53938', vni: 0 }],
    ['one option', geneve('02 00 6558 000001 00 0102 8001 0a0b0c0d', ethernet(V4)), { src: '10.244.0.101:53938' }],
    [
      'options of 252 octets',
      geneve(`3f 40 6558 000001 00 ${'00'.repeat(252)}`, ethernet(V4)),
      { src: '10.244.0.101:53938' },
    ],
    [
      'ARP inside',
      geneve('00 00 6558 000001 00', ethernet(hex('0001'), { etherType: 0x0806 })),
      stopped('NotIp', 'link', 'arp', 1),
    ],
    [
      'another version',
      geneve('40 00 6558 000001 00', ethernet(V4)),
      stopped('Unsupported', 'tunnel', 'geneve-version', 1),
    ],
    [
      'options beyond the datagram',
      geneve('3f 00 6558 000001 00', hex('00'.repeat(251))),
      stopped('Malformed', 'tunnel', 'geneve-options-length', 1),
    ],
    ['seven octets', geneve('00 00 6558 000001', hex('')), stopped('Malformed', 'tunnel', 'geneve-too-short', 1)],
  ]
  test.each(rows)('%s', (_name, frame, expected) => {
    const views = decodeFrame(frame, RAW)
    expect(views).toMatchObject([{ src: '172.18.0.2:40000', dst: '172.18.0.3:6081' }, expected])
    if (!('status' in expected)) expect(views[1]).toMatchObject({ tunnel: 'geneve', depth: 1 })
  })

  test('reports Truncated for every cut inside header and options', () => {
    const frame = geneve('02 00 6558 000001 00 0102 8001 0a0b0c0d', ethernet(V4))
    for (let captured = 28; captured < 36; captured++) {
      expect(decodeFrame(frame, { ...RAW, captured }).at(-1)).toEqual(
        stopped('Truncated', 'tunnel', 'geneve-truncated', 1),
      )
    }
    for (let captured = 36; captured < 44; captured++) {
      expect(decodeFrame(frame, { ...RAW, captured }).at(-1)).toMatchObject({ status: 'Truncated', depth: 1 })
    }
  })
})
