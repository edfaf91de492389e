import type { Identity } from '../../cluster/address-book.ts'
import type { Decision } from '../../masquerade/decision.ts'
import { PairEvidence } from '../connection/pair-evidence.ts'
import { isResolvedIn } from '../connection/pairing.ts'
import { isInCluster } from '../identity.ts'
import { NOT_OBSERVED, notApplicable, type Ruling } from '../ruling.ts'
import type { Sighting } from '../sighting.ts'
import type { Confidence, Observation } from '../verdict.ts'
import { partyText, pointText, ruleText, ruleTextAfter, sameConnectionAt, seenAt } from '../words.ts'
import { captureStart } from './capture-start.ts'
import type { Case } from './case.ts'
import { goalOf, interfacesNowhere, isTranslating } from './goal.ts'
import { leftUntranslated } from './left-untranslated.ts'
import { mayBeUnnamedNode } from './nodes-by-hand.ts'
import { openerOf } from './opener.ts'
import { backendsOf, decideOnTheWay, queryOf } from './query.ts'
import { judgeTranslation, judgeUntranslated, type TranslationOutcome } from './translation.ts'

/** Judges a flow whose source is a pod's own address (or that of an endpoint like a pod). */
export function judgeFromPod(judged: Case): Ruling {
  const { sighting, pairing, context } = judged
  const expected = expectedForPod(judged)
  if (expected === null) {
    return notApplicable(`${partyText(sighting.destination)} is resolved to a backend on the way; no backend is listed`)
  }
  if (expected.action === 'drop') return droppedBySettings(sighting, expected)
  const opener = openerOf(sighting.flow, sighting.source, captureStart(judged), context)
  if (!opener.sure && goalOf(expected).action !== 'preserve') return doubtful(judged, expected, opener.doubt)
  const later = pairing?.translated[0]
  if (pairing !== null && later !== undefined && !leftUntranslated(sighting, later))
    return translatedLater(judged, expected, later)
  switch (sighting.point.side) {
    case 'after':
      return pastSnat(judged, expected)
    case 'overlay':
      return insideTunnel(sighting, expected)
    default:
      return beforeSnat(judged, expected)
  }
}

/** Decision for the pod's packets with services resolved; `null` where the backend is not known. */
export function expectedForPod({ sighting, pairing, context }: Case): Decision | null {
  const { flow, source, destination } = sighting
  // Where another sighting shows the way out, it knows the device, and both ask the same question.
  const facts = { source: source.ip, node: source.node, point: pairing?.translated[0]?.point ?? sighting.point }
  const isResolved = (other: Sighting): boolean => isResolvedIn(sighting, other)
  const resolved = pairing?.translated.find(isResolved) ?? pairing?.unchanged.find(isResolved)
  if (resolved !== undefined)
    return decideOnTheWay(queryOf(flow, { ...facts, destination: resolved.destination.ip }), context)
  if (destination.kind !== 'service') return decideOnTheWay(queryOf(flow, facts), context)
  const decisions = backendsOf(destination, context).map((backend) =>
    decideOnTheWay(queryOf(flow, { ...facts, destination: backend }), context),
  )
  const first = decisions[0]
  // Backends with different answers (a host-network one among pods, say) leave open which holds.
  return first !== undefined && decisions.every(({ action }) => action === first.action) ? first : null
}

function droppedBySettings({ source }: Sighting, expected: Decision): Ruling {
  return {
    verdict: expected.rule === 'nat-unsupported-proto' ? 'not_applicable' : 'inconclusive',
    expected,
    observed: { ...NOT_OBSERVED, action: 'preserve', address: source.ip },
    because: [`the settings do not let this packet leave, so there is no address to compare`, ruleText(expected)],
  }
}

function doubtful({ sighting }: Case, expected: Decision, doubt: string): Ruling {
  return {
    verdict: 'inconclusive',
    expected,
    observed: observed(sighting, 'low'),
    because: [
      `${doubt}. If ${partyText(sighting.source)} did, its address should have been translated; if the other side did, the answer rightly keeps it`,
      ruleText(expected),
      'a capture with the beginning of the connection would decide',
    ],
  }
}

