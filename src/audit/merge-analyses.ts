import type { CaptureSummary } from '../flow/flow-run.ts'
import type { AnalysedCapture, Analysis, WhatIf } from './analysis.ts'
import { mergeExpectation } from './expectation/check.ts'
import { summarise } from './summary.ts'
import type { TalliedExpectation, Verdict } from './verdict.ts'

/**
 * One result of several, each of which judged some of the captures against a cluster of their own.
 *
 * @param isOwn - For each analysis, whether it judged the capture of an index.
 */
export function mergeAnalyses(
  analyses: readonly Analysis[],
  captures: readonly CaptureSummary[],
  isOwn: readonly ((index: number) => boolean)[],
): Analysis {
  const [first] = analyses
  if (first === undefined) throw new RangeError('Nothing to merge')
  if (analyses.length === 1) return first
  const points = captures.map((capture, index): AnalysedCapture => {
    const owner = analyses[isOwn.findIndex((owns) => owns(index))] ?? first
    return { ...capture, points: owner.captures[index]?.points ?? [] }
  })
  const verdicts = analyses
    .flatMap((analysis, place) => analysis.verdicts.map((verdict) => renumber(verdict, place)))
    .sort((a, b) => a.flow.id - b.flow.id)
  const own = new Set(captures.flatMap(({ warnings }) => warnings))
  const warnings = analyses.flatMap(({ summary }) => summary.warnings.filter((warning) => !own.has(warning)))
  return {
    ...first,
    captures: points,
    verdicts,
    findings: analyses.flatMap(({ findings }) => findings),
    expectations: mergeExpectations(analyses),
    summary: summarise(
      points,
      verdicts,
      warnings,
      analyses.some(({ summary }) => summary.interrupted),
    ),
    ...(first.whatIf === undefined ? {} : { whatIf: mergeWhatIfs(first.whatIf, analyses) }),
  }
}

// Each analysis counts its connections from 1.
function renumber(verdict: Verdict, place: number): Verdict {
  if (verdict.connection === null || place === 0) return verdict
  return { ...verdict, connection: `${verdict.connection}.${place + 1}` }
}

function mergeWhatIfs(first: WhatIf, analyses: readonly Analysis[]): WhatIf {
  const changes = analyses.flatMap(({ whatIf }, place) =>
    (whatIf?.changes ?? []).map(({ before, after }) => ({
      before: renumber(before, place),
      after: renumber(after, place),
    })),
  )
  return { ...first, changes: changes.sort((a, b) => a.before.flow.id - b.before.flow.id) }
}

function mergeExpectations(analyses: readonly Analysis[]): TalliedExpectation[] {
  const count = analyses[0]?.expectations.length ?? 0
  return Array.from({ length: count }, (_, i) =>
    mergeExpectation(analyses.flatMap(({ expectations }) => expectations[i] ?? [])),
  ).filter((result) => result !== undefined)
}
