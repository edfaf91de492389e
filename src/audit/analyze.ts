import { type CaptureSet, type InputOptions, resolveInputs } from '../capture/inputs.ts'
import { parsePointSpec } from '../capture/point.ts'
import type { ReadProgress } from '../capture/read.ts'
import type { GivenFacts } from '../cluster/given-facts.ts'
import { loadCluster } from '../cluster/load.ts'
import type { ClusterSnapshot } from '../cluster/snapshot.ts'
import type { Flow } from '../flow/flow.ts'
import type { CaptureSummary } from '../flow/flow-run.ts'
import { readFlows } from '../flow/read-flows.ts'
import type { Analysis } from './analysis.ts'
import { assess } from './assess.ts'
import type { Expectation } from './expectations.ts'
import { flowHints } from './flow-hints.ts'
import { lint } from './lint/lint.ts'
import { mergeAnalyses } from './merge-analyses.ts'
import type { PointClaim } from './point-claim.ts'
import type { Verdict } from './verdict.ts'

/** What {@link analyze} is asked to do. Only `captures` is needed. */
export interface AnalyzeOptions {
  /** Captures as the command line names them: paths, globs, folders, archives, `-` for {@link stdin}. */
  readonly captures: readonly string[]
  /**
   * Cluster metadata: files, folders, sysdump archives, or a snapshot made before. Left out, the `captures.yaml` beside the
   * captures names it, and without one nothing is known of the cluster but {@link given}.
   */
  readonly cluster?: readonly string[] | ClusterSnapshot
  /** Facts given by hand; they win over files. Of no effect with a snapshot. */
  readonly given?: GivenFacts
  /** Cilium release, `1.17` or `1.17.6`; told from the metadata where left out. */
  readonly ciliumVersion?: string
  /** Where captures were taken: `point`, or `file=point` (see `parsePointSpec`). */
  readonly at?: readonly string[]
  /** What `-` stands for. */
  readonly stdin?: InputOptions['stdin']
  /** IANA zone of dated times in tcpdump text; UTC where left out. */
  readonly timezone?: string
  /** Most flows of one capture held at once. */
  readonly maxFlows?: number
  /** Reads classic microsecond pcaps a second time through `pcap-parser` and fails where the two readers disagree. */
  readonly crossCheck?: boolean
  /** Keeps the verdicts for which it is true; findings and expectations are made of all. */
  readonly where?: (verdict: Verdict) => boolean
  /** Expectations to hold the flows against, see `parseExpectations`. */
  readonly expect?: readonly Expectation[]
  /** Other settings to ask about: the hand-given facts with them, and what they are in words. */
  readonly whatIf?: { readonly given: GivenFacts; readonly settings: readonly string[] }
  /** Ends reading early; the flows until then are judged. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: ReadProgress) => void
  /** Told of every file of a folder or archive that is set aside, with the reason. */
  readonly onSkipped?: (file: string, reason: string) => void
}

/**
 * The main job: captures and cluster metadata in, a verdict for every flow out.
 *
 * @throws {MasqcheckError} where an input cannot be used at all: captures (`CAPTURE_…`), metadata (`CLUSTER_…`,
 * `CONFIG_CONFLICT`), points (`USAGE`). Damage inside an input is a warning of the result.
 */
export async function analyze(options: AnalyzeOptions): Promise<Analysis> {
  const sets = await resolveInputs(options.captures, {
    ...(options.at === undefined ? {} : { at: options.at }),
    ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
    ...(options.onSkipped === undefined ? {} : { onSkipped: options.onSkipped }),
  })
  const groups = await loadClusters(sets, options)
  const { flows, captures } = await readAll(
    sets,
    groups.map(({ cluster }) => cluster),
    options,
  )
  const interrupted = options.signal?.aborted ?? false
  const analyses: Analysis[] = []
  for (const group of groups) {
    const isOwn = groups.length === 1 ? () => true : ownCaptures(captures, group.sets)
    analyses.push(
      assess(groups.length === 1 ? flows : flows.filter((flow) => isOwn(flow.capture)), captures, group.cluster, {
        declared: captures.map((capture) => declaredPoint(capture, sets)),
        ...(options.where === undefined ? {} : { where: options.where }),
        ...(options.expect === undefined ? {} : { expectations: options.expect }),
        ...(group.otherwise === undefined ? {} : { otherwise: group.otherwise }),
        findings: isKnown(group.cluster) ? lint(group.cluster) : [],
        interrupted,
      }),
    )
  }
  return mergeAnalyses(
    analyses,
    captures,
    groups.map(({ sets: own }) => ownCaptures(captures, own)),
  )
}

