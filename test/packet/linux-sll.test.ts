import { describe, expect, test } from 'vitest'
import { decodeInnermost, stopped } from '../support/packet-decode.ts'
import { hex } from '../support/packet-octets.ts'

const SLL = { linkType: 113 }
/** An IP packet of protocol 253 without payload, 10.0.0.1 > 10.0.0.2. */
const IP = '4500 0014 0000 0000 40fd 0000 0a000001 0a000002'

/** Packet type, hardware type 1, a MAC of 6 octets in 8, protocol. */
const frame = (type: string, protocol = '0800', rest = IP): Uint8Array =>
  hex(`${type} 0001 0006 020000000001 0000 ${protocol} ${rest}`)

describe('decodeLinuxSll()', () => {
  test.each([
    ['to us', '0000', 0, 1],
    ['broadcast', '0001', 1, 1],
    ['multicast', '0002', 2, 1],
    ['to another host', '0003', 3, 1],
    ['from us', '0004', 4, 2],
  ])('a packet %s: packet type and direction', (_name, type, sllPacketType, direction) => {
    const decoded = decodeInnermost(frame(type), SLL)
    expect(decoded).toMatchObject({ src: '10.0.0.1', sllPacketType, direction })
    expect(decoded).not.toHaveProperty('ifindex')
  })

  test('a tag that the kernel took off and libpcap put back', () => {
    expect(decodeInnermost(frame('0000', '8100', `0005 0800 ${IP}`), SLL)).toMatchObject({ src: '10.0.0.1', vlan: 5 })
  })

  test('LLC and Novell frames, which have no EtherType', () => {
    expect(decodeInnermost(frame('0002', '0004', '424203'), SLL)).toMatchObject(stopped('NotIp', 'link', 'stp'))
    expect(decodeInnermost(frame('0000', '0001', 'ffff'), SLL)).toMatchObject(stopped('NotIp', 'link', 'ipx'))
  })

  test('needs the whole header', () => {
    for (let captured = 0; captured < 16; captured++) {
      expect(decodeInnermost(frame('0000'), { ...SLL, captured })).toEqual(
        stopped('Truncated', 'link', 'sll-truncated'),
      )
    }
    expect(decodeInnermost(hex('00'.repeat(15)), SLL)).toEqual(stopped('Malformed', 'link', 'sll-too-short'))
  })
})
