import { describe, expect, test } from 'vitest'
import { compareIp, formatIp, ipFamily, ipToWords, parseIp } from '../../src/core/ip.ts'
import fc from '../support/property.ts'

describe('parseIp()', () => {
  test.each([
    ['10.0.0.1', '10.0.0.1'],
    ['255.255.255.255', '255.255.255.255'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.1'],
    ['::', '::'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ])('reads %s as %s', (text, expected) => {
    expect(parseIp(text)).toBe(expected)
  })

  test.each(['', '1.2.3', '1.2.3.4.', ' 1.2.3.4', '010.1.1.1', '0x10.1.1.1', '1e1.0.0.1', '256.1.1.1', ':::', 'host'])(
    'refuses %j',
    (text) => {
      expect(parseIp(text)).toBeUndefined()
    },
  )
})

test('formatIp() and ipToWords() are inverse for every address', () => {
  const word = fc.integer({ min: 0, max: 0xffffffff })
  fc.assert(
    fc.property(word, word, word, word, (a, b, c, d) => {
      const six = formatIp(6, a, b, c, d)
      expect(ipToWords(six)).toEqual([a, b, c, d])
      expect(parseIp(six)).toBe(six)
      expect(ipFamily(six)).toBe(6)
      const four = formatIp(4, 0, 0, 0xffff, d)
      expect(ipToWords(four)).toEqual([0, 0, 0xffff, d])
      expect(parseIp(four)).toBe(four)
    }),
  )
})

test('compareIp() orders families first, then numerically', () => {
  expect(['::1', '10.0.0.10', '10.0.0.9', 'fe80::1'].sort(compareIp)).toEqual([
    '10.0.0.9',
    '10.0.0.10',
    '::1',
    'fe80::1',
  ])
})
