import type { Warning } from '../core/warning.ts'
import type { AnalysedCapture, AnalysisSummary } from './analysis.ts'
import type { ContradictionCode, Verdict, VerdictName } from './verdict.ts'

/** Counts over a finished run. @param warnings - Of the run itself; those of the captures are added. */
export function summarise(
  captures: readonly AnalysedCapture[],
  verdicts: readonly Verdict[],
  warnings: readonly Warning[],
  interrupted: boolean,
): AnalysisSummary {
  const counts: Record<VerdictName, number> = { consistent: 0, contradiction: 0, inconclusive: 0, not_applicable: 0 }
  const codes: Partial<Record<ContradictionCode, number>> = {}
  for (const { verdict, code } of verdicts) {
    counts[verdict]++
    if (code !== null) codes[code] = (codes[code] ?? 0) + 1
  }
  return {
    captures: captures.length,
    packets: captures.reduce((sum, { packets }) => sum + packets, 0),
    bytes: captures.reduce((sum, { bytes }) => sum + bytes, 0),
    flows: verdicts.length,
    verdicts: counts,
    codes,
    warnings: [...captures.flatMap((capture) => capture.warnings), ...warnings],
    skipped: mergeCounts(captures.map(({ skipped }) => skipped)),
    interrupted,
  }
}

function mergeCounts(parts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {}
  for (const part of parts) {
    for (const [reason, count] of Object.entries(part)) total[reason] = (total[reason] ?? 0) + count
  }
  return total
}
