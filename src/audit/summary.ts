import { sumCounts } from '../core/counts.ts'
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
  return {
    captures: captures.length,
    packets: captures.reduce((sum, { packets }) => sum + packets, 0),
    bytes: captures.reduce((sum, { bytes }) => sum + bytes, 0),
    flows: verdicts.length,
    ...countVerdicts(verdicts),
    warnings: [...captures.flatMap((capture) => capture.warnings), ...warnings],
    skipped: sumCounts(captures.map(({ skipped }) => skipped)),
    interrupted,
  }
}

/** How many flows have which verdict, and which code. */
export function countVerdicts(
  judged: Iterable<Pick<Verdict, 'verdict' | 'code'>>,
): Pick<AnalysisSummary, 'verdicts' | 'codes'> {
  const verdicts: Record<VerdictName, number> = { consistent: 0, contradiction: 0, inconclusive: 0, not_applicable: 0 }
  const codes: Partial<Record<ContradictionCode, number>> = {}
  for (const { verdict, code } of judged) {
    verdicts[verdict]++
    if (code !== null) codes[code] = (codes[code] ?? 0) + 1
  }
  return { verdicts, codes }
}
