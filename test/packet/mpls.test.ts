import { describe, expect, test } from 'vitest'
import { concat, ethernet, hex, mpls, tcp } from '../support/packet-builder.ts'
import { decodeInnermost, stopped } from '../support/packet-decode.ts'

const V4 = tcp({ src: '10.0.0.1:1', dst: '10.0.0.2:2' })
const V6 = tcp({ src: '[fd00::1]:1', dst: '[fd00::2]:2' })
const labelled = (packet: Uint8Array, labels: number[] = [16], etherType = 0x8847): Uint8Array =>
  ethernet(mpls(labels, packet), { etherType })

describe('decodeMpls()', () => {
  const rows: [name: string, frame: Uint8Array, expected: object][] = [
    ['one label', labelled(V4), { src: '10.0.0.1:1' }],
    ['three labels', labelled(V4, [100, 200, 300]), { src: '10.0.0.1:1' }],
    ['upstream-assigned labels', labelled(V4, [16], 0x8848), { src: '10.0.0.1:1' }],
    ['IPv6', labelled(V6), { src: '[fd00::1]:1' }],
    ['a pseudowire with a control word', labelled(concat(hex('00000001'), ethernet(V4))), { src: '10.0.0.1:1' }],
    ['a pseudowire without one', labelled(ethernet(V4, { dst: hex('a20000000002') })), { src: '10.0.0.1:1' }],
  ]
  test.each(rows)('%s', (_name, frame, expected) => {
    const decoded = decodeInnermost(frame)
    expect(decoded).toMatchObject(expected)
    expect(decoded).not.toHaveProperty('depth') // labels are no tunnel: there is one IP header
  })

  test('an associated channel is not IP', () => {
    expect(decodeInnermost(labelled(hex('10000007 0000')))).toEqual(stopped('NotIp', 'link', 'mpls-control'))
  })

  test('needs the whole stack and what tells the payload', () => {
    const frame = labelled(V4, [1, 2])
    for (let captured = 14; captured < 23; captured++) {
      expect(decodeInnermost(frame, { captured })).toEqual(stopped('Truncated', 'link', 'mpls-truncated'))
    }
    const noBottom = ethernet(hex('00010040 00010040'), { etherType: 0x8847 })
    expect(decodeInnermost(noBottom)).toEqual(stopped('Malformed', 'link', 'mpls-too-short'))
  })
})
