import { describeIdentity } from '../endpoints.ts'
import type { PacketFacts } from '../facts.ts'
import { type ChosenAddress, describeChoice, masqueradeTo } from '../node-address.ts'
import { type MasqueradeRule, no, preserve, rewrite, unclear, yes } from '../rule.ts'
import { bpfMasqueradeAddress } from './masquerade-address.ts'

/** What is left and comes from an endpoint of this node gets the masquerade address of the output device. */
export const localEndpoint: MasqueradeRule = {
  id: 'local-endpoint',
  source: 'cilium/cilium@v1.17.6 bpf/lib/nat.h snat_v4_needs_masquerade()',
  decide(facts) {
    const { identity, role } = facts.source
    const name = describeIdentity(identity)
    if (role !== 'endpoint' && role !== 'unknown')
      return no(`${name} is no endpoint of ${facts.node?.name ?? 'any node'}`)
    const choice = bpfMasqueradeAddress(facts)
    const detail = `${name} is an endpoint of ${facts.node?.name ?? 'a node that is not known'}: masqueraded to ${describeChoice(choice)}`
    if (role === 'unknown') {
      return unclear(masqueradeTo(choice), `the owner of ${identity.ip} (pod list)`, `${name} may be a pod`)
    }
    return yes(masqueradeTo(choice), detail, {
      source: identity.source,
      assumptions: [...choice.assumptions, ...assumedPod(facts)],
      otherwise: otherAddresses(choice),
      translates: true,
    })
  },
}

function assumedPod(facts: PacketFacts): string[] {
  const { identity } = facts.source
  return identity.kind === 'unknown' ? [`${identity.ip} taken for a pod: ${identity.basis}`] : []
}

function otherAddresses(choice: ChosenAddress) {
  return choice.otherwise.map(({ address, when }) => ({
    outcome: rewrite('masquerade', [address]),
    rule: 'local-endpoint' as const,
    when,
  }))
}

/** Everything else leaves as it is: forwarded traffic of others is not Cilium's to masquerade. */
export const notLocalEndpoint: MasqueradeRule = {
  id: 'not-local-endpoint',
  source: 'cilium/cilium@v1.17.6 bpf/lib/nat.h snat_v4_needs_masquerade()',
  decide(facts) {
    const name = describeIdentity(facts.source.identity)
    return yes(preserve(facts), `${name} is no endpoint of ${facts.node?.name ?? 'any node'}`)
  },
}
