import { expect, test } from 'vitest'
import { printedOptionsLength, splitOptions } from '../../../src/capture/tcpdump-text/tcp-options-length.ts'

test.each([
  ['mss 1460,sackOK,TS val 1152497573 ecr 0,nop,wscale 7', 20],
  ['nop,nop,TS val 1 ecr 2', 12],
  ['nop,nop,timestamp 1 2', 12],
  ['nop,nop,sack 2 {1:5}{9:13}', 20],
  ['nop,nop,sack sack 1 {1:5} ', 12],
  ['mss 1460,nop,wscale 2,nop,nop,sackOK', 12],
  ['tfo  cookiereq', 2],
  ['tfo  cookie 0102030405060708', 10],
  ['exp-tfo cookiereq', 4],
  ['exp-tfo cookie 090909090000,nop,nop', 12],
  ['mptcp 12 capable v1 {0x1,0x2}', 12],
  ["md5 shared secret not supplied with -M, can't check - 0123,nop", 19],
  ['unknown-253 0x0102', 4],
  ['tcp-ao keyid 1 rnextkeyid 2 mac 0x0102030405060708090a0b0c', 16],
  // As many octets as it should have, whatever length it states.
  ['mss 1460[len 5]', 4],

  ['opt-64:0102', 4],
  ['', 0],
])('%j is %i octets', (options, length) => {
  expect(printedOptionsLength(options)).toEqual({ octets: length, exact: true })
})

test.each([
  ['nop,nop,Unknown Option 254acc0000001000000000000', 2],
  ['mss 1460,exp-acc0', 4],
  ['mptcp capable csum {0x1}', 0],
])('%j is at least %i octets', (options, length) => {
  expect(printedOptionsLength(options)).toEqual({ octets: length, exact: false })
})

test('what stands behind "eol" is padding', () => {
  expect(printedOptionsLength('nop,eol,mss 5').octets).toBe(2)
})

test('splitOptions() keeps commas inside braces and texts', () => {
  expect(splitOptions('nop,mptcp 20 capable {0x1,0x2},md5 a, b,eol')).toEqual([
    'nop',
    'mptcp 20 capable {0x1,0x2}',
    'md5 a, b',
    'eol',
  ])
})
