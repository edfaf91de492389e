import { expect, test } from 'vitest'
import {
  digitAt,
  fitsWord,
  fourOctets,
  textAsNumber,
  threeOctets,
} from '../../../src/packet/tcpdump-text/plain-octets.ts'
import { octets } from '../../support/text-decode.ts'

test('texts compare as numbers', () => {
  const bytes = octets('xseq 1')
  expect(fourOctets(bytes, 1)).toBe(textAsNumber('seq '))
  expect(threeOctets(bytes, 1)).toBe(textAsNumber('seq'))
  expect(fourOctets(bytes, 0)).not.toBe(textAsNumber('seq '))
})

test('a digit has its value, anything else more than nine', () => {
  const bytes = octets('0/9:')
  expect(digitAt(bytes, 0)).toBe(0)
  expect(digitAt(bytes, 2)).toBe(9)
  for (const at of [1, 3, 4]) expect(digitAt(bytes, at)).toBeGreaterThan(9)
})

test.each([
  ['0000000000', true],
  ['1000000000', true],
  ['4294967295', true],
  ['4294967296', false],
  ['4294967305', false],
  ['5000000000', false],
  ['9999999999', false],
  ['10000000000', false],
])('fitsWord(%j) is %j', (digits, expected) => {
  expect(fitsWord(octets(digits), 0, digits.length)).toBe(expected)
})
