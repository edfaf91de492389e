import type { Service } from '../../cluster/snapshot.ts'
import { ipFamily } from '../../core/ip.ts'
import { isPodLike } from '../identity.ts'
import type { Ruling } from '../ruling.ts'
import { endpointText, partyText, ruleText, seenAt } from '../words.ts'
import type { Case } from './case.ts'
import { queryOf } from './query.ts'

/**
 * Judges a flow under a Service's address by the installed rules: where they give a backend of the Service another
 * address towards this very peer, and other flows to the peer do leave with that, this one was taken for a reply of the
 * Service and given its address.
 *
 * @returns `null` where no dump, or no such flow beside it, tells.
 */
export function judgeByForeignRule({ sighting, context, peers, captures }: Case): Ruling | null {
  const { flow, source, point } = sighting
  if (point.side !== 'after') return null
  const family = ipFamily(source.ip)
  for (const service of context.servicesAt(source.ip)) {
    for (const backend of service.backends.filter((ip) => ipFamily(ip) === family)) {
      const pod = context.identify(backend)
      if (!isPodLike(pod)) continue
      const expected = context.expected(queryOf(flow, { source: backend, node: pod.node, point }))
      const installed = context.installed(expected, flow)
      if (installed === null || installed.action !== 'masquerade' || installed.address === null) continue
      const sibling = installed.address === source.ip ? undefined : peers.flowFrom(installed.address, flow)
      if (sibling === undefined) continue
      const where = captures[sibling.capture]?.name ?? 'the captures'
      return {
        verdict: 'contradiction',
        code: 'MASQUERADE_WRONG_ADDRESS',
        expected: installed,
        observed: {
          action: 'translated',
          address: source.ip,
          originalSource: { ip: backend, port: null, name: pod.name },
          basis: seenAt(point),
          confidence: 'medium',
        },
        because: [
          `left as ${source.ip}, the address of ${serviceText(service)}, instead of ${installed.address}, which the installed rule gives ${partyText(pod)} (${backend}): taken for a reply of the Service`,
          ruleText(installed),
        ],
        evidence: [
          {
            kind: 'sibling-flows',
            detail: `flow ${sibling.id} in ${where} goes from ${endpointText(sibling.source)} to the same peer ${endpointText(sibling.destination)}`,
            confidence: 'medium',
          },
        ],
      }
    }
  }
  return null
}

const serviceText = ({ namespace, name }: Service): string => `service ${namespace}/${name}`
