import { expect, test } from 'vitest'
import { TextCursor } from '../../../src/packet/tcpdump-text/text-cursor.ts'

test('takes what stands where it is, and nothing further on', () => {
  const cursor = new TextCursor(['IP 10.0.0.1', '\tsecond'])
  expect(cursor.take(/10/y)).toBeNull()
  expect([cursor.skip('IP '), cursor.skip('IP '), cursor.has('10'), cursor.sees(/\d+/y)]).toEqual([
    true,
    false,
    true,
    true,
  ])
  expect(cursor.take(/\d+\.\d+/y)?.[0]).toBe('10.0')
  expect([cursor.rest, cursor.isAtEnd]).toEqual(['.0.1', false])
})

test('goes to the next line at the end of one only', () => {
  const cursor = new TextCursor(['ab', '\t  cd', ''])
  expect(cursor.nextLine()).toBe(false)
  cursor.skip('ab')
  expect([cursor.nextLine(), cursor.rest]).toEqual([true, 'cd'])
  cursor.skip('cd')
  expect([cursor.nextLine(), cursor.isAtEnd, cursor.nextLine()]).toEqual([true, true, false])
})

test.each([
  ['(a (b) [c])d', 'a (b) [c]', 'd'],
  ['()x', '', 'x'],
  ['(a (b)', undefined, '(a (b)'],
  ['a', undefined, 'a'],
])('takeBracketed() of %j', (line, inside, rest) => {
  const cursor = new TextCursor([line])
  expect([cursor.takeBracketed(), cursor.rest]).toEqual([inside, rest])
})
