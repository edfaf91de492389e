import { readFile } from 'node:fs/promises'
import type { Analysis } from '../audit/analysis.ts'
import type { AnalyzeOptions } from '../audit/analyze.ts'
import { MasqcheckError } from '../core/errors.ts'
import type { Warning } from '../core/warning.ts'
import { analysisReport, type Report } from '../report/report.ts'
import { whyNot } from './errors.ts'
import { readingBar, splitInputs } from './inputs.ts'
import { INTERRUPTED, watchSignals } from './interrupt.ts'
import type { Io } from './io.ts'
import { requireMetadata, swallowedCaptures } from './load-cluster.ts'
import type { CaptureOptions } from './options/capture.ts'
import { type ClusterOptions, givenFacts } from './options/cluster.ts'
import type { OutputOptions } from './options/output.ts'
import { compileSelection } from './selection.ts'
import { settingDoubts } from './setting-doubts.ts'
import { toolVersion } from './version.ts'
import { skippedNotes, writeInputs, writeWarnings } from './warnings.ts'

/** Options of the commands that judge captures. */
export interface AnalysisOptions extends ClusterOptions, CaptureOptions, OutputOptions {
  readonly expect?: string
  readonly whatIf?: readonly string[]
  readonly where?: string
  readonly sort?: string
}

/** What `analyze()` came to, and the exit status of a signal that cut it short. */
export interface AnalysisRun {
  /** With `--where` and `--sort` applied. */
  readonly report: Report
  readonly interrupted: number | null
}

/** Runs the main job for a command: progress and warnings on standard error, signals end reading early. */
export async function runAnalysis(named: readonly string[], options: AnalysisOptions, io: Io): Promise<AnalysisRun> {
  const { analyze } = await import('../audit/analyze.ts')
  const inputs = splitInputs(named, options)
  const request = await analyzeRequest(inputs, options, io)
  const selection = await compileSelection(options)
  const interrupt = watchSignals()
  const bar = readingBar(io, options.progress && !options.quiet)
  try {
    const read = await analyze({ ...request, signal: interrupt.signal, onProgress: bar.onProgress })
    bar.stop()
    const analysis = withWarnings(read, [
      ...swallowedCaptures(inputs.cluster, read.cluster),
      ...settingDoubts(options.setting),
    ])
    if (interrupt.status() !== null) io.stderr.write(INTERRUPTED)
    writeInputs(analysis.cluster.inputs, io, options)
    requireMetadata(inputs.cluster, analysis.cluster)
    writeWarnings(analysis.summary.warnings, io, options)
    return { report: selection.apply(analysisReport(analysis, toolVersion())), interrupted: interrupt.status() }
  } finally {
    bar.stop()
    interrupt.stop()
  }
}

function withWarnings(analysis: Analysis, warnings: readonly Warning[]): Analysis {
  const { summary } = analysis
  return { ...analysis, summary: { ...summary, warnings: [...warnings, ...summary.warnings] } }
}

async function analyzeRequest(
  { captures, cluster }: ReturnType<typeof splitInputs>,
  options: AnalysisOptions,
  io: Io,
): Promise<AnalyzeOptions> {
  const { ciliumVersion, at, timezone, maxFlows, crossCheck, expect, whatIf } = options
  const given = givenFacts(options)
  const optional: { -readonly [K in keyof AnalyzeOptions]?: AnalyzeOptions[K] | undefined } = {
    cluster: cluster.length > 0 ? cluster : undefined,
    given: Object.keys(given).length > 0 ? given : undefined,
    ciliumVersion,
    at,
    timezone,
    maxFlows,
    crossCheck,
    expect: expect === undefined ? undefined : await readExpectations(expect),
    whatIf: whatIf === undefined ? undefined : await readOverlay(given, whatIf),
  }
  const present = Object.entries(optional).filter(([, value]) => value !== undefined)
  return { captures, stdin: io.stdin, onSkipped: skippedNotes(io, options), ...Object.fromEntries(present) }
}

const EXPECTATION_FORM =
  '\n  it has the form\n    expectations:\n      - name: pods reach the outside as their node\n        flow: { from: pod, to: external }\n        nat: masquerade'

async function readExpectations(file: string): Promise<AnalyzeOptions['expect']> {
  const { parseExpectations } = await import('../audit/expectations.ts')
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new MasqcheckError('EXPECTATIONS_BAD', `${file}: cannot be read: ${whyNot(error)}`, { cause: error })
  })
  try {
    return parseExpectations(text, file)
  } catch (error) {
    if (!(error instanceof MasqcheckError)) throw error
    throw new MasqcheckError(error.code, `${error.message}${EXPECTATION_FORM}`, { cause: error })
  }
}

async function readOverlay(
  given: ReturnType<typeof givenFacts>,
  whatIf: readonly string[],
): Promise<AnalyzeOptions['whatIf']> {
  const { overlayFacts } = await import('./overlay.ts')
  return overlayFacts(given, whatIf)
}
