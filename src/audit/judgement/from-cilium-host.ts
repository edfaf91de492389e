import { ipFamily } from '../../core/ip.ts'
import type { Decision } from '../../masquerade/decision.ts'
import type { AuditContext } from '../context.ts'
import { isInCluster, isSameNode } from '../identity.ts'
import type { Ruling } from '../ruling.ts'
import type { Sighting } from '../sighting.ts'
import { partyText, ruleText, seenAt } from '../words.ts'
import { replacesKubeProxy } from './balancer.ts'
import type { Case } from './case.ts'
import { goalOf, isTranslating } from './goal.ts'
import { decideOnTheWay, queryOf } from './query.ts'

/**
 * Judges a flow whose source is a cilium_host address. Inside the cluster the host speaks so (probes, balancing into the
 * tunnel, proxies); outside nobody can answer it.
 */
export function judgeFromCiliumHost(judged: Case): Ruling {
  const { sighting, context, attributor } = judged
  const { flow, source, destination, point } = sighting
  const own = context.expected(queryOf(flow, { source: source.ip, node: source.node, point }))
  if (isLinkLocal(source.ip) && destination.kind === 'pod' && !isSameNode(source, destination)) {
    return leaked(sighting, own, `a link-local address that no other node can answer`)
  }
  if (destination.kind === 'pod' && isSameNode(source, destination)) return intoLocalPod(judged, own)
  if (isInCluster(destination) || point.side !== 'after') return insideCluster(sighting, own)
  const expected = forSomePod(sighting, context) ?? own
  const { evidence } = attributor.attribute(sighting)
  const { code, ...ruling } = leaked(sighting, expected, 'outside the cluster nobody routes back to it')
  if (isTranslating(goalOf(expected).action) || isTranslating(goalOf(own).action)) return { ...ruling, code, evidence }
  const open = 'the settings translate nothing towards this destination, so who chose the address is open'
  return { ...ruling, verdict: 'inconclusive', evidence, because: [...ruling.because, open] }
}

/**
 * Towards a pod of its own node the host speaks under its cilium_host address. A packet that was *forwarded* under it had
 * another opener; kube-proxy and its hairpin rule do that, BPF balancing never does for a local backend.
 */
function intoLocalPod(judged: Case, own: Decision): Ruling {
  const { sighting, context, attributor } = judged
  const attribution = attributor.attribute(sighting)
  if (attribution.origin !== 'pod' || attribution.confidence === 'low') return insideCluster(sighting, own)
  const ruling = insideCluster(sighting, own)
  const { source, destination } = sighting
  const lost = `${source.ip} (${partyText(source)}) reached ${partyText(destination)} in place of a client's address: the node forwarded this packet, it did not open it`
  const isFault = replacesKubeProxy(context)
  return {
    ...ruling,
    verdict: isFault ? 'contradiction' : 'inconclusive',
    ...(isFault ? { code: 'NODE_SNAT_UNEXPECTED' as const } : {}),
    observed: { ...ruling.observed, action: 'snat-to-cilium-host', confidence: attribution.confidence },
    because: isFault
      ? [lost, ruleText(own)]
      : [lost, 'kube-proxy may have balanced it; a capture of how it reached the node would decide'],
    evidence: attribution.evidence,
  }
}

function insideCluster({ flow, source, destination, point }: Sighting, own: Decision): Ruling {
  return {
    verdict: 'consistent',
    expected: own,
    observed: {
      action: 'preserve',
      address: source.ip,
      originalSource: null,
      basis: seenAt(point),
      confidence: flow.originKnown ? 'medium' : 'low',
    },
    because: [
      `the host speaks to ${partyText(destination)} under its cilium_host address: probes, balancing and proxies do`,
      ruleText(own),
    ],
  }
}

function forSomePod({ flow, source, point }: Sighting, context: AuditContext): Decision | undefined {
  const pod = source.node === null ? undefined : context.podsBehind(source.node, ipFamily(source.ip))[0]
  return pod === undefined
    ? undefined
    : decideOnTheWay(queryOf(flow, { source: pod, node: source.node, point }), context)
}

function leaked(
  { source, destination, point }: Sighting,
  expected: Decision,
  why: string,
): Ruling & { code: 'CILIUM_HOST_LEAKED' } {
  const { addresses } = goalOf(expected)
  const due = addresses.length > 0 ? `; expected ${addresses.join(' or ')}` : ''
  return {
    verdict: 'contradiction',
    code: 'CILIUM_HOST_LEAKED',
    expected,
    observed: {
      action: 'translated',
      address: source.ip,
      originalSource: null,
      basis: seenAt(point),
      confidence: point.assumed ? 'low' : 'high',
    },
    because: [
      `${source.ip} is ${partyText(source)} and was the source towards ${destination.ip}: ${why}${due}`,
      ruleText(expected),
    ],
  }
}

function isLinkLocal(ip: string): boolean {
  return ip.startsWith('169.254.') || ip.startsWith('fe80:')
}
