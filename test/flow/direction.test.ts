import { describe, expect, test } from 'vitest'
import { findOpening } from '../../src/flow/direction.ts'
import { ServerPortTable } from '../../src/flow/server-ports.ts'
import type { PacketView } from '../../src/packet/packet-view.ts'
import { icmpView, tcpView, udpView } from '../support/flow-packets.ts'

const usual = new ServerPortTable()
const opening = (view: PacketView, ports = usual, isFresh = false) => {
  const result = { flipped: false, known: false }
  findOpening(view, ports, isFresh, result)
  return `${result.flipped ? 'receiver' : 'sender'} ${result.known ? 'known' : 'guessed'}`
}
const tcp = (srcPort: number, dstPort: number, flags = 'A') =>
  tcpView({ src: `10.0.0.1:${srcPort}`, dst: `10.0.0.2:${dstPort}`, flags })
const udp = (srcPort: number, dstPort: number, dst = '10.0.0.2') =>
  udpView({ src: `10.0.0.1:${srcPort}`, dst: `${dst}:${dstPort}` })

describe('findOpening()', () => {
  const rows: readonly [string, PacketView, string][] = [
    ['a SYN', tcp(80, 40000, 'S'), 'sender known'],
    ['a SYN-ACK', tcp(40000, 80, 'SA'), 'receiver known'],
    ['a segment toward a server port', tcp(40000, 80), 'sender guessed'],
    ['a segment from a server port', tcp(80, 40000), 'receiver guessed'],
    ['a segment between unknown ports', tcp(40000, 40001), 'sender guessed'],
    ['server ports on both sides, the lower sends', tcp(80, 443), 'receiver guessed'],
    ['server ports on both sides, the higher sends', tcp(443, 80), 'sender guessed'],
    ['a datagram toward a server port', udp(40000, 53), 'sender known'],
    ['a datagram from a server port', udp(53, 40000), 'receiver guessed'],
    ['a datagram between server ports', udp(123, 123), 'sender guessed'],
    ['a datagram from an ephemeral port to a low one', udp(40000, 9000), 'sender known'],
    ['a datagram between unknown ports', udp(9000, 40000), 'sender guessed'],
    ['a broadcast from a server port', udp(67, 40000, '255.255.255.255'), 'sender guessed'],
    ['an echo request', icmpView({ src: '10.0.0.1', dst: '10.0.0.2', type: 8 }), 'sender known'],
    ['an echo reply', icmpView({ src: '10.0.0.1', dst: '10.0.0.2', type: 0 }), 'receiver known'],
    ['a router advertisement', icmpView({ src: '10.0.0.1', dst: '10.0.0.2', type: 9 }), 'sender known'],
    ['an unreachable message', icmpView({ src: '10.0.0.1', dst: '10.0.0.2', type: 3 }), 'sender known'],
  ]
  test.each(rows)('%s', (_name, view, expected) => {
    expect(opening(view)).toBe(expected)
  })

  test('takes the first datagram for the opening when the capture has run longer than an exchange stays silent', () => {
    expect(opening(udp(9000, 40000), usual, true)).toBe('sender known')
    expect(opening(udp(53, 40000), usual, true)).toBe('receiver guessed')
  })

  test('knows the ports that cluster metadata names', () => {
    const more = new ServerPortTable({ tcp: [9376], udp: [9000] })
    expect(opening(tcp(9376, 40000), more)).toBe('receiver guessed')
    expect(opening(udp(9000, 40000), more)).toBe('receiver guessed')
    expect(opening(tcp(9376, 40000))).toBe('sender guessed')
  })
})

test('ServerPortTable.has() knows no server ports of other protocols', () => {
  expect(usual.has(6, 443)).toBe(true)
  expect(usual.has(17, 4789)).toBe(true)
  expect(usual.has(132, 443)).toBe(false)
})
