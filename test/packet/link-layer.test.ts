import { describe, expect, test } from 'vitest'
import { LINKTYPE_TCPDUMP_TEXT } from '../../src/capture/record.ts'
import { ethernet, mpls, ppp, pppoe, tcp } from '../support/packet-builder.ts'
import { decodeInnermost, stopped } from '../support/packet-decode.ts'

const PACKET = tcp({ src: '10.0.0.1:1', dst: '10.0.0.2:2' })

describe('decodeLinkHeader()', () => {
  test.each([105, 119, 127, 163, 192])('802.11 in any wrapping is left out as opaque (link type %d)', (linkType) => {
    expect(decodeInnermost(PACKET, { linkType })).toEqual(stopped('Opaque', 'link', 'wlan'))
  })

  test.each([2, 147, 189, 220, 65535, LINKTYPE_TCPDUMP_TEXT])('link type %d is unsupported', (linkType) => {
    expect(decodeInnermost(PACKET, { linkType })).toEqual(stopped('Unsupported', 'link', 'link-type'))
  })

  test('the link types of one IP version hold the packet to it', () => {
    expect(decodeInnermost(PACKET, { linkType: 228 })).toMatchObject({ src: '10.0.0.1:1' })
    expect(decodeInnermost(PACKET, { linkType: 229 })).toEqual(stopped('Malformed', 'ip', 'ip-version'))
  })
})

describe('stepToIp()', () => {
  test('steps over headers in whatever order they come', () => {
    const labelled = ppp(mpls([16, 17], PACKET), { protocol: 0x0281 })
    const frame = ethernet(ethernet(pppoe(PACKET), { etherType: 0x8864, vlans: [{ id: 7 }] }), {
      etherType: 0x6558,
      vlans: [{ id: 5, type: 0x88a8 }, { id: 6 }],
    })
    expect(decodeInnermost(frame)).toMatchObject({ src: '10.0.0.1:1', vlan: 5 })
    expect(decodeInnermost(labelled, { linkType: 9 })).toMatchObject({ src: '10.0.0.1:1' })
  })

  test('ends on a frame that holds nothing but tags', () => {
    const tags = Array.from({ length: 5000 }, () => ({ id: 1 }))
    const frame = ethernet(new Uint8Array(0), { vlans: tags, etherType: 0x8100 })
    expect(decodeInnermost(frame)).toMatchObject({ status: 'Malformed', reason: 'vlan-too-short' })
  })
})