/** Captures that belong to one cluster, and that cluster. */
interface ClusterGroup {
  readonly sets: readonly CaptureSet[]
  readonly cluster: ClusterSnapshot
  readonly otherwise?: { readonly cluster: ClusterSnapshot; readonly settings: readonly string[] }
}

/** One cluster for all captures where it is given; else one for each that a `captures.yaml` names. */
async function loadClusters(sets: readonly CaptureSet[], options: AnalyzeOptions): Promise<ClusterGroup[]> {
  const { cluster } = options
  if (isSnapshot(cluster)) return [{ sets, cluster }]
  if (cluster !== undefined) return [await loadGroup(sets, cluster, options)]
  const byPaths = new Map<string, CaptureSet[]>()
  for (const set of sets) {
    const key = set.cluster.join('\0')
    byPaths.set(key, [...(byPaths.get(key) ?? []), set])
  }
  return Promise.all([...byPaths.values()].map((own) => loadGroup(own, own[0]?.cluster ?? [], options)))
}

async function loadGroup(
  sets: readonly CaptureSet[],
  paths: readonly string[],
  { given, ciliumVersion, whatIf }: AnalyzeOptions,
): Promise<ClusterGroup> {
  const load = (facts: GivenFacts | undefined): Promise<ClusterSnapshot> =>
    loadCluster({
      paths,
      ...(facts === undefined ? {} : { given: facts }),
      ...(ciliumVersion === undefined ? {} : { ciliumVersion }),
    })
  const cluster = await load(given)
  if (whatIf === undefined) return { sets, cluster }
  return { sets, cluster, otherwise: { cluster: await load(whatIf.given), settings: whatIf.settings } }
}

function isSnapshot(cluster: AnalyzeOptions['cluster']): cluster is ClusterSnapshot {
  return cluster !== undefined && 'addressBook' in cluster
}

function isKnown({ nodesKnown, podsKnown, settings }: ClusterSnapshot): boolean {
  return nodesKnown || podsKnown || settings.known
}

async function readAll(
  sets: readonly CaptureSet[],
  clusters: readonly ClusterSnapshot[],
  options: AnalyzeOptions,
): Promise<{ flows: Flow[]; captures: CaptureSummary[] }> {
  const flows: Flow[] = []
  const { serverPorts, tunnelPorts } = flowHints(clusters)
  const captures = await readFlows(
    sets,
    {
      serverPorts,
      tunnelPorts,
      timeZone: options.timezone,
      maxFlows: options.maxFlows,
      crossCheck: options.crossCheck,
      signal: options.signal,
      onProgress: options.onProgress,
    },
    (flow) => flows.push(flow),
  )
  flows.sort((a, b) => a.id - b.id)
  return { flows, captures }
}

/** Whether a capture, by its index, was read from one of these sets. */
function ownCaptures(captures: readonly CaptureSummary[], sets: readonly CaptureSet[]): (index: number) => boolean {
  const names = new Set(sets.flatMap(({ files }) => files.map(({ name }) => name)))
  const own = captures.map(({ files }) => files.some((file) => names.has(file)))
  return (index) => own[index] === true
}

function declaredPoint({ declaredPoint: text, files }: CaptureSummary, sets: readonly CaptureSet[]): PointClaim | null {
  if (text === null) return null
  const set = sets.find((candidate) => candidate.files.some(({ name }) => files.includes(name)))
  return { ...parsePointSpec(text), basis: set?.pointBasis ?? 'option' }
}
