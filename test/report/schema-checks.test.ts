import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import { junit } from '../../src/report/junit.ts'
import { sarif } from '../../src/report/sarif.ts'
import { hasProgram } from '../support/programs.ts'
import { leak, render, report, verdict } from '../support/report-fixtures.ts'

const FIXTURES = resolve(import.meta.dirname, 'fixtures')
const HOSTILE = '<b>&"\u0000\u001b\u202e]]>\uffff\ud800'

const finding = {
  code: 'X_Y',
  severity: 'warning' as const,
  message: HOSTILE,
  subject: HOSTILE,
  sources: [{ file: `a b/${HOSTILE}`, line: 1 }],
  confirm: HOSTILE,
}
const expectations = [{ name: HOSTILE, status: 'unmatched' as const, flows: [], message: HOSTILE }]
const full = report([verdict(), leak(2, { because: [HOSTILE] }), verdict({ verdict: 'inconclusive' })], {
  findings: [finding],
  expectations,
})
const reports = [
  ['everything at once, hostile', full],
  ['nothing', report([])],
  ['lint without findings', report([], { command: 'lint', captures: [] })],
] as const

describe.skipIf(!hasProgram('xmllint'))('junit against its schema (xmllint)', () => {
  test.each(reports)('%s', (_, of) => {
    const { status, stderr } = spawnSync('xmllint', ['--noout', '--nonet', '--schema', `${FIXTURES}/junit.xsd`, '-'], {
      input: render(junit, of),
      encoding: 'utf8',
    })
    expect(stderr).toBe('- validates\n')
    expect(status).toBe(0)
  })
})

describe('sarif against the schema of OASIS', () => {
  // As published in the npm package @microsoft/jest-sarif (MIT). It is of draft 04, of which it uses nothing that draft 07 changed.
  const { $schema: _, id: __, ...schema } = JSON.parse(readFileSync(`${FIXTURES}/sarif-2.1.0-rtm.5.json`, 'utf8'))
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false })
  addFormats.default(ajv)
  const validate = ajv.compile(schema)

  test.each(reports)('%s', (_, of) => {
    validate(JSON.parse(render(sarif, of)))
    expect(validate.errors).toBeNull()
  })
})
