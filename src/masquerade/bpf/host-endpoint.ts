import { describeIdentity } from '../endpoints.ts'
import { type MasqueradeRule, no, preserve, unclear, yes } from '../rule.ts'

/** Addresses of the node other than the masquerade address, cilium_host among them, are never masqueraded. */
export const hostEndpoint: MasqueradeRule = {
  id: 'host-endpoint',
  source: 'cilium/cilium@v1.17.6 bpf/lib/nat.h ENDPOINT_F_HOST',
  decide(facts) {
    const name = describeIdentity(facts.source.identity)
    if (facts.source.role === 'host') {
      return yes(preserve(facts), `${name} is an address of ${facts.node?.name} itself`, {
        source: facts.source.identity.source,
      })
    }
    if (facts.source.role === 'unknown') {
      const missing = `the owner of ${facts.query.source} (node and pod lists)`
      return unclear(preserve(facts), missing, `${name} may be an address of the node`)
    }
    return no(`${name} is no address of the node itself`)
  },
}
