import { describe, expect, test } from 'vitest'
import { addressOf, parseAddressPort, portOf, protocolNumber, swapPort } from '../../../src/cluster/formats/tuple.ts'
import fc from '../../support/property.ts'

test.each([
  ['10.244.2.53:53938', { ip: '10.244.2.53', port: 53938 }],
  ['[fd00::1]:80', { ip: 'fd00::1', port: 80 }],
  ['[FD00:0::1]:0', { ip: 'fd00::1', port: 0 }],
  ['10.244.2.53', undefined],
  ['10.244.2.300:1', undefined],
  ['fd00::1:80', undefined],
  [':80', undefined],
  ['10.244.2.53:65536', undefined],
])('parseAddressPort(%s)', (text, parsed) => {
  expect(parseAddressPort(text)).toEqual(parsed)
})

test.each([
  ['TCP', 6],
  ['udp', 17],
  ['ICMPv6', 58],
  ['ipv6-icmp', 58],
  ['132', 132],
  ['ANY', 0],
  ['QUIC', undefined],
  ['constructor', undefined],
  ['', undefined],
])('protocolNumber(%s) is %s', (text, number) => {
  expect(protocolNumber(text)).toBe(number)
})

describe('addressOf()', () => {
  test.each([
    [[172, 17, 0, 6], '172.17.0.6'],
    [[0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 1], '2001:db8::1'],
    ['172.17.0.6', '172.17.0.6'],
    ['rBEABg==', '172.17.0.6'],
    [[172, 17, 0], undefined],
    [[172, 17, 0, 256], undefined],
    [[172, 17, 0, 'x'], undefined],
    [{}, undefined],
    [null, undefined],
  ])('%j is %s', (value, ip) => {
    expect(addressOf(value)).toBe(ip)
  })
})

test('swapPort() is its own inverse: 80 lies in the map as 20480', () => {
  expect(swapPort(20480)).toBe(80)
  fc.assert(fc.property(fc.integer({ min: 0, max: 65535 }), (port) => swapPort(swapPort(port)) === port))
})

test.each([
  [6, 80, 80],
  [17, 0, 0],
  [132, 9, 9],
  [1, 2817, 2817],
  [1, 0, null],
  [47, 80, null],
])('portOf(protocol %i, %i) is %s', (protocol, port, shown) => {
  expect(portOf(protocol, port)).toBe(shown)
})