/** The pair proves what became of the address: the verdict belongs to the later sighting, and this one points there. */
function translatedLater({ sighting, pairing, captures }: Case, expected: Decision, later: Sighting): Ruling {
  const outcome = judgeTranslation(sighting.source, expected, later)
  const isFault = outcome.verdict === 'contradiction'
  return {
    verdict: isFault ? 'consistent' : outcome.verdict,
    expected,
    observed: {
      action: outcome.action,
      address: later.source.ip,
      originalSource: { ip: sighting.source.ip, port: sighting.flow.source.port, name: sighting.source.name },
      basis: sameConnectionAt(later.point),
      confidence: pairing?.confidence ?? 'low',
    },
    because: isFault
      ? [
          `the pod's own address is right at this point; past it the connection ${outcome.reason} (flow ${later.flow.id})`,
          ruleTextAfter(outcome.reason, expected),
        ]
      : [outcome.reason, ruleTextAfter(outcome.reason, expected)],
    evidence: pairing === null ? [] : [new PairEvidence(pairing, sighting, later, captures)],
  }
}

function pastSnat(judged: Case, expected: Decision): Ruling {
  const { sighting, pairing, captures, context } = judged
  if (sighting.point.assumed && sighting.flow.forward.packets === 0) return onlyAnswers(sighting, expected)
  const nowhere = isInCluster(sighting.destination) ? null : interfacesNowhere(expected, context)
  const outcome = nowhere === null ? judgeUntranslated(expected, sighting) : nothingToTranslateOn(sighting, nowhere)
  const other = pairing?.unchanged[0] ?? (pairing?.original !== sighting ? pairing?.original : undefined)
  return {
    verdict: outcome.verdict,
    ...(outcome.code === undefined ? {} : { code: outcome.code }),
    expected,
    observed: observed(sighting, sighting.point.assumed ? 'low' : 'high'),
    because: [
      outcome.reason,
      ruleTextAfter(outcome.reason, expected),
      ...(outcome.code === 'MASQUERADE_MISSING' && mayBeUnnamedNode(sighting.destination, context)
        ? [`keeping the address is right if ${sighting.destination.ip} is a node too: name all nodes (--node)`]
        : []),
    ],
    evidence: [
      placeEvidence(sighting),
      ...(pairing !== null && other !== undefined ? [new PairEvidence(pairing, sighting, other, captures)] : []),
    ],
  }
}

/** Answers to a pod's address pass places on both sides of the translation. */
function onlyAnswers(sighting: Sighting, expected: Decision): Ruling {
  const isOpen = goalOf(expected).action !== 'preserve'
  return {
    verdict: isOpen ? 'inconclusive' : 'consistent',
    expected,
    observed: observed(sighting, 'low'),
    because: [
      `only answers to ${sighting.source.ip} were captured, at a place that nothing tells: past the SNAT point, or translated back already; \`--at\` settles it`,
      ruleText(expected),
    ],
  }
}

function nothingToTranslateOn({ source, point }: Sighting, names: readonly string[]): TranslationOutcome {
  const reason = `${source.ip} was seen untranslated at ${pointText(point)}; masquerading is limited to ${names.join(', ')}, and ${source.node ?? 'the node'} has no such interface`
  return { verdict: 'contradiction', code: 'MASQUERADE_MISSING', action: 'preserve', reason }
}

