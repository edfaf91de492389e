import { describe, expect, test } from 'vitest'
import { type MasqcheckMatchers, matchers } from '../../src/report/matchers.ts'
import { analysis, leak, verdict } from '../support/report-fixtures.ts'

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: must repeat vitest's own declaration
  interface Matchers<T = any> extends MasqcheckMatchers<T> {}
}

expect.extend({ ...matchers })

describe('matchers in vitest', () => {
  const clean = analysis([verdict()])
  const leaky = analysis([verdict(), leak(2)])
  const undecided = analysis([verdict({ verdict: 'inconclusive' })])

  test('pass and fail as they read', () => {
    expect(clean).toHaveNoContradictions()
    expect(leaky).not.toHaveNoContradictions()
    expect(leaky).toHaveContradiction()
    expect(leaky).toHaveContradiction('MASQUERADE_MISSING')
    expect(leaky).not.toHaveContradiction('CILIUM_HOST_LEAKED')
    expect(undecided).not.toHaveNoInconclusiveFlows()
    expect(clean).toHaveNoInconclusiveFlows()
    expect(clean).toHaveNoErrorFindings()
  })

  test('name the flows and the reason when they fail', () => {
    expect(() => expect(leaky).toHaveNoContradictions()).toThrow(
      /flow 2 MASQUERADE_MISSING: 10\.244\.2\.53:40002 \(pod default\/curl\) > 172\.17\.0\.6:80.*seen source preserved/,
    )
  })

  test('ask for expectations to exist', () => {
    expect(clean).not.toMeetExpectations()
    const tally = { connections: 1, min: 0, nat: 'masquerade', isBroken: false }
    const expectation = { name: 'n', flows: [1], message: 'm', tally }
    expect(analysis([], { expectations: [{ ...expectation, status: 'passed' }] })).toMeetExpectations()
    expect(analysis([], { expectations: [{ ...expectation, status: 'unmatched' }] })).not.toMeetExpectations()
  })

  test('take the findings of lint', () => {
    const finding = { code: 'X', severity: 'error' as const, message: 'm', subject: 's', sources: [] }
    expect([finding]).not.toHaveNoErrorFindings()
    expect([{ ...finding, severity: 'warning' }]).toHaveNoErrorFindings()
  })

  test('refuse what is no analysis', () => {
    expect(() => matchers.toHaveNoContradictions({} as never)).toThrow(TypeError)
  })
})
