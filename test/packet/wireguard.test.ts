import { describe, expect, test } from 'vitest'
import { isWireguard } from '../../src/packet/wireguard.ts'
import { cursorOver } from '../support/packet-decode.ts'
import { hex } from '../support/packet-octets.ts'

describe('isWireguard()', () => {
  const rows: [name: string, payload: string, expected: boolean][] = [
    ['handshake initiation', '01000000 00', true],
    ['transport data', '04000000', true],
    ['type 0', '00000000', false],
    ['type 5', '05000000', false],
    ['a reserved octet that is not 0', '04000001', false],
    ['three octets', '040000', false],
    ['no payload', '', false],
  ]
  test.each(rows)('%s', (_name, payload, expected) => {
    expect(isWireguard(cursorOver(hex(payload)))).toBe(expected)
  })

  test('believes the port where the payload was not captured', () => {
    expect(isWireguard(cursorOver(hex('04000000'), { captured: 3 }))).toBe(true)
  })
})
