import type { ClusterSnapshot } from '../cluster/snapshot.ts'
import type { Warning } from '../core/warning.ts'
import type { Flow } from '../flow/flow.ts'
import type { CaptureSummary } from '../flow/flow-run.ts'
import { atLeast, parseCiliumVersion } from '../masquerade/cilium-version.ts'
import { decide } from '../masquerade/decide.ts'
import type { Decision } from '../masquerade/decision.ts'
import { decideInstalled } from '../masquerade/installed/decide-installed.ts'
import type { AnalysedCapture } from './analysis.ts'
import { Attributor } from './attribution/attributor.ts'
import { type FlowGroup, groupSightings } from './connection/connections.ts'
import { type Pairing, pairSightings } from './connection/pairing.ts'
import { ReversePath } from './connection/reverse-path.ts'
import { AuditContext, type Deciders } from './context.ts'
import { isPodLike } from './identity.ts'
import { impactOf } from './impact.ts'
import type { AnswerRole, Case } from './judgement/case.ts'
import { judge } from './judgement/judge.ts'
import { Peers } from './judgement/peers.ts'
import { resolveNames } from './names.ts'
import { resolvePoints } from './point.ts'
import type { PointClaim } from './point-claim.ts'
import { readHints } from './point-hints.ts'
import { type Ruling, verdictOf } from './ruling.ts'
import { type Sighting, SightingPlacer } from './sighting.ts'
import { unknownPoints } from './unknown-points.ts'
import type { Verdict } from './verdict.ts'
import { installedText } from './words.ts'

/** What the user said of the captures. */
export interface JudgeOptions {
  /** Point declared for each capture, by its index; `null` where none was. */
  readonly declared?: readonly (PointClaim | null)[]
  /** The decision stage; replaced in tests. */
  readonly deciders?: Deciders
}

/** Flows judged, with the points of their captures. */
export interface JudgedFlows {
  readonly captures: readonly AnalysedCapture[]
  /** One per flow, in the order of the flows given. */
  readonly verdicts: readonly Verdict[]
  readonly warnings: readonly Warning[]
  readonly context: AuditContext
}

const DECIDERS: Deciders = { expected: decide, installed: decideInstalled }

/**
 * Judges flows against a cluster: places them, joins the sightings of one connection, and holds each against what the
 * settings ask for. No I/O; linear in the number of flows.
 */
export function judgeFlows(
  seen: readonly Flow[],
  captures: readonly CaptureSummary[],
  cluster: ClusterSnapshot,
  options: JudgeOptions = {},
): JudgedFlows {
  const context = new AuditContext(cluster, options.deciders ?? DECIDERS)
  const flows = resolveNames(seen, context)
  const hints = readHints(captures, flows, context)
  const placed = captures.map((capture, i): AnalysedCapture => {
    const hint = hints[i] ?? { node: null, place: null, podHops: 'unknown' }
    return { ...capture, points: resolvePoints(capture, options.declared?.[i] ?? null, hint, context) }
  })
  const roleOf = (flow: Flow): string => (isPodLike(context.identify(flow.source.ip)) ? 'pod' : 'other')
  const placer = new SightingPlacer(placed, context)
  const sightings = flows.map((flow) => placer.place(flow))
  const groups = groupSightings(flows, roleOf)
  const pairings = pairAll(sightings, groups)
  const reversePath = new ReversePath(flows)
  const attributor = new Attributor(sightings, context)
  const peers = new Peers(flows)
  const share = new SharedTexts()
  const verdicts = sightings.map((sighting, i) => {
    const judged: Case = {
      sighting,
      pairing: pairings[i] ?? null,
      answer: answerRole(i, groups[i], sightings),
      reversePath,
      context,
      attributor,
      peers,
      captures: placed,
    }
    return toVerdict(judged, judge(judged), share)
  })
  const own = new Set(flows.map(({ capture }) => capture))
  const doubtful = unknownPoints(
    placed.filter(({ index }) => own.has(index)),
    cluster,
  )
  return { captures: placed, verdicts, warnings: [...doubtful, ...assumedPoints(placed, verdicts)], context }
}

