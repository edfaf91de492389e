import { describe, expect, test } from 'vitest'
import type { ClusterSnapshot } from '../../src/cluster/snapshot.ts'
import { decide } from '../../src/masquerade/decide.ts'
import { clusterOf, loadedClusterOf, type MasqueradeCase, queryOf, readCases } from '../support/masquerade-cases.ts'

const CASES = readCases()

const ROWS = CASES.map((row) => [row.id, row] as const)

describe.skipIf(CASES.length === 0)('shared masquerade cases (skipped where ../shared is absent)', () => {
  test.each(ROWS)('%s', (_id, row) => expectDecision(row, clusterOf(row)))
  test.each(ROWS)('%s, from metadata files', (_id, row) => expectDecision(row, loadedClusterOf(row)))
})

function expectDecision(row: MasqueradeCase, cluster: ClusterSnapshot): void {
  const decision = decide(queryOf(row), cluster)
  const trace = decision.trace.map((step) => `${step.matched ? '*' : ' '} ${step.rule}: ${step.detail}`).join('\n')
  const { action, rule, address } = decision
  const kept = row.expected.action === 'preserve' ? row.flow.src : null
  const wanted = { action: row.expected.action, rule: row.expected.rule, address: row.expected.to ?? kept }
  expect({ action, rule, address }, trace).toEqual(wanted)
  expect(decision.engine).toBe(row.expected.rule === 'off' ? 'off' : row.mode)
}
