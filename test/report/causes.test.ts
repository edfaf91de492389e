import { describe, expect, test } from 'vitest'
import { causesOf, causeTitle, otherFindings } from '../../src/report/causes.ts'
import { leak, verdict } from '../support/report-fixtures.ts'

const finding = (code: string, flows: readonly number[]) => ({
  code,
  severity: 'error' as const,
  message: '',
  subject: '',
  sources: [],
  flows,
})

describe('causesOf()', () => {
  const verdicts = [leak(1), leak(2), leak(3), leak(4, { code: 'CILIUM_HOST_LEAKED' }), leak(5), verdict()]

  test('gives each contradiction to the first finding that explains it, and the rest to their codes, largest first', () => {
    const causes = causesOf(verdicts, [finding('A', [1, 2]), finding('B', [2, 3]), finding('C', [99])])
    expect(causes.map((cause) => [cause.finding?.code ?? null, cause.verdicts.map(({ flow }) => flow.id)])).toEqual([
      ['A', [1, 2]],
      ['B', [3]],
      [null, [4]],
      [null, [5]],
    ])
  })

  test('leaves findings without flows of their own to themselves', () => {
    const findings = [finding('A', [1]), finding('C', [99])]
    expect(otherFindings(findings, causesOf(verdicts, findings)).map(({ code }) => code)).toEqual(['C'])
  })

  test('counts by code in the title', () => {
    const [cause] = causesOf(verdicts, [finding('A', [1, 2, 4])])
    expect(cause && causeTitle(cause)).toMatch(/^MASQUERADE_MISSING: .*\(2 flows\); CILIUM_HOST_LEAKED: .*\(1 flow\)$/)
  })
})
