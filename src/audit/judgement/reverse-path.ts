import { isPodLike } from '../identity.ts'
import type { Ruling } from '../ruling.ts'
import { partyText } from '../words.ts'
import type { Case } from './case.ts'

/**
 * Looks at the way back of a connection whose way out is right, and turns the ruling where its answers were not
 * translated back. Weak signs count only where a pod is known to be behind the node's address: a host process that went
 * away draws the same refusals.
 */
export function judgeWayBack(judged: Case, ruling: Ruling): Ruling {
  const { sighting, pairing, reversePath } = judged
  if (ruling.verdict !== 'consistent' || sighting.point.side !== 'after') return ruling
  const evidence = reversePath.evidence(sighting, pairing)
  if (evidence === null) return ruling
  const podKnown = ruling.observed.originalSource !== null || (pairing !== null && isPodLike(pairing.original.source))
  if (evidence.confidence !== 'high' && !podKnown) return ruling
  return {
    ...ruling,
    verdict: 'contradiction',
    code: 'REVERSE_NAT_MISSING',
    because: [
      `the answer came back to ${sighting.source.ip} (${partyText(sighting.source)}) and was not translated back to the pod`,
      evidence.detail,
      ...portOwner(judged),
      ...ruling.because,
    ],
    evidence: [evidence, ...(ruling.evidence ?? [])],
  }
}

/** Who else the translated port belongs to, where that explains where the answers went. */
function portOwner({ sighting, context }: Case): string[] {
  const { port } = sighting.flow.source
  if (port === null) return []
  if (port === context.cluster.settings.tunnelPort.value)
    return [`port ${port} is this cluster's tunnel port, so the answer is taken for tunnel traffic`]
  const service = context.cluster.services.find(({ ports }) => ports.some(({ nodePort }) => nodePort === port))
  if (service === undefined) return []
  return [`port ${port} is the NodePort of service ${service.namespace}/${service.name}, which is looked up first`]
}
