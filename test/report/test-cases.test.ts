import { describe, expect, test } from 'vitest'
import { reportSuites } from '../../src/report/test-cases.ts'
import { capture, flow, leak, OPTIONS, report, verdict } from '../support/report-fixtures.ts'

const finding = (some: object = {}) => ({
  code: 'CODE',
  severity: 'error' as const,
  message: 'what is wrong',
  subject: 'subject',
  sources: [{ file: 'a.yaml', line: 7 }],
  ...some,
})
const outcomes = (of: Parameters<typeof reportSuites>[0], options = {}): string[] =>
  reportSuites(of, { ...OPTIONS, ...options }).flatMap(({ cases }) => cases.map(({ outcome }) => outcome))

describe('reportSuites()', () => {
  test('has a suite for expectations, findings and each capture, also of one without flows', () => {
    const expectations = [{ name: 'x', status: 'passed' as const, flows: [1], message: '' }]
    const captures = [capture(), capture({ index: 1, name: 'b.pcap' })]
    const second = verdict({ flow: flow({ id: 9, capture: 1 }) })
    const suites = reportSuites(report([verdict(), second], { expectations, findings: [finding()], captures }), OPTIONS)
    expect(suites.map(({ kind, name, cases }) => `${kind} ${name} ${cases.length}`)).toEqual([
      'expectations expectations 1',
      'findings findings 1',
      'flows nginx-eth0.txt 1',
      'flows b.pcap 1',
    ])
  })

  test('fails what makes the exit status 1, and nothing else', () => {
    const verdicts = [
      verdict(),
      leak(2),
      verdict({ verdict: 'inconclusive' }),
      verdict({ verdict: 'not_applicable', expected: null }),
    ]
    expect(outcomes(report(verdicts))).toEqual(['passed', 'failed', 'skipped', 'passed'])
    expect(outcomes(report(verdicts), { failOn: 'inconclusive' })).toEqual(['passed', 'failed', 'failed', 'passed'])
    expect(outcomes(report(verdicts), { failOn: 'never' })).toEqual(['passed', 'passed', 'skipped', 'passed'])
  })

  test('fails an error of the metadata in lint, or where flows show it', () => {
    const analyzed = (some: object) => outcomes(report([], { findings: [finding(some)] }))
    const linted = (some: object, options = {}) =>
      outcomes(report([], { command: 'lint', captures: [], findings: [finding(some)] }), options)
    expect(analyzed({})).toEqual(['passed'])
    expect(analyzed({ flows: [1] })).toEqual(['failed'])
    expect(linted({})).toEqual(['failed'])
    expect(linted({ severity: 'warning' })).toEqual(['passed'])
    expect(linted({}, { failOn: 'never' })).toEqual(['passed'])
  })

  test('has one passed case where lint finds nothing, for CI counts no cases as a mistake', () => {
    expect(outcomes(report([], { command: 'lint', captures: [] }))).toEqual(['passed'])
  })

  test('proves a failure: what was expected, what was seen, why, and by what', () => {
    const [suite] = reportSuites(report([leak(2)]), OPTIONS)
    const [failed] = suite?.cases ?? []
    expect(failed).toMatchObject({
      type: 'MASQUERADE_MISSING',
      name: 'flow 2: TCP 10.244.2.53:40002 (pod default/curl) > 172.17.0.6:80 (external)',
      properties: { flow: '2', capture: 'nginx-eth0.txt', rule: 'local-endpoint', impact: '4 SYN unanswered' },
    })
    expect(failed?.details[0]).toMatch(/^expected: masquerade to 172\.17\.0\.4/)
    expect(failed?.details[1]).toMatch(/^seen: /)
    expect(failed?.details.at(-1)).toBe('capture-point (medium): taken past the SNAT point')
  })

  test('keeps every failure its own case among thousands, and counts the rest by kind', () => {
    const many = Array.from({ length: 1200 }, (_, i) => (i % 400 === 0 ? leak(i + 1) : verdict()))
    const [suite] = reportSuites(report(many), OPTIONS)
    expect(suite?.cases.filter(({ outcome }) => outcome === 'failed')).toHaveLength(3)
    expect(suite?.cases.at(-1)).toMatchObject({
      outcome: 'passed',
      name: 'consistent: node to external by rule local-endpoint: 1197 flows',
    })
  })
})
