import { IpProtocol } from '../../core/protocol.ts'
import type { PacketFacts } from '../facts.ts'
import { type MasqueradeRule, no, preserve, yes } from '../rule.ts'

/** A local endpoint that answers a connection opened towards it keeps its address. */
export const reply: MasqueradeRule = {
  id: 'reply',
  source: 'cilium/cilium@v1.17.6 bpf/lib/nat.h snat_v4_needs_masquerade() ct_is_reply4()',
  decide(facts) {
    if (facts.source.role !== 'endpoint' && facts.source.role !== 'host') return no('the source is no local endpoint')
    if (facts.query.isReply === true) return yes(preserve(facts), 'reply of a connection that the destination opened')
    if (isEchoReply(facts)) return yes(preserve(facts), 'an echo reply answers a request of the destination')
    return no('not the reply of a connection that the destination opened')
  },
}

function isEchoReply(facts: PacketFacts): boolean {
  const { protocol, icmpType } = facts.query
  if (protocol !== IpProtocol.Icmp && protocol !== IpProtocol.Icmpv6) return false
  return icmpType === (facts.family === 4 ? 0 : 129)
}
