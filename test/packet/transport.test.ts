import { describe, expect, test } from 'vitest'
import { fragments, icmpEcho, icmpError, ipv4, ipv6, tcp, udp } from '../support/packet-builder.ts'
import { decodeInnermost } from '../support/packet-decode.ts'

const RAW = { linkType: 101 }
const ENDS = { src: '10.0.0.1', dst: '10.0.0.2' }

describe('TransportDecoder', () => {
  test('takes any other protocol for a packet without ports', () => {
    decodeInnermost(udp({ src: '10.0.0.1:53', dst: '10.0.0.2:53', payload: 8 }), RAW)
    for (const protocol of [2, 89, 103, 112, 255]) {
      const decoded = decodeInnermost(ipv4({ ...ENDS, protocol }, 12), RAW)
      expect(decoded).toMatchObject({ ...ENDS, protocol, payloadLength: 12 })
      expect(decoded).not.toHaveProperty('dnsId')
    }
    expect(decodeInnermost(ipv6({ src: 'fd00::1', dst: 'fd00::2', protocol: 59 }), RAW)).toMatchObject({
      payloadLength: 0,
    })
  })

  test('shows no ports of an earlier packet in a later fragment', () => {
    decodeInnermost(tcp({ src: '10.0.0.1:1111', dst: '10.0.0.2:80' }), RAW)
    const [, later] = fragments(udp({ src: '10.0.0.1:53', dst: '10.0.0.2:53', payload: 64 }), 32)
    expect(decodeInnermost(later ?? new Uint8Array(0), RAW)).toMatchObject(ENDS)
  })

  test('reads the quote of errors only', () => {
    const quoted = tcp({ src: '10.0.0.1:1111', dst: '10.0.0.2:80' })
    expect(decodeInnermost(icmpError({ ...ENDS, type: 3, code: 3, quoted }), RAW)).toHaveProperty('icmp.quoted')
    expect(decodeInnermost(icmpEcho({ ...ENDS, payload: quoted }), RAW)).not.toHaveProperty('icmp.quoted')
  })
})
