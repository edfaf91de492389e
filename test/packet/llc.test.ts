import { describe, expect, test } from 'vitest'
import { hex, snap, tcp } from '../support/packet-builder.ts'
import { decodeInnermost, stopped } from '../support/packet-decode.ts'

const MACS = '020000000002 020000000001'
const PACKET = tcp({ src: '10.0.0.1:1', dst: '10.0.0.2:2', payload: 3 })

describe('decodeLlc()', () => {
  test.each([
    ['RFC 1042', 0x000000],
    ['802.1H', 0x0000f8],
  ])('steps over SNAP of %s to the packet', (_name, organization) => {
    expect(decodeInnermost(snap(PACKET, { organization }))).toMatchObject({ src: '10.0.0.1:1', payloadLength: 3 })
  })

  test('reads IP directly behind LLC', () => {
    const frame = hex(`${MACS} 0017 060603 4500 0014 0000 0000 40fd 0000 0a000001 0a000002`)
    expect(decodeInnermost(frame)).toMatchObject({ src: '10.0.0.1', protocol: 253 })
  })

  const rows: [name: string, header: string, reason: string][] = [
    ['spanning tree', '0003 424203', 'stp'],
    ['IS-IS', '0003 fefe03', 'is-is'],
    ['Novell', '0003 e0e003', 'ipx'],
    ['NetBIOS', '0003 f0f003', 'llc'],
    ['Cisco discovery protocol', '0008 aaaa03 00000c 2000', 'cisco-snap'],
    ['SNAP of another organization', '0008 aaaa03 080007 809b', 'llc'],
    ['ARP in SNAP', '0008 aaaa03 000000 0806', 'arp'],
  ]
  test.each(rows)('%s is not IP', (_name, header, reason) => {
    expect(decodeInnermost(hex(`${MACS} ${header}`))).toEqual(stopped('NotIp', 'link', reason))
  })

  test('needs the whole header', () => {
    const frame = snap(PACKET)
    for (let captured = 14; captured < 22; captured++) {
      expect(decodeInnermost(frame, { captured })).toEqual(stopped('Truncated', 'link', 'llc-truncated'))
    }
    expect(decodeInnermost(hex(`${MACS} 0002 aaaa`))).toEqual(stopped('Malformed', 'link', 'llc-too-short'))
  })
})
