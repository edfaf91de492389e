import { PairEvidence } from '../connection/pair-evidence.ts'
import { isDestinationTranslated, type Pairing } from '../connection/pairing.ts'
import { isFromPodCidr, isPodLike } from '../identity.ts'
import { notApplicable, type Ruling } from '../ruling.ts'
import type { Observation } from '../verdict.ts'
import { partyText, ruleText, ruleTextAfter, sameConnectionAt } from '../words.ts'
import { balancingOf } from './balancer.ts'
import { captureStart } from './capture-start.ts'
import type { Case } from './case.ts'
import { looksOpened, openerOf } from './opener.ts'
import { decideOnTheWay, queryOf } from './query.ts'
import { mayBeServiceReply } from './service-reply.ts'
import { actionOf, judgeTranslation } from './translation.ts'

/**
 * Judges a translated sighting by the one that shows who opened the connection: the pair is the proof. It proves nothing
 * against anybody where only time and length make it a pair, or where both may be answers of the pod: a balancer gives
 * these the address that the client called.
 */
export function judgePaired(judged: Case, pairing: Pairing): Ruling {
  const ruling = judgePair(judged, pairing)
  const doubt = ruling.verdict === 'contradiction' ? doubtOf(judged, pairing) : null
  if (doubt === null) return ruling
  const { code: _, ...open } = ruling
  return { ...open, verdict: 'inconclusive', because: [doubt, ...ruling.because] }
}

function doubtOf({ captures, context }: Case, { confidence, original }: Pairing): string | null {
  if (confidence === 'low') return CHANCE
  const { flow, source } = original
  const opener = openerOf(flow, source, captureStart({ sighting: original, captures }), context)
  if (opener.sure || looksOpened(flow)) return null
  return `${opener.doubt}, and answers of ${partyText(source)} rightly leave under the address that was called; a capture with the beginning would decide`
}

const CHANCE =
  'that both are one exchange is told by time and length alone, and so may be chance: tcpdump -v or a capture file (-w) keeps the IP ID, which would decide'

function judgePair(judged: Case, pairing: Pairing): Ruling {
  const { sighting, context, captures } = judged
  const { original } = pairing
  if (!isPodLike(original.source) && !isFromPodCidr(original.source)) return judgeForwarded(judged, pairing)
  const expected = decideOnTheWay(
    queryOf(sighting.flow, { source: original.source.ip, node: original.source.node, point: sighting.point }),
    context,
  )
  const evidence = [new PairEvidence(pairing, sighting, original, captures)]
  const observed: Observation = {
    action: actionOf(sighting.source),
    address: sighting.source.ip,
    originalSource: { ip: original.source.ip, port: original.flow.source.port, name: original.source.name },
    basis: sameConnectionAt(original.point),
    confidence: pairing.confidence,
  }
  if (isDestinationTranslated(original, sighting) && original.destination.kind !== 'pod') {
    const reason = `a service translation: ${original.destination.ip} was resolved to ${sighting.destination.ip}, and the answer must come back through ${partyText(sighting.source)}`
    return { verdict: 'not_applicable', expected, observed, because: [reason], evidence }
  }
  if (mayBeServiceReply(sighting, judged)) {
    const reason = `answers of ${partyText(original.source)} under ${partyText(sighting.source)}, which its client called`
    return { verdict: 'not_applicable', expected, observed, because: [reason], evidence }
  }
  const outcome = judgeTranslation(original.source, expected, sighting)
  return {
    verdict: outcome.verdict,
    ...(outcome.code === undefined ? {} : { code: outcome.code }),
    expected,
    observed: { ...observed, action: outcome.action },
    because: [
      `${partyText(original.source)} (${original.source.ip}) ${outcome.reason}`,
      ruleTextAfter(outcome.reason, expected),
    ],
    evidence,
  }
}

/**
 * A connection that somebody outside, or a node, opened and that goes on under another address. A balancer does so for
 * its backends elsewhere; a pod that was called directly must see its client.
 */
function judgeForwarded(judged: Case, pairing: Pairing): Ruling {
  const { original } = pairing
  const { sighting, context, captures } = judged
  const { flow, source, destination, point } = sighting
  const opener = `${original.source.ip} (${partyText(original.source)})`
  if (!isPodLike(destination) || (source.kind !== 'node' && source.kind !== 'cilium_host')) {
    return notApplicable(`opened by ${opener} and translated on the way to ${destination.ip}, not by masquerading`)
  }
  const evidence = [new PairEvidence(pairing, sighting, original, captures)]
  const node = source.node ?? (point.kind === 'node' ? point.name : null)
  const expected = context.expected(queryOf(flow, { source: original.source.ip, node }))
  const wasResolved = isDestinationTranslated(original, sighting)
  if (wasResolved && balancingOf(sighting, context).may !== 'no') {
    return notApplicable(
      `opened by ${opener} towards ${original.destination.ip}, which ${partyText(source)} balances to ${destination.ip} under its own address`,
    )
  }
  return {
    verdict: 'contradiction',
    code: 'NODE_SNAT_UNEXPECTED',
    expected,
    observed: {
      action: actionOf(source),
      address: source.ip,
      originalSource: { ip: original.source.ip, port: original.flow.source.port, name: original.source.name },
      basis: sameConnectionAt(original.point),
      confidence: pairing.confidence,
    },
    because: [
      `${opener} called ${wasResolved ? `a service whose policy keeps the client's address` : 'the pod directly'}, and ${partyText(destination)} sees ${source.ip} (${partyText(source)}) in its place`,
      ruleText(expected),
    ],
    evidence,
  }
}
