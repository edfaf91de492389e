import { expect, test } from 'vitest'
import { prefixOfMask } from '../../../src/cluster/formats/netmask.ts'

test.each([
  ['//8AAA==', 16],
  ['/wAAAA==', 8],
  ['/////w==', 32],
  ['AAAAAA==', 0],
  ['//AAAA==', 12],
  ['////////////////AAAAAA==', 96],
  ['ffff0000', 16],
  ['/wD/AA==', undefined],
  ['//8=', undefined],
  ['', undefined],
  ['not base64!', undefined],
])('prefixOfMask(%s) is %s', (text, prefix) => {
  expect(prefixOfMask(text)).toBe(prefix)
})
