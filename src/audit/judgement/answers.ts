import { leadSample } from '../connection/fingerprint.ts'
import { isFromPodCidr, isPodLike } from '../identity.ts'
import { notApplicable, type Ruling } from '../ruling.ts'
import type { Evidence } from '../verdict.ts'
import { endpointText, partyText, pointText, ruleText } from '../words.ts'
import type { AnswerRole, Case } from './case.ts'
import { goalOf } from './goal.ts'
import { queryOf } from './query.ts'
import { actionOf } from './translation.ts'

const TRANSLATED_KINDS: ReadonlySet<string> = new Set(['node', 'cilium_host', 'egress_gateway'])

/**
 * Judges a connection whose answers left under another address than was called. Answers of a pod are never masqueraded;
 * those of a Service rightly come from its address (DSR).
 *
 * @returns `null` where the address is nothing that masquerading gives.
 */
export function judgeAnswers(judged: Case, role: AnswerRole): Ruling | null {
  const { sighting, context } = judged
  const request = role.kind === 'request' ? sighting : role.other
  const from = context.identify(role.link.from.ip)
  if (!isPodLike(request.destination) && !isFromPodCidr(request.destination)) return null
  if (!TRANSLATED_KINDS.has(from.kind)) return null
  if (role.kind === 'answer') {
    return notApplicable(
      `answers of ${partyText(request.destination)} (flow ${request.flow.id}) under another address; judged there`,
    )
  }
  const { flow, destination, point } = request
  const expected = context.expected(
    queryOf(flow, { source: destination.ip, node: destination.node, isReply: true, point }),
  )
  const isFault = goalOf(expected).action === 'preserve'
  return {
    verdict: isFault ? 'contradiction' : 'inconclusive',
    ...(isFault ? { code: 'MASQUERADE_UNEXPECTED' as const } : {}),
    expected,
    observed: {
      action: actionOf(from),
      address: from.ip,
      originalSource: { ip: destination.ip, port: flow.destination.port, name: destination.name },
      basis: `answers seen at ${pointText(role.other.point)}`,
      confidence: 'high',
    },
    because: [
      `${partyText(destination)} was called at ${endpointText(flow.destination)}, and its answer left as ${endpointText(role.link.from)} (${partyText(from)}): answers keep the address that was called`,
      ruleText(expected),
    ],
    evidence: [answerEvidence(judged, role)],
  }
}

function answerEvidence({ captures }: Case, { link, other }: AnswerRole): Evidence {
  const sample = leadSample(other.flow)
  const file = sample && captures[other.flow.capture]?.files[sample.file]
  return {
    kind: 'paired-sighting',
    detail: `${link.proof}: from ${endpointText(link.from)} at ${pointText(other.point)}`,
    confidence: 'high',
    ...(sample && file !== undefined ? { packets: [{ file, record: sample.record }] } : {}),
  }
}
