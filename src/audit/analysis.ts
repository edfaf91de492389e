import type { ClusterSnapshot } from '../cluster/snapshot.ts'
import type { Warning } from '../core/warning.ts'
import type { CaptureSummary } from '../flow/flow-run.ts'
import type { CapturePoint, ContradictionCode, Finding, TalliedExpectation, Verdict, VerdictName } from './verdict.ts'

/** Result of the main job: what the reports are made of. */
export interface Analysis {
  readonly captures: readonly AnalysedCapture[]
  /** One per flow, in the order of flow ids. */
  readonly verdicts: readonly Verdict[]
  /** Findings about metadata, and root causes that group contradictions, most weighty first. */
  readonly findings: readonly Finding[]
  readonly expectations: readonly TalliedExpectation[]
  readonly cluster: ClusterSnapshot
  readonly summary: AnalysisSummary
  /** Set where other settings were asked about (`--what-if`). */
  readonly whatIf?: WhatIf
}

/** What other settings would make of the same flows. */
export interface WhatIf {
  /** The settings laid over the cluster's, as `key=value`. */
  readonly settings: readonly string[]
  /** Flows whose decision or verdict changes, in the order of flow ids. */
  readonly changes: readonly { readonly before: Verdict; readonly after: Verdict }[]
}

export interface AnalysedCapture extends CaptureSummary {
  /** Points of its interfaces, by interface index. */
  readonly points: readonly CapturePoint[]
}

export interface AnalysisSummary {
  readonly captures: number
  readonly packets: number
  readonly bytes: number
  readonly flows: number
  readonly verdicts: Readonly<Record<VerdictName, number>>
  readonly codes: Readonly<Partial<Record<ContradictionCode, number>>>
  readonly warnings: readonly Warning[]
  readonly skipped: Readonly<Record<string, number>>
  /** True when the run was interrupted and holds what was finished until then. */
  readonly interrupted: boolean
}
