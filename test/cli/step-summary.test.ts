import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { writeStepSummary } from '../../src/cli/step-summary.ts'
import { leak, OPTIONS, report } from '../support/report-fixtures.ts'

const folder = mkdtempSync(join(tmpdir(), 'masqcheck-summary-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => vi.unstubAllEnvs())

test('is added to the file of the step', async () => {
  const file = join(folder, 'a.md')
  writeFileSync(file, 'before\n')
  vi.stubEnv('GITHUB_STEP_SUMMARY', file)
  await writeStepSummary(report([leak(1)]), OPTIONS)
  expect(readFileSync(file, 'utf8')).toMatch(/^before\n# masqcheck\n\n❌ 1 contradiction/)
})

test('stays under the limit and says what is left out', async () => {
  const file = join(folder, 'b.md')
  vi.stubEnv('GITHUB_STEP_SUMMARY', file)
  const many = report(Array.from({ length: 6000 }, (_, i) => leak(i + 1)))
  await writeStepSummary(many, { ...OPTIONS, all: true })
  expect(statSync(file).size).toBeLessThan(1024 * 1024)
  expect(readFileSync(file, 'utf8')).toContain('does not fit into a step summary')
})

test('does nothing outside a workflow, and does not fail where it cannot write', async () => {
  vi.stubEnv('GITHUB_STEP_SUMMARY', '')
  await writeStepSummary(report([leak(1)]), OPTIONS)
  vi.stubEnv('GITHUB_STEP_SUMMARY', join(folder, 'no/such/folder'))
  await writeStepSummary(report([leak(1)]), OPTIONS)
})
