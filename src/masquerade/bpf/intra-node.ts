import { describeIdentity } from '../endpoints.ts'
import type { MasqueradeRule } from '../rule.ts'
import { no, preserve, unclear, yes } from '../rule.ts'

/** Traffic that stays on its node is delivered from veth to veth or to the host stack, past no native device. */
export const intraNode: MasqueradeRule = {
  id: 'intra-node',
  source: 'cilium/cilium@v1.17.6 bpf/bpf_lxc.c, bpf/lib/local_delivery.h',
  decide(facts) {
    const { destination, node, source } = facts
    const target = describeIdentity(destination.identity)
    if (destination.place === 'local-endpoint') {
      return yes(preserve(facts), `${target} is on ${node?.name} itself, delivered without leaving the node`)
    }
    if (destination.place === 'own-node') {
      return yes(preserve(facts), `${target} is an address of ${node?.name ?? 'the node'} itself`)
    }
    const inCluster = destination.place === 'remote-endpoint' || destination.place === 'remote-node'
    if (node === null && source.role === 'endpoint' && inCluster) {
      return unclear(
        preserve(facts),
        `the node of ${facts.query.source} (pod list)`,
        `${target} may be on the source's node`,
      )
    }
    return no(`${target} is not on ${node?.name ?? "the source's node"}`)
  },
}
