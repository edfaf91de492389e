import { describe, expect, test } from 'vitest'
import { decide } from '../../src/masquerade/decide.ts'
import { clusterOf, queryOf, readCases } from '../support/masquerade-cases.ts'

const CASES = readCases()

describe.skipIf(CASES.length === 0)('shared masquerade cases (skipped where ../shared is absent)', () => {
  test.each(CASES.map((row) => [row.id, row] as const))('%s', (_id, row) => {
    const decision = decide(queryOf(row), clusterOf(row))
    const trace = decision.trace.map((step) => `${step.matched ? '*' : ' '} ${step.rule}: ${step.detail}`).join('\n')
    const { action, rule, address } = decision
    const kept = row.expected.action === 'preserve' ? row.flow.src : null
    const wanted = { action: row.expected.action, rule: row.expected.rule, address: row.expected.to ?? kept }
    expect({ action, rule, address }, trace).toEqual(wanted)
    expect(decision.engine).toBe(row.expected.rule === 'off' ? 'off' : row.mode)
  })
})
