import { expect, test } from 'vitest'
import { isAscii } from '../../src/core/ascii.ts'

test.each([
  ['', true],
  ['plain text\n\x00\x7f', true],
  ['n\u00e4', false],
  ['\u{1f41d}', false],
  ['\ud800', false],
])('%j is ASCII: %s', (text, expected) => {
  expect(isAscii(text)).toBe(expected)
})
