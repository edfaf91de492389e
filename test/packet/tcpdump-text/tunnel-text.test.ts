import { describe, expect, test } from 'vitest'
import { Tunnel } from '../../../src/packet/packet-view.ts'
import { TextCursor } from '../../../src/packet/tcpdump-text/text-cursor.ts'
import { readGre, readUdpTunnel } from '../../../src/packet/tcpdump-text/tunnel-text.ts'

const INNER = 'IP 10.0.0.1.1 > 10.0.0.2.2: x'

describe('readUdpTunnel()', () => {
  test.each([
    [
      [`Geneve, Flags [none], vni 0x3: ${INNER}`],
      { tunnel: Tunnel.Geneve, vni: 3, headerLength: 16, isEthernet: true },
    ],
    [[`Geneve, Flags [C], vni 0xa, options [8 bytes]: ${INNER}`], { vni: 10, headerLength: 24 }],
    [[`Geneve, Flags [none], vni 0x3, proto IPv4 (0x0800): ${INNER}`], { vni: 3, isEthernet: false }],
    [
      ['Geneve, Flags [C], vni 0xa, options [class Standard (0x0) type 0x80(C) len 8, [x]]', `\t${INNER}`],
      { vni: 10, headerLength: undefined },
    ],
    [['VXLAN, flags [I] (0x08), vni 6', INNER], { tunnel: Tunnel.Vxlan, vni: 6, headerLength: 16, isEthernet: true }],
    [['VXLAN, flags [I] (0x08), gpid 1, vni 6', INNER], { vni: 6 }],
    [['OTV, flags [I] (0x08), overlay 0, instance 16777215', INNER], { tunnel: Tunnel.Vxlan, vni: 16777215 }],
  ])('%j', (lines, expected) => {
    const cursor = new TextCursor(lines)
    expect(readUdpTunnel(cursor)).toMatchObject(expected)
    expect(cursor.rest).toBe(INNER)
  })

  test.each(['UDP, length 5', 'Flags [S]', 'VXLAN', 'OTV, flags'])('%j is none', (line) => {
    const cursor = new TextCursor([line])
    expect([readUdpTunnel(cursor), cursor.at]).toEqual([undefined, 0])
  })
})

describe('readGre()', () => {
  test.each([
    [[`GREv0, length 64: ${INNER}`], { vni: -1, payloadLength: 64, isEthernet: false }],
    [[`GREv0, Flags [none], proto IPv4 (0x0800), length 64: ${INNER}`], { vni: -1, payloadLength: 64 }],
    [[`GREv0, Flags [key present], key=0x7, proto IPv4 (0x0800), length 64: ${INNER}`], { vni: 7 }],
    [[`GREv0, key=0x1f, length 64: ${INNER}`], { vni: 31 }],
    [[`GREv0, Flags [none], proto TEB (0x6558), length 64: ${INNER}`], { isEthernet: true }],
    [['GREv0, Flags [none], length 64', `\t${INNER}`], { payloadLength: 64 }],
    [[`[] ${INNER}`], { vni: -1, isEthernet: false }],
  ])('%j', (lines, expected) => {
    const cursor = new TextCursor(lines)
    expect(readGre(cursor)).toMatchObject({ tunnel: Tunnel.Gre, ...expected })
    expect(cursor.rest).toBe(INNER)
  })

  test('is undefined for anything else', () => {
    expect(readGre(new TextCursor(['Flags [S]']))).toBeUndefined()
  })
})
