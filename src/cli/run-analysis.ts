import { readFile } from 'node:fs/promises'
import type { Analysis } from '../audit/analysis.ts'
import type { AnalyzeOptions } from '../audit/analyze.ts'
import type { Verdict } from '../audit/verdict.ts'
import { MasqcheckError } from '../core/errors.ts'
import { verdictFilter } from './filter.ts'
import { readingBar, splitInputs } from './inputs.ts'
import { INTERRUPTED, watchSignals } from './interrupt.ts'
import type { Io } from './io.ts'
import type { CaptureOptions } from './options/capture.ts'
import { type ClusterOptions, givenFacts } from './options/cluster.ts'
import type { OutputOptions } from './options/output.ts'
import { skippedNotes, writeInputs, writeWarnings } from './warnings.ts'

/** Options of the commands that judge captures. */
export interface AnalysisOptions extends ClusterOptions, CaptureOptions, OutputOptions {
  readonly expect?: string
  readonly whatIf?: readonly string[]
  readonly where?: string
}

/** What `analyze()` came to, and the exit status of a signal that cut it short. */
export interface AnalysisRun {
  readonly analysis: Analysis
  readonly interrupted: number | null
}

/** Runs the main job for a command: progress and warnings on standard error, signals end reading early. */
export async function runAnalysis(named: readonly string[], options: AnalysisOptions, io: Io): Promise<AnalysisRun> {
  const { analyze } = await import('../audit/analyze.ts')
  const request = await analyzeRequest(named, options, io)
  const interrupt = watchSignals()
  const bar = readingBar(io, options.progress && !options.quiet)
  try {
    const analysis = await analyze({ ...request, signal: interrupt.signal, onProgress: bar.onProgress })
    bar.stop()
    if (interrupt.status() !== null) io.stderr.write(INTERRUPTED)
    writeInputs(analysis.cluster.inputs, io, options)
    writeWarnings(analysis.summary.warnings, io, options)
    return { analysis, interrupted: interrupt.status() }
  } finally {
    bar.stop()
    interrupt.stop()
  }
}

async function analyzeRequest(named: readonly string[], options: AnalysisOptions, io: Io): Promise<AnalyzeOptions> {
  const { captures, cluster } = splitInputs(named, options)
  const { ciliumVersion, at, timezone, maxFlows, expect, whatIf, where } = options
  const given = givenFacts(options)
  const optional: { -readonly [K in keyof AnalyzeOptions]?: AnalyzeOptions[K] | undefined } = {
    cluster: cluster.length > 0 ? cluster : undefined,
    given: Object.keys(given).length > 0 ? given : undefined,
    ciliumVersion,
    at,
    timezone,
    maxFlows,
    expect: expect === undefined ? undefined : await readExpectations(expect),
    where: where === undefined ? undefined : await verdictFilter(where),
    whatIf: whatIf === undefined ? undefined : await readOverlay(given, whatIf),
  }
  const present = Object.entries(optional).filter(([, value]) => value !== undefined)
  return { captures, stdin: io.stdin, onSkipped: skippedNotes(io, options), ...Object.fromEntries(present) }
}

async function readExpectations(file: string): Promise<AnalyzeOptions['expect']> {
  const { parseExpectations } = await import('../audit/expectations.ts')
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'no such file' : error.message
    throw new MasqcheckError('EXPECTATIONS_BAD', `${file}: cannot be read: ${why}`, { cause: error })
  })
  return parseExpectations(text, file)
}

async function readOverlay(
  given: ReturnType<typeof givenFacts>,
  whatIf: readonly string[],
): Promise<AnalyzeOptions['whatIf']> {
  const { overlayFacts } = await import('./overlay.ts')
  return overlayFacts(given, whatIf)
}

/** A flow by the number reports give it. */
export function verdictOfFlow(analysis: Analysis, id: string): Verdict | undefined {
  return analysis.verdicts.find(({ flow }) => String(flow.id) === id)
}
