import { expect, test } from 'vitest'
import { describeValue } from '../../src/core/describe-value.ts'

test.each([
  [undefined, 'nothing'],
  [null, 'null'],
  [[1], 'array'],
  [{ a: 1 }, 'object'],
  [3, 'number 3'],
  [false, 'boolean false'],
  ['', '""'],
  ['a', '"a"'],
  ['x'.repeat(40), `"${'x'.repeat(40)}"`],
  ['x'.repeat(41), `"${'x'.repeat(40)}…"`],
])('describeValue(%j) is %s', (value, text) => {
  expect(describeValue(value)).toBe(text)
})
