import type { Identity } from '../../cluster/address-book.ts'
import { ipFamily } from '../../core/ip.ts'
import type { Decision } from '../../masquerade/decision.ts'
import type { Attribution } from '../attribution/vote.ts'
import { isSameNode } from '../identity.ts'
import { notApplicable, type Ruling } from '../ruling.ts'
import type { Sighting } from '../sighting.ts'
import type { Observation } from '../verdict.ts'
import { alternatives, partyText, pointText, ruleTextAfter } from '../words.ts'
import { balancingOf } from './balancer.ts'
import { captureStart } from './capture-start.ts'
import type { Case } from './case.ts'
import { judgeForeignAddress } from './foreign-address.ts'
import { looksOpened, openerOf } from './opener.ts'
import { decideOnTheWay, queryOf } from './query.ts'
import { judgeTranslation, type TranslationOutcome } from './translation.ts'

/** One answer to "who is behind this node address", and what the flow means under it. */
interface Hypothesis {
  readonly who: 'pod' | 'host' | 'balancer'
  readonly expected: Decision | null
  readonly outcome: TranslationOutcome
}

/**
 * Judges a flow whose source is an address of a node: a masqueraded pod, a process on the host, or a load balancer.
 * Evidence attributes it; where it does not, all that remain possible must agree.
 */
export function judgeFromNode(judged: Case): Ruling {
  const { sighting, attributor } = judged
  const foreign = judgeForeignAddress(judged)
  if (foreign !== null) return foreign
  const own = attributor.attribute(sighting)
  const ruling = judgeAs(judged, own)
  if (ruling.verdict !== 'inconclusive' || own.origin !== 'unknown') return ruling
  const attribution = attributor.attributeBySiblings(sighting, own)
  return attribution === own ? ruling : judgeAs(judged, attribution)
}

function judgeAs(judged: Case, attribution: Attribution): Ruling {
  const hypotheses = hypothesesFor(judged, attribution)
  const first = hypotheses[0]
  const { node } = judged.sighting.source
  if (first === undefined) return notApplicable(`no pod of ${node ?? 'that node'} is known to ask the settings about`)
  const agreed = hypotheses.every(({ outcome }) => outcome.verdict === first.outcome.verdict)
  return agreed ? rule(judged, attribution, first, hypotheses) : undecided(judged, attribution, hypotheses)
}

function hypothesesFor(judged: Case, attribution: Attribution): Hypothesis[] {
  const { sighting } = judged
  const host = hostHypothesis(judged)
  // Into the tunnel the host, too, must use the cilium_host address: who it was makes no difference.
  if (attribution.origin === 'host' || sighting.point.side === 'overlay') return [host]
  const pods = podHypotheses(judged, attribution)
  const balancer = balancerHypothesis(judged) ?? answerHypothesis(judged)
  if (attribution.origin === 'pod') {
    const behind = attribution.original === null && balancer !== null ? [...pods, balancer] : pods
    return behind.length > 0 ? behind : [host]
  }
  // Between addresses of one node nothing is ever translated: only the host itself speaks so.
  if (isSameNode(sighting.source, sighting.destination)) return [host]
  return [...pods, ...(balancer === null ? [] : [balancer]), host]
}

function podHypotheses({ sighting, context }: Case, attribution: Attribution): Hypothesis[] {
  const { flow, source, point } = sighting
  const known = attribution.original
  const node = known?.identity.node ?? source.node
  if (node === null) return []
  const candidates = known === null ? context.podsBehind(node, ipFamily(source.ip)) : [known.ip]
  const hypotheses = candidates.map((ip): Hypothesis => {
    const identity = context.identify(ip)
    const expected = decideOnTheWay(queryOf(flow, { source: ip, node: identity.node ?? node, point }), context)
    return { who: 'pod', expected, outcome: judgeTranslation(identity, expected, sighting) }
  })
  // Which pod it was is not known: what one of them does rightly is no fault.
  const right = hypotheses.find(({ outcome }) => outcome.verdict === 'consistent')
  if (right !== undefined) return [right]
  return hypotheses.slice(0, 1)
}

function hostHypothesis({ sighting, context }: Case): Hypothesis {
  const { flow, source, point } = sighting
  const expected = context.expected(queryOf(flow, { source: source.ip, node: source.node, point }))
  if (expected.action === 'preserve' || expected.action === 'unknown' || expected.addresses.includes(source.ip)) {
    const reason = `sent by ${partyText(source)} itself, under its own address`
    return { who: 'host', expected, outcome: { verdict: 'consistent', action: 'preserve', reason } }
  }
  const reason = `sent as ${source.ip} (${partyText(source)}); the settings give it ${alternatives(expected.addresses)}`
  // Outside the tunnel nothing says that the rule was met on the way.
  if (point.side !== 'overlay')
    return { who: 'host', expected, outcome: { verdict: 'inconclusive', action: 'preserve', reason } }
  return {
    who: 'host',
    expected,
    outcome: {
      verdict: 'contradiction',
      code: 'MASQUERADE_WRONG_ADDRESS',
      action: 'preserve',
      reason: `${reason}, so that the answer comes back through the tunnel`,
    },
  }
}

