import { describe, expect, test } from 'vitest'
import { FrameDecoder, MAX_DEPTH } from '../../src/packet/decode.ts'
import { Tunnel } from '../../src/packet/packet-view.ts'
import { esp, ethernet, geneve, gre, ipInIp, sll2, tcp, vxlan } from '../support/packet-builder.ts'
import { decodeFrame, stopped } from '../support/packet-decode.ts'
import { recordOf } from '../support/packet-record.ts'

const RAW = { linkType: 101 }
const ENDS = { src: '172.18.0.2', dst: '172.18.0.3' }
const PACKET = tcp({ src: '10.0.0.1:1111', dst: '10.0.0.2:80' })

/** A packet inside `levels` levels of IP in IP. */
function nested(levels: number): Uint8Array {
  return Array.from({ length: levels }).reduce<Uint8Array>((packet) => ipInIp(ENDS, packet), PACKET)
}

describe('FrameDecoder.decode()', () => {
  test('carries time, number, interface and direction of the record into every view', () => {
    const decoder = new FrameDecoder()
    const frame = sll2(vxlan(ENDS, ethernet(PACKET)), { ifindex: 8, packetType: 4 })
    const place = { number: 7, timeSec: 1_700_000_000, timeNsec: 999_999_999, interfaceIndex: 3 }
    expect(decoder.decode(recordOf(frame, { linkType: 276, ...place }))).toBe(2)
    for (const view of decoder.views.slice(0, 2)) {
      expect(view).toMatchObject({
        recordNumber: 7,
        timeSec: 1_700_000_000,
        timeNsec: 999_999_999,
        hasTime: true,
        interfaceIndex: 3,
        ifindex: 8,
        sllPacketType: 4,
        direction: 2,
        vlan: -1,
        srcName: -1,
        dstName: -1,
      })
    }
  })

  test('says on every view how it was encapsulated, with the outermost addresses', () => {
    const inner = gre({ src: '192.168.0.1', dst: '192.168.0.2', key: 9 }, geneve({ ...ENDS, vni: 5 }, ethernet(PACKET)))
    const outer = { outer: ['fd18::1', 'fd18::2'] }
    expect(decodeFrame(ipInIp({ src: 'fd18::1', dst: 'fd18::2' }, inner), RAW)).toMatchObject([
      { src: 'fd18::1', protocol: 4 },
      { src: '192.168.0.1', protocol: 47, depth: 1, tunnel: 'ipip', ...outer },
      { src: '172.18.0.2:48879', protocol: 17, depth: 2, tunnel: 'gre', vni: 9, ...outer },
      { src: '10.0.0.1:1111', protocol: 6, depth: 3, tunnel: 'geneve', vni: 5, ...outer },
    ])
  })

  test('follows four levels of encapsulation, and says where it does not follow a fifth', () => {
    expect(decodeFrame(nested(MAX_DEPTH), RAW)).toHaveLength(5)
    expect(decodeFrame(nested(MAX_DEPTH), RAW).at(-1)).toMatchObject({ src: '10.0.0.1:1111', depth: 4 })
    for (const levels of [5, 6, 60]) {
      const views = decodeFrame(nested(levels), RAW)
      expect(views).toHaveLength(6)
      expect(views.at(-2)).toMatchObject({ src: '172.18.0.2', protocol: 4, depth: 4 })
      expect(views.at(-1)).toEqual(stopped('TooDeep', 'tunnel', 'too-deep', 5))
    }
  })

  test('shows nothing of a tunnel in a frame without one', () => {
    const decoder = new FrameDecoder()
    decoder.decode(recordOf(ethernet(vxlan({ ...ENDS, vni: 5 }, ethernet(PACKET)))))
    expect(decoder.decode(recordOf(ethernet(PACKET)))).toBe(1)
    expect(decoder.views[0]).toMatchObject({ depth: 0, tunnel: Tunnel.None, vni: -1 })
    expect(decoder.decode(recordOf(ethernet(esp(ENDS))))).toBe(2)
    expect(decoder.views[1]).toMatchObject({ depth: 1, tunnel: Tunnel.None, vni: -1 })
  })

  test('keeps its views: one object a level for all frames', () => {
    const decoder = new FrameDecoder()
    const before = [...decoder.views]
    decoder.decode(recordOf(ethernet(vxlan(ENDS, ethernet(PACKET)))))
    expect(decoder.views).toHaveLength(before.length)
    expect(decoder.views.every((view, i) => view === before[i])).toBe(true)
    expect(decoder.names).toEqual([])
  })
})
