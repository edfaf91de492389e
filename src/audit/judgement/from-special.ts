import { ipFamily } from '../../core/ip.ts'
import { IpProtocol } from '../../core/protocol.ts'
import type { Decision } from '../../masquerade/decision.ts'
import type { AuditContext } from '../context.ts'
import { isInCluster } from '../identity.ts'
import { NOT_OBSERVED, notApplicable, type Ruling } from '../ruling.ts'
import type { Sighting } from '../sighting.ts'
import { partyText, ruleText, seenAt } from '../words.ts'
import { captureStart } from './capture-start.ts'
import type { Case } from './case.ts'
import { judgeByForeignRule } from './foreign-rule.ts'
import { goalOf, isTranslating } from './goal.ts'
import { openerOf } from './opener.ts'
import { decideOnTheWay, queryOf } from './query.ts'

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
  const { sighting, context } = judged
  const { flow, source, destination, point } = sighting
  const byRule = judgeByForeignRule(judged)
  if (byRule !== null) return byRule
  const opener = openerOf(flow, source, captureStart(judged), context)
  if (!opener.sure || point.side !== 'after' || isServedPort(sighting, context))
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

/** A datagram from a port that the Service serves: it answers a client, whose question may be older than the capture. */
function isServedPort({ flow, source }: Sighting, context: AuditContext): boolean {
  if (flow.protocol === IpProtocol.Tcp) return false
  return context.servicesAt(source.ip).some(({ ports }) => ports.some(({ port }) => port === flow.source.port))
}

function forSomePod({ sighting, context }: Case): Decision | null {
  const { flow, source, point } = sighting
  const node = source.node ?? (point.kind === 'node' ? point.name : null) ?? context.cluster.nodes[0]?.name
  const pod = node === undefined ? undefined : context.podsBehind(node, ipFamily(source.ip))[0]
  return pod === undefined ? null : decideOnTheWay(queryOf(flow, { source: pod, node: node ?? null }), context)
}
