import { ipFamily } from '../../core/ip.ts'
import type { Decision } from '../../masquerade/decision.ts'
import { isInCluster } from '../identity.ts'
import { NOT_OBSERVED, notApplicable, type Ruling } from '../ruling.ts'
import { partyText, ruleText, seenAt } from '../words.ts'
import type { Case } from './case.ts'
import { judgeByForeignRule } from './foreign-rule.ts'
import { goalOf, isTranslating } from './goal.ts'
import { decideOnTheWay, queryOf } from './query.ts'
import { mayBeServiceReply } from './service-reply.ts'

// Policies select few pods; a cluster of thousands is not searched for each destination.
const MAX_SELECTED_PODS = 2000

/** Judges a flow whose source is an egress gateway's address: some pod that a policy selects must be behind it. */
export function judgeFromEgressAddress(judged: Case): Ruling {
  const { sighting, context } = judged
  const { flow, source, destination, point } = sighting
  for (const ip of context.selectedPods(ipFamily(source.ip)).slice(0, MAX_SELECTED_PODS)) {
    const pod = context.identify(ip)
    const expected = decideOnTheWay(queryOf(flow, { source: ip, node: pod.node }), context)
    if (expected.action !== 'egress-gateway' || !expected.addresses.includes(source.ip)) continue
    return {
      verdict: 'consistent',
      expected,
      observed: {
        action: 'egress-gateway',
        address: source.ip,
        originalSource: null,
        basis: seenAt(point),
        confidence: 'medium',
      },
      because: [
        `${source.ip} is ${partyText(source)}, which pods such as ${pod.name ?? ip} leave with`,
        ruleText(expected),
      ],
    }
  }
  const where = isInCluster(destination)
    ? 'towards the cluster, which egress gateway policies leave out'
    : 'and no policy given sends a pod there under it'
  return {
    verdict: 'inconclusive',
    expected: null,
    observed: { ...NOT_OBSERVED, address: source.ip },
    because: [
      `${source.ip} is ${partyText(source)}, ${where}; a capture of the pod's side, or the gateway's \`bpf nat list\`, would show who is behind it`,
    ],
  }
}

/**
 * Judges a flow whose source is a Service's address. Answers carry it rightly (DSR, a balancer's reverse translation);
 * nobody *opens* connections under it, unless the masquerade address was chosen wrongly.
 */
export function judgeFromServiceAddress(judged: Case): Ruling {
  const { sighting } = judged
  const { source, destination, point } = sighting
  const byRule = judgeByForeignRule(judged)
  if (byRule !== null) return byRule
  // An address that only lies in the services' range may be a stranger's: ranges of other networks overlap with it.
  if (source.name === null || mayBeServiceReply(sighting, judged) || point.side !== 'after')
    return notApplicable(`${source.ip} is ${partyText(source)}: a balancer speaks under it`)
  const expected = forSomePod(judged)
  if (expected === null || !isTranslating(goalOf(expected).action)) {
    return notApplicable(
      `${source.ip} is ${partyText(source)}, and the settings translate nothing towards ${destination.ip}`,
    )
  }
  const { addresses } = goalOf(expected)
  return {
    verdict: 'contradiction',
    code: 'MASQUERADE_WRONG_ADDRESS',
    expected,
    observed: {
      action: 'translated',
      address: source.ip,
      originalSource: null,
      basis: seenAt(point),
      confidence: 'medium',
    },
    because: [
      `the opener's source is ${source.ip}, ${partyText(source)}${addresses.length > 0 ? `, instead of ${addresses.join(' or ')}` : ''}: nobody opens connections under a service's address`,
      ruleText(expected),
    ],
  }
}

function forSomePod({ sighting, context }: Case): Decision | null {
  const { flow, source, point } = sighting
  const node = source.node ?? (point.kind === 'node' ? point.name : null) ?? context.cluster.nodes[0]?.name
  const pod = node === undefined ? undefined : context.podsBehind(node, ipFamily(source.ip))[0]
  return pod === undefined ? null : decideOnTheWay(queryOf(flow, { source: pod, node: node ?? null }), context)
}
