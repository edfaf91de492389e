import { expect, test } from 'vitest'
import { countVerdicts, summarise } from '../../src/audit/summary.ts'
import { aCapture } from '../support/audit-flows.ts'

const warning = (code: string) => ({ code, file: null, message: '' })

test('countVerdicts() counts every verdict, and the codes that occur', () => {
  const counts = countVerdicts([
    { verdict: 'consistent', code: null },
    { verdict: 'contradiction', code: 'MASQUERADE_MISSING' },
    { verdict: 'contradiction', code: 'MASQUERADE_MISSING' },
    { verdict: 'inconclusive', code: null },
  ])
  expect(counts).toEqual({
    verdicts: { consistent: 1, contradiction: 2, inconclusive: 1, not_applicable: 0 },
    codes: { MASQUERADE_MISSING: 2 },
  })
})

test('summarise() adds the captures up, their warnings in front of those of the run', () => {
  const captures = [
    { ...aCapture({}), points: [], skipped: { arp: 2 }, warnings: [warning('cut')] },
    { ...aCapture({ index: 1 }), points: [], skipped: { arp: 1, stp: 4 } },
  ]
  expect(summarise(captures, [], [warning('run')], true)).toMatchObject({
    captures: 2,
    packets: 20,
    bytes: 2000,
    flows: 0,
    skipped: { arp: 3, stp: 4 },
    warnings: [{ code: 'cut' }, { code: 'run' }],
    interrupted: true,
  })
})
