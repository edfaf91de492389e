import { describe, expect, test } from 'vitest'
import { cidrContains, cidrContainsCidr, parseCidr } from '../../src/core/cidr.ts'

function cidr(text: string) {
  const parsed = parseCidr(text, { bareAddress: true })
  if (!parsed) throw new Error(`bad CIDR in test: ${text}`)
  return parsed
}

describe('parseCidr()', () => {
  test.each([
    ['10.5.6.7/8', '10.0.0.0/8'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['fd00:1::5/32', 'fd00:1::/32'],
    ['::/0', '::/0'],
  ])('masks host bits: %s is %s', (text, expected) => {
    expect(parseCidr(text)?.text).toBe(expected)
  })

  test.each(['10.0.0.0', '10.0.0.0/33', '::/129', '10.0.0.0/', '10.0.0.0/-1', '10.0.0/8', '/8'])(
    'refuses %j',
    (text) => {
      expect(parseCidr(text)).toBeUndefined()
    },
  )

  test('takes a bare address only when asked', () => {
    expect(parseCidr('10.0.0.1', { bareAddress: true })?.text).toBe('10.0.0.1/32')
    expect(parseCidr('fd00::1', { bareAddress: true })?.text).toBe('fd00::1/128')
  })
})

test.each([
  ['10.244.0.0/16', '10.244.255.255', true],
  ['10.244.0.0/16', '10.245.0.0', false],
  ['0.0.0.0/0', '8.8.8.8', true],
  ['0.0.0.0/0', '::1', false],
  ['::/0', '8.8.8.8', false],
  ['fd00::/63', 'fd00:0:0:1::1', true],
  ['fd00::/63', 'fd00:0:0:2::1', false],
])('cidrContains(%s, %s) is %s', (block, ip, expected) => {
  expect(cidrContains(cidr(block), ip)).toBe(expected)
})

test.each([
  ['10.0.0.0/8', '10.1.0.0/16', true],
  ['10.1.0.0/16', '10.0.0.0/8', false],
  ['10.0.0.0/8', '11.0.0.0/16', false],
  ['10.0.0.0/8', '10.0.0.0/8', true],
])('cidrContainsCidr(%s, %s) is %s', (outer, inner, expected) => {
  expect(cidrContainsCidr(cidr(outer), cidr(inner))).toBe(expected)
})
