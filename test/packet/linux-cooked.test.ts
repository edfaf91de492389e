import { describe, expect, test } from 'vitest'
import { Direction } from '../../src/capture/record.ts'
import { FrameDecoder } from '../../src/packet/decode.ts'
import { sll, sll2, tcp } from '../support/packet-builder.ts'
import { decodeInnermost, stopped } from '../support/packet-decode.ts'
import { recordOf } from '../support/packet-record.ts'

const PACKET = tcp({ src: '10.0.0.1:1', dst: '10.0.0.2:2' })

describe('decodeCookedProtocol()', () => {
  test.each([
    ['netlink', 824, stopped('NotIp', 'link', 'netlink')],
    ['802.11 with radiotap', 803, stopped('Opaque', 'link', 'wlan')],
    ['802.11', 801, stopped('Opaque', 'link', 'wlan')],
  ])('hardware type of %s', (_name, arphrd, expected) => {
    expect(decodeInnermost(sll(PACKET, { arphrd }), { linkType: 113 })).toMatchObject(expected)
    expect(decodeInnermost(sll2(PACKET, { arphrd }), { linkType: 276 })).toMatchObject(expected)
  })

  test('hardware types without a header of their own: tunnels, loopback, none', () => {
    for (const arphrd of [768, 769, 772, 776, 0xfffe]) {
      expect(decodeInnermost(sll(PACKET, { arphrd }), { linkType: 113 })).toMatchObject({ src: '10.0.0.1:1' })
    }
  })

  test('a direction that the container gives outweighs the packet type', () => {
    const decoder = new FrameDecoder()
    const record = recordOf(sll(PACKET, { packetType: 4 }), { linkType: 113 })
    record.direction = Direction.In
    decoder.decode(record)
    expect(decoder.views[0]?.direction).toBe(Direction.In)
  })

  test('packet types of the kernel alone say nothing about the direction', () => {
    expect(decodeInnermost(sll(PACKET, { packetType: 5 }), { linkType: 113 })).not.toHaveProperty('direction')
  })
})
