import { pairEvidence } from '../connection/pair-evidence.ts'
import { isDestinationTranslated, type Pairing } from '../connection/pairing.ts'
import { isFromPodCidr, isPodLike } from '../identity.ts'
import { notApplicable, type Ruling } from '../ruling.ts'
import type { Observation } from '../verdict.ts'
import { partyText, pointText, ruleText } from '../words.ts'
import type { Case } from './case.ts'
import { decideOnTheWay, queryOf } from './query.ts'
import { actionOf, judgeTranslation } from './translation.ts'

/** Judges a translated sighting by the one that shows who opened the connection: the pair is the proof. */
export function judgePaired({ sighting, context, captures }: Case, pairing: Pairing): Ruling {
  const { original } = pairing
  if (!isPodLike(original.source) && !isFromPodCidr(original.source)) {
    return notApplicable(
      `opened by ${original.source.ip} (${partyText(original.source)}); translated on the way to ${sighting.destination.ip}, not by masquerading`,
    )
  }
  const expected = decideOnTheWay(
    queryOf(sighting.flow, { source: original.source.ip, node: original.source.node, point: sighting.point }),
    context,
  )
  const evidence = [pairEvidence(pairing, sighting, original, captures)]
  const observed: Observation = {
    action: actionOf(sighting.source),
    address: sighting.source.ip,
    originalSource: { ip: original.source.ip, port: original.flow.source.port, name: original.source.name },
    basis: `the same connection at ${pointText(original.point)}`,
    confidence: pairing.confidence,
  }
  if (isDestinationTranslated(original, sighting) && original.destination.kind !== 'pod') {
    const reason = `a service translation: ${original.destination.ip} was resolved to ${sighting.destination.ip}, and the answer must come back through ${partyText(sighting.source)}`
    return { verdict: 'not_applicable', expected, observed, because: [reason], evidence }
  }
  const outcome = judgeTranslation(original.source, expected, sighting)
  return {
    verdict: outcome.verdict,
    ...(outcome.code === undefined ? {} : { code: outcome.code }),
    expected,
    observed: { ...observed, action: outcome.action },
    because: [`${partyText(original.source)} (${original.source.ip}) ${outcome.reason}`, ruleText(expected)],
    evidence,
  }
}