function balancerHypothesis({ sighting, context }: Case): Hypothesis | null {
  const balancing = balancingOf(sighting, context)
  if (balancing.may === 'no') return null
  const reason =
    balancing.may === 'yes'
      ? `a client of service ${balancing.service}, which ${partyText(sighting.source)} forwards under its own address`
      : `a client of a service that ${partyText(sighting.source)} forwards under its own address; no Services are known`
  return { who: 'balancer', expected: null, outcome: { verdict: 'consistent', action: 'translated', reason } }
}

/** Without its beginning a connection may be one that a client opened to a port of the node, and a pod behind it answers. */
function answerHypothesis(judged: Case): Hypothesis | null {
  const { sighting, context } = judged
  const { flow, source } = sighting
  const opener = openerOf(flow, source, captureStart(judged), context)
  if (opener.sure || looksOpened(flow)) return null
  const reason = `${opener.doubt}, and answers to a client of a port of ${partyText(source)} rightly leave under its address`
  return { who: 'balancer', expected: null, outcome: { verdict: 'consistent', action: 'translated', reason } }
}

function rule({ sighting }: Case, attribution: Attribution, first: Hypothesis, all: readonly Hypothesis[]): Ruling {
  const { expected, outcome } = first
  const open = all.length > 1
  const confidence = open || attribution.origin === 'unknown' ? 'medium' : attribution.confidence
  if (outcome.verdict === 'contradiction' && first.who !== 'host' && attribution.confidence === 'low')
    return undecided({ sighting }, attribution, all)
  return {
    verdict: outcome.verdict,
    ...(outcome.code === undefined ? {} : { code: outcome.code }),
    expected,
    observed: observation(sighting, outcome, attribution, confidence),
    because: [
      subject(attribution, first, open, sighting.source, outcome),
      ...(expected === null ? [] : [podRuleText(first, expected, attribution)]),
    ],
    evidence: attribution.evidence,
  }
}

// The settings are asked about one pod in the place of all of the node; the reader must not take it for the one.
function podRuleText({ who, outcome }: Hypothesis, expected: Decision, { original }: Attribution): string {
  const text = ruleTextAfter(outcome.reason, expected)
  return who === 'pod' && original === null ? `for a pod there, ${text}` : text
}

function subject(
  { origin, original }: Attribution,
  { who }: Hypothesis,
  open: boolean,
  source: Identity,
  { reason }: TranslationOutcome,
): string {
  if (who !== 'pod') return reason
  if (original !== null) return `${partyText(original.identity)} (${original.ip}) ${reason}`
  if (origin === 'pod' && !open) return `a pod of ${source.node} ${reason}`
  return `a pod of ${source.node} ${reason}; sent by the node itself it would be right too`
}

function undecided(
  { sighting }: Pick<Case, 'sighting'>,
  attribution: Attribution,
  hypotheses: readonly Hypothesis[],
): Ruling {
  const { source } = sighting
  const byPod = hypotheses.find(({ who }) => who === 'pod')
  const meanings = hypotheses.map(({ who, outcome }) => {
    const subjectText = who === 'pod' ? `if a pod of ${source.node} opened it, it ${outcome.reason}` : outcome.reason
    return `${subjectText} (${outcome.verdict.replace('_', ' ')})`
  })
  const why = attribution.disagrees
    ? 'the evidence on who is behind it disagrees'
    : 'whether a pod or the host is behind it cannot be told here'
  return {
    verdict: 'inconclusive',
    expected: byPod?.expected ?? hypotheses[0]?.expected ?? null,
    observed: {
      action: 'unknown',
      address: source.ip,
      originalSource: null,
      basis: `source is ${partyText(source)}`,
      confidence: 'low',
    },
    because: [
      `${source.ip} is ${partyText(source)}, and ${why}`,
      ...(byPod?.expected ? [podRuleText(byPod, byPod.expected, attribution)] : []),
      ...meanings,
      `a capture on lxc+ or any of ${source.node}, its \`cilium-dbg bpf nat list\` or \`conntrack -L\` would decide`,
    ],
    evidence: attribution.evidence,
  }
}

function observation(
  sighting: Sighting,
  outcome: TranslationOutcome,
  attribution: Attribution,
  confidence: Observation['confidence'],
): Observation {
  const { original } = attribution
  return {
    action: outcome.action,
    address: sighting.source.ip,
    originalSource:
      original === null || outcome.action === 'preserve'
        ? null
        : { ip: original.ip, port: original.port, name: original.identity.name },
    basis: `source is ${partyText(sighting.source)}, seen at ${pointText(sighting.point)}`,
    confidence,
  }
}
