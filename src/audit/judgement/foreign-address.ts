import { ipFamily } from '../../core/ip.ts'
import { IpProtocol } from '../../core/protocol.ts'
import type { Flow } from '../../flow/flow.ts'
import { hopDistance } from '../hop-distance.ts'
import type { Ruling } from '../ruling.ts'
import type { Sighting } from '../sighting.ts'
import { partyText, pointText, ruleText } from '../words.ts'
import type { Case } from './case.ts'
import { goalOf, isTranslating } from './goal.ts'
import { looksOpened } from './opener.ts'
import { decideOnTheWay, queryOf } from './query.ts'
import { judgeTranslation } from './translation.ts'

/**
 * Judges a flow under another node's address that this node sent out: nodes do not route for each other, so that one of
 * this node's pods must have been given the wrong address.
 *
 * @returns `null` where the capture does not show that this node sent it: a switch may have flooded it here.
 */
export function judgeForeignAddress({ sighting, context }: Case): Ruling | null {
  const sender = sentBy(sighting)
  if (sender === null) return null
  const { flow, source } = sighting
  const [pod] = context.podsBehind(sender, ipFamily(source.ip))
  if (pod === undefined) return null
  const expected = decideOnTheWay(queryOf(flow, { source: pod, node: sender, point: sighting.point }), context)
  if (!isTranslating(goalOf(expected).action)) return null
  const outcome = judgeTranslation(context.identify(pod), expected, sighting)
  if (outcome.verdict !== 'contradiction') return null
  return {
    verdict: outcome.verdict,
    ...(outcome.code === undefined ? {} : { code: outcome.code }),
    expected,
    observed: {
      action: 'translated',
      address: source.ip,
      originalSource: null,
      basis: `sent out at ${pointText(sighting.point)}`,
      confidence: 'medium',
    },
    because: [
      `${sender} sent this out under ${source.ip}, the address of ${partyText(source)}: a pod of ${sender} ${outcome.reason}`,
      `for a pod there, ${ruleText(expected)}`,
    ],
    evidence: [
      {
        kind: 'capture-point',
        detail: `leaves by ${pointText(sighting.point)}, and no answer comes back there`,
        confidence: 'medium',
      },
    ],
  }
}

function sentBy({ flow, source, destination, point }: Sighting): string | null {
  if (point.kind !== 'node' || point.name === null || point.side !== 'after' || flow.tunnel !== null) return null
  if (source.kind !== 'node' || source.node === null || source.node === point.name || destination.node === point.name)
    return null
  if (flow.reverse.packets > 0 || hopDistance(flow.forward.minTtl) === 0 || !isOpening(flow)) return null
  const out = flow.vantages.some(
    ({ direction, sllPacketType, forwardPackets }) =>
      forwardPackets > 0 && (direction === 'out' || sllPacketType === 4),
  )
  // A switch that has not learned an address floods one packet, not a SYN and its repetition.
  return out || flow.forward.syns > 1 ? point.name : null
}

/** Seen opening, and no answer: under DSR a backend's node answers from the address of the node that was called. */
function isOpening(flow: Flow): boolean {
  if (flow.icmp !== null) return flow.icmp.type === 8 || flow.icmp.type === 128
  return flow.protocol === IpProtocol.Udp ? looksOpened(flow) : flow.forward.syns > 0
}
