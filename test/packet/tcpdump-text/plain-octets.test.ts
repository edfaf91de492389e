import { expect, test } from 'vitest'
import { fitsWord, fourOctets, textAsNumber, threeOctets } from '../../../src/packet/tcpdump-text/plain-octets.ts'
import { octets } from '../../support/text-decode.ts'

test('texts compare as numbers', () => {
  const bytes = octets('xseq 1')
  expect(fourOctets(bytes, 1)).toBe(textAsNumber('seq '))
  expect(threeOctets(bytes, 1)).toBe(textAsNumber('seq'))
  expect(fourOctets(bytes, 0)).not.toBe(textAsNumber('seq '))
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
