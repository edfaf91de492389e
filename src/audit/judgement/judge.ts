import { isCarrier } from '../attribution/ttl.ts'
import { isFromPodCidr, isPodLike } from '../identity.ts'
import { hasName } from '../names.ts'
import { NOT_OBSERVED, notApplicable, type Ruling } from '../ruling.ts'
import { partyText } from '../words.ts'
import { judgeAnswers } from './answers.ts'
import type { Case } from './case.ts'
import { judgeFromCiliumHost } from './from-cilium-host.ts'
import { judgeFromNode } from './from-node.ts'
import { judgeFromOutside } from './from-outside.ts'
import { judgeFromPod } from './from-pod.ts'
import { judgeFromEgressAddress, judgeFromServiceAddress } from './from-special.ts'
import { judgePaired } from './paired.ts'
import { judgeWayBack } from './reverse-path.ts'

/** Judges one sighting: what the settings ask for, what was seen, and whether the two contradict each other. */
export function judge(judged: Case): Ruling {
  const answers = judged.answer === null ? null : judgeAnswers(judged, judged.answer)
  return outOfScope(judged) ?? answers ?? judgeWayBack(judged, judgeBySource(judged))
}

function judgeBySource(judged: Case): Ruling {
  const { sighting, pairing } = judged
  const { source } = sighting
  if (isPodLike(source) || isFromPodCidr(source)) return judgeFromPod(judged)
  if (pairing !== null && pairing.original.source.ip !== source.ip) return judgePaired(judged, pairing)
  switch (source.kind) {
    case 'node':
      return judgeFromNode(judged)
    case 'cilium_host':
      return judgeFromCiliumHost(judged)
    case 'egress_gateway':
      return judgeFromEgressAddress(judged)
    case 'service':
      return judgeFromServiceAddress(judged)
    default:
      return judgeFromOutside(judged)
  }
}

/** Flows that the settings cannot speak of, or that nothing given speaks of. */
function outOfScope({ sighting, pairing, context }: Case): Ruling | null {
  const { flow, source, destination } = sighting
  const { cluster } = context
  if (!cluster.nodesKnown && !cluster.podsKnown && !cluster.settings.known) {
    return notApplicable('no cluster metadata was given; --cluster or --pod-cidr and --node name it')
  }
  if (hasName(flow)) return notApplicable('host names stand in place of addresses; tcpdump -n prints addresses')
  for (const party of [source, destination]) {
    if (party.kind === 'loopback' || party.kind === 'multicast')
      return notApplicable(`${party.ip} is ${partyText(party)}: it leaves no node`)
  }
  // A link-local source is nobody's translation, unless the pair shows a pod behind it.
  const isTranslation = pairing !== null && isPodLike(pairing.original.source)
  if ((source.kind === 'link_local' && !isTranslation) || (destination.kind === 'link_local' && flow.family === 6)) {
    return notApplicable('link-local addresses do not leave their link')
  }
  if (flow.tunnel === null && isCarrier(flow, cluster.settings.tunnelPort.value) && source.kind === 'node') {
    return notApplicable(
      'carrier traffic of the node itself: tunnel or encryption; what it carries is judged as flows of its own',
    )
  }
  if (!cluster.settings.known && (isPodLike(source) || source.kind === 'node' || source.kind === 'cilium_host')) {
    return {
      verdict: 'inconclusive',
      expected: null,
      observed: { ...NOT_OBSERVED, address: source.ip },
      because: [
        'nothing given says how the cluster masquerades; the cilium-config ConfigMap or --masquerade would decide',
      ],
    }
  }
  return null
}