/** What the other sightings say, for each flow by its index. */
function pairAll(sightings: readonly Sighting[], groups: readonly (FlowGroup | undefined)[]): (Pairing | null)[] {
  const byFlow = new Array<Pairing | null>(sightings.length).fill(null)
  for (let i = 0; i < sightings.length; i++) {
    const group = groups[i]
    const first = group?.members[0]
    if (group === undefined || first === undefined) continue
    byFlow[i] = first === i || first > i ? pairGroup(group, sightings) : (byFlow[first] ?? pairGroup(group, sightings))
  }
  return byFlow
}

function pairGroup(group: FlowGroup, sightings: readonly Sighting[]): Pairing | null {
  const members = group.members.map((member) => sightings[member]).filter((member) => member !== undefined)
  return pairSightings(group, members)
}

function answerRole(index: number, group: FlowGroup | undefined, sightings: readonly Sighting[]): AnswerRole | null {
  if (group === undefined || group.answers.length === 0) return null
  for (const link of group.answers) {
    const kind = link.request === index ? 'request' : link.answer === index ? 'answer' : null
    const other = sightings[kind === 'request' ? link.answer : link.request]
    if (kind !== null && other !== undefined) return { kind, link, other }
  }
  return null
}

function toVerdict({ sighting, pairing, context, captures }: Case, ruling: Ruling, share: SharedTexts): Verdict {
  const { flow } = sighting
  const installed = ruling.expected === null ? null : context.installed(ruling.expected, flow)
  const isFault = ruling.verdict === 'contradiction'
  const because = isFault ? [...ruling.because, ...reservations(ruling.expected, installed, context)] : ruling.because
  return verdictOf(sighting, ruling, {
    because: share.of(because),
    installed,
    connection: pairing?.connection ?? null,
    impact: isFault ? impactOf(flow, captures[flow.capture], context) : null,
  })
}

/** What the reader of a contradiction must know besides: what is really installed, and what could not be seen. */
function reservations(expected: Decision | null, installed: Decision | null, { cluster }: AuditContext): string[] {
  const texts = installed === null ? [] : [installedText(installed)]
  return expected !== null && mayFallBack(expected, cluster) ? [...texts, MAY_FALL_BACK] : texts
}

const MAY_FALL_BACK =
  'judged by the configuration: an agent of this release may have fallen back to iptables, which only `cilium-dbg status` shows'

// Later releases refuse to start where what BPF masquerading needs is missing (cilium-masquerade reference, Appendix B).
function mayFallBack({ engine, node }: Decision, cluster: ClusterSnapshot): boolean {
  const { enableBpfMasquerade, ciliumVersion } = cluster.settingsFor(node)
  if (engine !== 'bpf' || enableBpfMasquerade.origin === 'status') return false
  return !atLeast(parseCiliumVersion(ciliumVersion.value), 1, 16)
}

// Reasons repeat: a million flows have some hundred different ones. Those that name other flows do not.
const MAX_SHARED = 20_000

/** One list of reasons in the place of equal lists that were made anew for each flow. */
class SharedTexts {
  readonly #lists = new Map<string, readonly string[]>()

  of(texts: readonly string[]): readonly string[] {
    const first = texts[0] ?? ''
    const known = this.#lists.get(first)
    if (known !== undefined && isSameList(known, texts)) return known
    if (this.#lists.size >= MAX_SHARED) this.#lists.clear()
    this.#lists.set(first, texts)
    return texts
  }
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i])
}

/** One warning for each capture whose place was assumed and mattered to a verdict. */
function assumedPoints(captures: readonly AnalysedCapture[], verdicts: readonly Verdict[]): Warning[] {
  const affected = new Set<number>()
  for (const { flow, point, verdict } of verdicts)
    if (point.assumed && verdict !== 'not_applicable') affected.add(flow.capture)
  return [...affected].flatMap((index): Warning[] => {
    const capture = captures[index]
    if (capture === undefined) return []
    const message = `Nothing tells where ${capture.name} was taken; it counts as taken past the SNAT point (--at or a captures.yaml settles it)`
    return [{ code: 'point-assumed', file: capture.name, message }]
  })
}
