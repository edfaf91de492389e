import { describe, expect, test } from 'vitest'
import { concat, ethernet, hex, tcp, udp } from '../support/packet-builder.ts'
import { decodeFrame, stopped } from '../support/packet-decode.ts'

const RAW = { linkType: 101 }
const INNER = tcp({ src: '10.244.0.101:53938', dst: '10.244.1.7:80', payload: 5 })

/** A datagram to `port` with this VXLAN header in front of an Ethernet frame. */
function vxlan(header: string, port = 8472, src = '172.18.0.2:40000'): Uint8Array {
  return udp({ src, dst: `172.18.0.3:${port}`, payload: concat(hex(header), ethernet(INNER)) })
}

describe('decodeVxlan()', () => {
  test.each([8472, 4789])('gives the outer datagram, then the inner packet (port %d)', (port) => {
    expect(decodeFrame(vxlan('08000000 00126700', port), RAW)).toEqual([
      {
        src: '172.18.0.2:40000',
        dst: `172.18.0.3:${port}`,
        protocol: 17,
        ttl: 64,
        ipId: 0,
        ipLength: 95,
        payloadLength: 67,
      },
      {
        src: '10.244.0.101:53938',
        dst: '10.244.1.7:80',
        protocol: 6,
        ttl: 64,
        ipId: 0,
        ipLength: 45,
        payloadLength: 5,
        tcp: { flags: 0x10, seq: 0, ack: 0, window: 502, headerLength: 20 },
        depth: 1,
        tunnel: 'vxlan',
        vni: 0x1267,
        outer: ['172.18.0.2', '172.18.0.3'],
      },
    ])
  })

  test('reads the VNI unsigned, reserved and extension bits aside', () => {
    expect(decodeFrame(vxlan('8800beef ffffff00'), RAW).at(-1)).toMatchObject({ vni: 0xffffff })
  })

  test('goes by the destination port: a source port may be any number', () => {
    const reply = udp({ src: '172.18.0.2:8472', dst: '172.18.0.3:40000', payload: hex('08000000 00000100') })
    expect(decodeFrame(reply, RAW)).toHaveLength(1)
    expect(decodeFrame(vxlan('08000000 00000100', 8473), RAW)).toHaveLength(1)
  })

  test('leaves the outer datagram Ok where the header is wrong, missing or cut', () => {
    const outer = { src: '172.18.0.2:40000', protocol: 17 }
    expect(decodeFrame(vxlan('00000000 00000100'), RAW)).toMatchObject([
      outer,
      stopped('Malformed', 'tunnel', 'vxlan-flags', 1),
    ])
    const short = udp({ src: '172.18.0.2:40000', dst: '172.18.0.3:8472', payload: hex('08000000 000001') })
    expect(decodeFrame(short, RAW)).toMatchObject([outer, stopped('Malformed', 'tunnel', 'vxlan-too-short', 1)])
    for (let captured = 28; captured < 36; captured++) {
      expect(decodeFrame(vxlan('08000000 00000100'), { ...RAW, captured })).toMatchObject([
        outer,
        stopped('Truncated', 'tunnel', 'vxlan-truncated', 1),
      ])
    }
  })
})
