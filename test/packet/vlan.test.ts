import { describe, expect, test } from 'vitest'
import { decodeInnermost, stopped } from '../support/packet-decode.ts'
import { hex } from '../support/packet-octets.ts'

const MACS = '020000000002 020000000001'
/** An IP packet of protocol 253 without payload, 10.0.0.1 > 10.0.0.2. */
const IP = '4500 0014 0000 0000 40fd 0000 0a000001 0a000002'

describe('tags between Ethernet header and packet', () => {
  const rows: [name: string, tags: string, vlan: number | undefined][] = [
    ['802.1Q, priority bits aside', '8100 e005 0800', 5],
    ['802.1ad', '88a8 0fff 0800', 4095],
    ['0x9100', '9100 0007 0800', 7],
    ['a priority tag', '8100 2000 0800', 0],
    ['QinQ: the outermost counts', '88a8 0064 8100 0005 0800', 100],
    ['four tags', '8100 0001 8100 0002 8100 0003 8100 0004 0800', 1],
    ['VN-Tag', '8926 00000001 0800', undefined],
    ['VN-Tag around 802.1Q', '8926 00000001 8100 0009 0800', 9],
    ['provider backbone', `88a8 0064 88e7 00000001 ${MACS} 8100 0005 0800`, 100],
  ]
  test.each(rows)('%s', (_name, tags, vlan) => {
    const decoded = decodeInnermost(hex(`${MACS} ${tags} ${IP}`))
    expect(decoded).toMatchObject({ src: '10.0.0.1', ...(vlan === undefined ? {} : { vlan }) })
    if (vlan === undefined) expect(decoded).not.toHaveProperty('vlan')
  })

  test('a tag in front of LLC', () => {
    expect(decodeInnermost(hex(`${MACS} 8100 0005 0003 424203`))).toEqual({
      ...stopped('NotIp', 'link', 'stp'),
      vlan: 5,
    })
  })

  test.each([
    ['802.1Q', '8100 0005 0800', 4],
    ['VN-Tag', '8926 00000001 0800', 6],
    ['provider backbone', '88e7 00000001', 4],
  ])('%s needs the whole tag', (_name, tags, length) => {
    const frame = hex(`${MACS} ${tags}`)
    for (let captured = 14; captured < 14 + length; captured++) {
      expect(decodeInnermost(frame, { captured })).toEqual(stopped('Truncated', 'link', 'vlan-truncated'))
      expect(decodeInnermost(frame.slice(0, captured))).toEqual(stopped('Malformed', 'link', 'vlan-too-short'))
    }
  })
})
