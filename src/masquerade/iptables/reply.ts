import { type MasqueradeRule, no, preserve, yes } from '../rule.ts'

/** The nat table sees the first packet of a connection only; replies follow the connection's entry. */
export const reply: MasqueradeRule = {
  id: 'reply',
  source: 'Linux net/netfilter/nf_nat_core.c nf_nat_inet_fn()',
  decide(facts) {
    if (facts.query.isReply !== true) return no('not the reply of a connection that the destination opened')
    return yes(preserve(facts), 'reply of a connection that the destination opened: conntrack decides, not the rules')
  },
}
