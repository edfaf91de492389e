import { describe, expect, test } from 'vitest'
import { json } from '../../src/report/json.ts'
import { junit } from '../../src/report/junit.ts'
import { ndjson } from '../../src/report/ndjson.ts'
import { documentSchema } from '../../src/report/records/schemas.ts'
import { zeek, zeekJson } from '../../src/report/zeek.ts'
import { leak, render, report, verdict } from '../support/report-fixtures.ts'

const HOSTILE = '<b>\u001b[31m"\u202e\u0000]]>'
const FINDING = {
  code: 'X',
  severity: 'error' as const,
  message: HOSTILE,
  subject: 's',
  sources: [{ file: 'f', line: 1 }],
}

describe('json', () => {
  test('is one document that satisfies its schema', () => {
    const text = render(json, report([verdict(), leak(2)], { findings: [FINDING] }))
    const document = documentSchema.parse(JSON.parse(text))
    expect(document.flows.map((flow) => flow.nat?.verdict)).toEqual(['consistent', 'contradiction'])
    expect(document.findings[0]?.message).toBe(HOSTILE)
  })

  test('is a document without flows too', () => {
    expect(JSON.parse(render(json, report([])))).toMatchObject({
      schemaVersion: 1,
      flows: [],
      findings: [],
      expectations: [],
    })
  })
})

describe('ndjson', () => {
  test('writes one record a line, "record" first, the summary last', () => {
    const lines = render(ndjson, report([verdict(), leak(2)]))
      .trimEnd()
      .split('\n')
    expect(lines.every((line) => line.startsWith('{"record":"'))).toBe(true)
    expect(lines.map((line) => JSON.parse(line).record)).toEqual(['capture', 'flow', 'flow', 'summary'])
  })
})

describe('--limit', () => {
  const of = report([verdict(), leak(2), leak(3)])
  const ids = (text: string) => [...text.matchAll(/"record":"flow","id":"(\d+)"/g)].map(([, id]) => id)

  test('keeps lists of records short, and the counts whole', () => {
    for (const format of [json, ndjson]) {
      const text = render(format, of, { limit: 2 })
      expect(ids(text)).toEqual(['1', '2'])
      expect(text).toMatch(/"record":"summary".*"flows":3/)
    }
    expect(render(zeekJson, of, { limit: 2 }).trimEnd().split('\n')).toHaveLength(2)
    expect(render(zeek, of, { limit: 2 }).match(/^\d/gm)).toHaveLength(2)
  })

  test('counts findings in lint alone', () => {
    const findings = [FINDING, FINDING]
    const listed = (some: object) =>
      [json, ndjson].map(
        (format) =>
          render(format, report([], { findings, ...some }), { limit: 1 }).split('"record":"finding"').length - 1,
      )
    expect([listed({ command: 'lint' }), listed({})]).toEqual([
      [1, 1],
      [2, 2],
    ])
  })

  test('hides nothing from what CI reads', () => {
    expect(render(junit, of, { limit: 1 })).toContain('tests="3" failures="2"')
  })
})

describe('junit', () => {
  test('fails contradictions and failed expectations, skips what cannot be told', () => {
    const expectations = [
      { name: 'met', status: 'passed' as const, flows: [1], message: '' },
      { name: 'not met', status: 'failed' as const, flows: [2], message: 'flow 2 kept its address' },
      { name: 'about nothing here', status: 'unmatched' as const, flows: [], message: 'no flow matches' },
    ]
    const xml = render(junit, report([verdict(), leak(2), verdict({ verdict: 'inconclusive' })], { expectations }))
    expect(xml).toContain('<testsuites name="masqcheck" tests="6" failures="2" errors="0" skipped="2">')
    expect(xml).toContain('type="MASQUERADE_MISSING"')
    expect(xml).toContain('message="flow 2 kept its address" type="failed"')
  })

  test('follows --fail-on', () => {
    const of = report([leak(1), verdict({ verdict: 'inconclusive' })])
    expect(render(junit, of, { failOn: 'inconclusive' })).toContain('failures="2"')
    expect(render(junit, of, { failOn: 'never' })).toContain('failures="0"')
  })

  test('sums up flows that need no attention where there are many', () => {
    const many = Array.from({ length: 1500 }, () => verdict())
    const xml = render(junit, report([...many, leak(1501)]))
    expect(xml).toContain('tests="2" failures="1"')
    expect(xml).toContain('consistent: node to external by rule local-endpoint: 1500 flows')
  })

  test('fails an error about the metadata in lint, and in analyze only as the cause of flows', () => {
    const failures = (some: object, of: object): string | undefined =>
      /failures="(\d+)"/.exec(render(junit, report([], { findings: [{ ...FINDING, ...some }], ...of })))?.[1]
    expect(failures({}, { command: 'lint' })).toBe('1')
    expect(failures({}, {})).toBe('0')
    expect(failures({ flows: [1] }, {})).toBe('1')
  })

  test('keeps hostile text inside its attribute and its CDATA', () => {
    const xml = render(junit, report([], { command: 'lint', findings: [FINDING] }))
    expect(xml).not.toMatch(/[\u0000\u001b\u202e]/)
    expect(xml).toContain('message="&lt;b>\\x1b[31m&quot;\\u{202e}\\x00]]>"')
  })
})