function insideTunnel(sighting: Sighting, expected: Decision): Ruling {
  const goal = goalOf(expected)
  const because = [ruleText(expected)]
  if (goal.action === 'preserve') {
    return {
      verdict: 'consistent',
      expected,
      observed: observed(sighting, 'high'),
      because: ['kept its address inside the tunnel, as it should', ...because],
    }
  }
  // Towards a gateway the packet travels untranslated; the gateway's own device shows the rest.
  const isOnItsWay = expected.rule === 'egress-gateway'
  return {
    verdict: isOnItsWay ? 'consistent' : 'inconclusive',
    expected,
    observed: { ...NOT_OBSERVED, basis: 'inside the tunnel, before any translation' },
    because: [
      isOnItsWay
        ? `on its way to the egress gateway, which translates it`
        : `inside the tunnel its address is not yet translated; a capture where it leaves the tunnel would decide`,
      ...because,
    ],
  }
}

/** Where the pod's own address says nothing of masquerading. */
function beforeSnat({ sighting, pairing }: Case, expected: Decision): Ruling {
  const { point } = sighting
  const goal = goalOf(expected)
  const seenLater = pairing?.unchanged.find((other) => other.point.side === 'after')
  if (seenLater !== undefined) {
    const outcome = judgeUntranslated(expected, seenLater)
    const elsewhere = `past the SNAT point the connection kept its address (flow ${seenLater.flow.id})`
    return {
      verdict: outcome.verdict === 'contradiction' ? 'consistent' : outcome.verdict,
      expected,
      observed: { ...observed(seenLater, 'high'), basis: sameConnectionAt(seenLater.point) },
      because: [`the pod's own address is right at this point; ${elsewhere}`, ruleText(expected)],
    }
  }
  const unknown: Observation = { ...NOT_OBSERVED, basis: `seen at ${pointText(point)}, before the SNAT point` }
  if (point.side === 'both' && isTranslating(goal.action)) return deviceUnknown(sighting, expected, unknown)
  if (sighting.destination.kind === 'link_local' && isSilent(sighting)) return nodeLocal(sighting, expected, unknown)
  const onwards = isTranslating(goal.action)
    ? `whether it is translated past it, a capture on ${whereToLook(sighting.source)} or beyond would show`
    : goal.action === 'preserve'
      ? 'the settings preserve it past it too'
      : 'what the settings do with it past it cannot be told'
  return {
    verdict: 'consistent',
    expected,
    observed: unknown,
    because: [`the pod's own address is right here, before the SNAT point; ${onwards}`, ruleText(expected)],
  }
}

/** On all devices at once, with nothing that tells the pod's link from the way out. */
function deviceUnknown({ source }: Sighting, expected: Decision, observed: Observation): Ruling {
  return {
    verdict: 'inconclusive',
    expected,
    observed,
    because: [
      `the capture holds all devices and does not tell whether this was seen on the pod's link or on the way out`,
      ruleText(expected),
      `a capture on ${whereToLook(source)}, or one that records the device (tcpdump 4.99 and later on \`any\`), would decide`,
    ],
  }
}

function whereToLook({ node }: Identity): string {
  return node === null ? "the node's native device" : `the native device of ${node}`
}

function observed({ source, point }: Sighting, confidence: Confidence): Observation {
  return {
    action: 'preserve',
    address: source.ip,
    originalSource: null,
    basis: seenAt(point),
    confidence,
  }
}

function placeEvidence({ point }: Sighting): { kind: 'capture-point'; detail: string; confidence: Confidence } {
  return {
    kind: 'capture-point',
    detail: `${pointText(point)} is past the SNAT point (${point.basis})`,
    confidence: point.assumed ? 'low' : 'high',
  }
}

function isSilent({ flow }: Sighting): boolean {
  return flow.reverse.packets === 0 && flow.reverse.acknowledgedBytes === 0
}

/** Nothing comes back from an address that may live on the node itself, where nothing is translated at all. */
function nodeLocal({ destination }: Sighting, expected: Decision, observed: Observation): Ruling {
  return {
    verdict: 'inconclusive',
    expected,
    observed,
    because: [
      `no answer from ${destination.ip}, which may live on the node itself or beyond it; from the pod's side neither can be told`,
      ruleText(expected),
      '`ip addr` of the node, or a capture on its native device, would decide',
    ],
  }
}
