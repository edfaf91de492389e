import { expect, test } from 'vitest'
import { isPublicAddress } from '../../src/masquerade/public-address.ts'

test.each([
  ['1.1.1.1', true],
  ['172.32.0.1', true],
  ['172.31.255.255', false],
  ['100.64.0.1', false],
  ['203.0.113.9', false],
  ['2606:4700::1111', true],
  ['fd00::1', false],
])('isPublicAddress(%s) is %s', (ip, wanted) => {
  expect(isPublicAddress(ip)).toBe(wanted)
})
