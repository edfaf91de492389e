import { describe, expect, test } from 'vitest'
import { selectFlows } from '../../src/report/select.ts'
import { leak, report, verdict } from '../support/report-fixtures.ts'

const finding = (flows: readonly number[]) => ({
  code: 'X',
  severity: 'error' as const,
  message: 'm',
  subject: 's',
  sources: [],
  flows,
})

describe('selectFlows()', () => {
  const change = { before: leak(2), after: verdict() }
  const of = report([verdict(), leak(2), leak(3)], {
    findings: [finding([2]), finding([3]), finding([])],
    whatIf: { settings: ['a=b'], changes: [change] },
  })

  test('keeps what matches and counts it anew', () => {
    const kept = selectFlows(of, ({ id }) => id === '2')
    expect(kept.flows.map(({ flow }) => flow.id)).toEqual([2])
    expect(kept.summary).toMatchObject({ flows: 1, packets: 10, codes: { MASQUERADE_MISSING: 1 } })
    expect(kept.summary.verdicts).toEqual({ consistent: 0, contradiction: 1, inconclusive: 0, not_applicable: 0 })
    expect(kept.whatIf?.changes).toHaveLength(1)
    expect(kept.setAside).toBe(2)
  })

  test('keeps the causes of what is kept, and findings about the metadata', () => {
    expect(selectFlows(of, ({ id }) => id === '3').findings).toEqual([finding([3]), finding([])])
    expect(selectFlows(of, () => false).whatIf?.changes).toEqual([])
  })

  test('asks of the record, names of captures included', () => {
    expect(selectFlows(of, ({ capture }) => capture === 'nginx-eth0.txt').flows).toHaveLength(3)
  })
})
