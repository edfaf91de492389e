import type { Analysis } from '../audit/analysis.ts'
import type { ContradictionCode, Finding, Verdict, VerdictName } from '../audit/verdict.ts'
import { addressText, count, decisionText, identityText, observationText, reasonText } from './words.ts'

/** What vitest and jest expect of a matcher. */
export interface MatcherResult {
  readonly pass: boolean
  readonly message: () => string
}

/** Flows listed in a failure message. */
const LISTED = 5

/** Passes when no flow contradicts the settings. */
export function toHaveNoContradictions(received: Analysis): MatcherResult {
  const found = verdictsOf(received, 'toHaveNoContradictions').filter((verdict) => verdict.verdict === 'contradiction')
  return {
    pass: found.length === 0,
    message: () =>
      found.length === 0
        ? 'Expected at least one flow to contradict the settings, and none does'
        : `Expected no flow to contradict the settings, but ${count(found.length, 'flow does', 'flows do')}:\n${list(found)}`,
  }
}

/** Passes when at least one flow contradicts the settings with this code, or with any where none is named. */
export function toHaveContradiction(received: Analysis, code?: ContradictionCode): MatcherResult {
  const found = verdictsOf(received, 'toHaveContradiction').filter(
    (verdict) => verdict.verdict === 'contradiction' && (code === undefined || verdict.code === code),
  )
  const wanted = code === undefined ? 'a contradiction' : `a contradiction ${code}`
  return {
    pass: found.length > 0,
    message: () =>
      found.length > 0
        ? `Expected no ${wanted.slice(2)}, but found:\n${list(found)}`
        : `Expected ${wanted}, but found ${verdictCounts(received)}`,
  }
}

/** Passes when every flow could be judged. */
export function toHaveNoInconclusiveFlows(received: Analysis): MatcherResult {
  const found = verdictsOf(received, 'toHaveNoInconclusiveFlows').filter(
    (verdict) => verdict.verdict === 'inconclusive',
  )
  return {
    pass: found.length === 0,
    message: () =>
      found.length === 0
        ? 'Expected at least one flow that cannot be judged, and all can'
        : `Expected every flow to be judged, but ${count(found.length, 'flow')} cannot be:\n${list(found)}`,
  }
}

/** Passes when no expectation of the expectations file failed and at least one was met by some flow. */
export function toMeetExpectations(received: Analysis): MatcherResult {
  verdictsOf(received, 'toMeetExpectations')
  const failed = received.expectations.filter((expectation) => expectation.status === 'failed')
  const met = received.expectations.filter((expectation) => expectation.status === 'passed')
  return {
    pass: failed.length === 0 && met.length > 0,
    message: () => {
      if (failed.length > 0) {
        const lines = failed.map(({ name, message }) => `  ${name}: ${message}`)
        return `Expected no expectation to fail, but:\n${lines.join('\n')}`
      }
      if (met.length > 0) return `Expected an expectation not to be met, but ${met.length} are`
      return 'Expected expectations to be met, but no flow was held against any'
    },
  }
}

/** Passes when no finding is an error. Takes an analysis or the findings of `lint()`. */
export function toHaveNoErrorFindings(received: Analysis | readonly Finding[]): MatcherResult {
  const findings = Array.isArray(received) ? (received as readonly Finding[]) : (received as Analysis).findings
  if (!Array.isArray(findings)) throw new TypeError('toHaveNoErrorFindings() needs an analysis or a list of findings')
  const errors = findings.filter((finding) => finding.severity === 'error')
  return {
    pass: errors.length === 0,
    message: () =>
      errors.length === 0
        ? 'Expected a finding that is an error, and there is none'
        : `Expected no finding to be an error, but:\n${errors.map(({ code, message }) => `  ${code}: ${message}`).join('\n')}`,
  }
}

/** All matchers, for `expect.extend(matchers)`. */
export const matchers: {
  readonly toHaveNoContradictions: typeof toHaveNoContradictions
  readonly toHaveContradiction: typeof toHaveContradiction
  readonly toHaveNoInconclusiveFlows: typeof toHaveNoInconclusiveFlows
  readonly toMeetExpectations: typeof toMeetExpectations
  readonly toHaveNoErrorFindings: typeof toHaveNoErrorFindings
} = {
  toHaveNoContradictions,
  toHaveContradiction,
  toHaveNoInconclusiveFlows,
  toMeetExpectations,
  toHaveNoErrorFindings,
}

/**
 * Signatures for the assertion types of a test runner. For vitest:
 *
 * ```ts
 * import 'vitest'
 * import type { MasqcheckMatchers } from 'masqcheck/matchers'
 * declare module 'vitest' {
 *   interface Matchers<T> extends MasqcheckMatchers<T> {}
 * }
 * ```
 */
export interface MasqcheckMatchers<R = unknown> {
  toHaveNoContradictions(): R
  toHaveContradiction(code?: ContradictionCode): R
  toHaveNoInconclusiveFlows(): R
  toMeetExpectations(): R
  toHaveNoErrorFindings(): R
}

function verdictsOf(received: Analysis, matcher: string): readonly Verdict[] {
  if (!Array.isArray(received?.verdicts)) throw new TypeError(`${matcher}() needs what analyze() resolves to`)
  return received.verdicts
}

function list(verdicts: readonly Verdict[]): string {
  const lines = verdicts.slice(0, LISTED).map((verdict) => {
    const { flow, source, destination, expected, observed, code } = verdict
    const ends = `${addressText(flow.source)} (${identityText(source)}) > ${addressText(flow.destination)} (${identityText(destination)})`
    const wanted = expected === null ? '' : `expected ${decisionText(expected)}, seen ${observationText(observed)}: `
    return `  flow ${flow.id} ${code ?? verdict.verdict}: ${ends}: ${wanted}${reasonText(verdict)}`
  })
  const more = verdicts.length - LISTED
  return [...lines, ...(more > 0 ? [`  and ${count(more, 'more flow')}`] : [])].join('\n')
}

function verdictCounts({ summary }: Analysis): string {
  const counts = Object.entries(summary.verdicts) as [VerdictName, number][]
  const some = counts.filter(([, n]) => n > 0).map(([name, n]) => `${n} ${name}`)
  return some.length === 0 ? 'no flows' : some.join(', ')
}
