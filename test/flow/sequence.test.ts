import { expect, test } from 'vitest'
import { relativeTo } from '../../src/flow/sequence.ts'
import fc from '../support/property.ts'

test('relativeTo() gives back distances within 2 GiB of one known, across any number of wraps', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      fc.integer({ min: 0, max: 2 ** 45 }),
      fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      (start, near, step) => {
        const seq = (start + near + step) % 2 ** 32
        expect(relativeTo((seq + 2 ** 32) % 2 ** 32, start, near)).toBe(near + step)
        // Tables keep numbers signed.
        expect(relativeTo(seq | 0, start | 0, near)).toBe(near + step)
      },
    ),
  )
})
