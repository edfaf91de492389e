import { expect, test } from 'vitest'
import { LINT_CHECKS, lint } from '../../../src/audit/lint/lint.ts'
import type { LintRow } from '../../support/masquerade-lint.ts'

/** Tests each row: the cluster that raises the finding, with its place, and the nearest one that does not. */
export function checkRows(rows: readonly LintRow[]): void {
  test.each(rows.map((row) => [row.code, String(row.says), row] as const))('%s: %s', (code, _says, row) => {
    const check = LINT_CHECKS.find((candidate) => candidate.code === code)
    const found = lint(row.raises).filter((finding) => finding.code === code)
    expect(found, `raised: ${lint(row.raises).map((finding) => finding.code)}`).not.toEqual([])
    const [first] = found
    expect(first?.message).toMatch(row.says)
    expect(first?.severity).toBe(row.severity ?? check?.severity)
    expect(first?.subject).not.toBe('')
    expect(first?.sources.length).toBeGreaterThan(0)
    expect(lint(row.quiet).filter((finding) => finding.code === code)).toEqual([])
  })
}
