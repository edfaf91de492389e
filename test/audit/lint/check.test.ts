import { expect, test } from 'vitest'
import { type LintCheck, listing, toFinding } from '../../../src/audit/lint/check.ts'

const CHECK: LintCheck = {
  code: 'x',
  severity: 'warning',
  title: 't',
  consequence: 'It breaks.',
  remedy: 'Mend it.',
  find: () => [],
}

test('listing() cuts long lists', () => {
  expect(listing(['a', 'b', 'c', 'd'])).toBe('a, b, c, d')
  expect(listing(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c and 2 more')
})

test('toFinding() says found, consequence and remedy, and each place once', () => {
  const place = { file: 'a', line: 1 }
  expect(toFinding(CHECK, { found: 'a is b', subject: 's', sources: [place, null, undefined, { ...place }] })).toEqual({
    code: 'x',
    severity: 'warning',
    message: 'a is b. It breaks. Mend it.',
    subject: 's',
    sources: [place],
  })
  const other = toFinding(CHECK, {
    found: 'f',
    subject: 's',
    sources: [],
    severity: 'info',
    remedy: 'Wait.',
    confirm: 'true',
  })
  expect(other).toMatchObject({ severity: 'info', message: 'f. It breaks. Wait.', confirm: 'true' })
})
