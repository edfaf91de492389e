import { describe, expect, test } from 'vitest'
import { decodeInnermost, stopped } from '../support/packet-decode.ts'
import { hex } from '../support/packet-octets.ts'

const SLL2 = { linkType: 276 }
/** An IP packet of protocol 253 without payload, 10.0.0.1 > 10.0.0.2. */
const IP = '4500 0014 0000 0000 40fd 0000 0a000001 0a000002'

/** Protocol, interface index, hardware type, packet type, a MAC of 6 octets in 8. */
const frame = (protocol: string, ifindex: string, type: string, rest = IP): Uint8Array =>
  hex(`${protocol} 0000 ${ifindex} 0001 ${type} 06 020000000001 0000 ${rest}`)

describe('decodeLinuxSll2()', () => {
  test('reads interface index, packet type and direction', () => {
    expect(decodeInnermost(frame('0800', '0000000f', '00'), SLL2)).toMatchObject({
      src: '10.0.0.1',
      ifindex: 15,
      sllPacketType: 0,
      direction: 1,
    })
    expect(decodeInnermost(frame('0800', '80000008', '04'), SLL2)).toMatchObject({
      ifindex: 0x80000008,
      sllPacketType: 4,
      direction: 2,
    })
  })

  test('a tag that the kernel took off and libpcap put back', () => {
    const tagged = frame('88a8', '00000002', '00', `0064 8100 0005 0800 ${IP}`)
    expect(decodeInnermost(tagged, SLL2)).toMatchObject({ src: '10.0.0.1', vlan: 100, ifindex: 2 })
  })

  test('keeps the interface of what is not IP', () => {
    expect(decodeInnermost(frame('0806', '00000002', '01', ''), SLL2)).toEqual({
      ...stopped('NotIp', 'link', 'arp'),
      ifindex: 2,
      sllPacketType: 1,
      direction: 1,
    })
  })

  test('leaves nothing of it to the next frame of another link type', () => {
    decodeInnermost(frame('8100', '00000002', '04', `0005 0800 ${IP}`), SLL2)
    const plain = decodeInnermost(hex(IP), { linkType: 101 })
    for (const field of ['vlan', 'ifindex', 'sllPacketType', 'direction']) expect(plain).not.toHaveProperty(field)
  })

  test('needs the whole header', () => {
    for (let captured = 0; captured < 20; captured++) {
      expect(decodeInnermost(frame('0800', '00000002', '00'), { ...SLL2, captured })).toEqual(
        stopped('Truncated', 'link', 'sll2-truncated'),
      )
    }
    expect(decodeInnermost(hex('00'.repeat(19)), SLL2)).toEqual(stopped('Malformed', 'link', 'sll2-too-short'))
  })
})
