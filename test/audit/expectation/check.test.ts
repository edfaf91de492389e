import { expect, test } from 'vitest'
import { mergeExpectation } from '../../../src/audit/expectation/check.ts'
import type { TalliedExpectation } from '../../../src/audit/verdict.ts'

/** What the captures of one cluster gave. */
function result(connections: number, min: number, isBroken = false): TalliedExpectation {
  const status = isBroken || connections < min ? 'failed' : connections === 0 ? 'unmatched' : 'passed'
  const flows = Array.from({ length: connections }, (_, i) => i + 1)
  const message = isBroken ? '1 of 1 are not masquerade' : `${connections} here`
  return { name: 'web', status, flows, message, tally: { connections, min, nat: 'masquerade', isBroken } }
}

test.each([
  ['one cluster has enough, the other none', [result(1, 1), result(0, 1)], 'passed', '1 matching, all masquerade'],
  ['each has some of what is wanted', [result(1, 2), result(1, 2)], 'passed', '2 matching, all masquerade'],
  ['too few in all', [result(1, 3), result(1, 3)], 'failed', '2 matching; wanted at least 3'],
  ['broken in one', [result(5, 1), result(1, 1, true)], 'failed', '1 of 1 are not masquerade'],
  ['nothing anywhere, and nothing wanted', [result(0, 0), result(0, 0)], 'unmatched', '0 here'],
  ['nothing anywhere', [result(0, 1), result(0, 1)], 'failed', '0 here'],
] as const)('mergeExpectation(): %s', (_, results, status, message) => {
  expect(mergeExpectation(results)).toMatchObject({ name: 'web', status, message })
})
