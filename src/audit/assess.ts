import type { ClusterSnapshot } from '../cluster/snapshot.ts'
import type { Flow } from '../flow/flow.ts'
import type { CaptureSummary } from '../flow/flow-run.ts'
import type { Analysis } from './analysis.ts'
import { checkExpectations } from './expectation/check.ts'
import type { Expectation } from './expectations.ts'
import { findObservations } from './findings/observations.ts'
import { type JudgedFlows, type JudgeOptions, judgeFlows } from './judge-flows.ts'
import { findRootCauses } from './root-cause/root-causes.ts'
import { summarise } from './summary.ts'
import type { Finding, Verdict } from './verdict.ts'

/** What {@link assess} does besides judging. */
export interface AssessOptions extends JudgeOptions {
  /** Keeps the verdicts for which it is true; findings and expectations are made of all of them. */
  readonly where?: (verdict: Verdict) => boolean
  readonly expectations?: readonly Expectation[]
  /** The same cluster under other settings: what would become of each flow there. */
  readonly otherwise?: { readonly cluster: ClusterSnapshot; readonly settings: readonly string[] }
  /** Findings about the metadata itself, made before. */
  readonly findings?: readonly Finding[]
  /** The run was interrupted and these are the flows until then. */
  readonly interrupted?: boolean
}

/** The whole assessment of flows that were read already: verdicts, their causes, expectations, counts. No I/O. */
export function assess(
  flows: readonly Flow[],
  captures: readonly CaptureSummary[],
  cluster: ClusterSnapshot,
  options: AssessOptions = {},
): Analysis {
  const judged = judgeFlows(flows, captures, cluster, options)
  const { verdicts, context, warnings } = judged
  const kept = options.where === undefined ? verdicts : verdicts.filter(options.where)
  return {
    captures: judged.captures,
    verdicts: kept,
    findings: [...findRootCauses(verdicts, context), ...findObservations(judged), ...(options.findings ?? [])],
    expectations: checkExpectations(options.expectations ?? [], verdicts, context),
    cluster,
    summary: summarise(judged.captures, kept, [...cluster.warnings, ...warnings], options.interrupted ?? false),
    ...(options.otherwise === undefined
      ? {}
      : { whatIf: compareWith(options.otherwise, flows, captures, judged, options) }),
  }
}

/** Every flow whose verdict or decision is another under the other settings. */
function compareWith(
  { cluster, settings }: NonNullable<AssessOptions['otherwise']>,
  flows: readonly Flow[],
  captures: readonly CaptureSummary[],
  now: JudgedFlows,
  options: AssessOptions,
): NonNullable<Analysis['whatIf']> {
  const then = judgeFlows(flows, captures, cluster, options).verdicts
  const changes = now.verdicts.flatMap((before, i) => {
    const after = then[i]
    if (after === undefined || (options.where !== undefined && !options.where(before)) || isSame(before, after))
      return []
    return [{ before, after }]
  })
  return { settings, changes }
}

function isSame(a: Verdict, b: Verdict): boolean {
  return (
    a.verdict === b.verdict &&
    a.code === b.code &&
    a.expected?.action === b.expected?.action &&
    a.expected?.rule === b.expected?.rule &&
    a.expected?.addresses.join() === b.expected?.addresses.join()
  )
}
