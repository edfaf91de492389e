import type { EgressGateway } from '../egress-policy.ts'
import { egressPolicyFor } from '../egress-policy.ts'
import {
  DROP,
  type MasqueradeRule,
  no,
  type Outcome,
  preserve,
  type RuleAnswer,
  rewrite,
  unclear,
  yes,
} from '../rule.ts'

/** On the pod's node a packet that a policy sends to another gateway is tunnelled there, untranslated. */
export const egressGatewayRedirect: MasqueradeRule = {
  id: 'egress-gateway-redirect',
  source: 'cilium/cilium@v1.17.6 bpf/lib/egress_gateway.h egress_gw_request_needs_redirect()',
  decide(facts) {
    if (facts.source.role !== 'endpoint') return no('the source is no pod of this node')
    const answer = egressPolicyFor(facts)
    if (answer.kind === 'none') return no(answer.detail)
    const source = answer.source
    if (answer.kind === 'unclear')
      return unclear(preserve(facts), answer.missing, `policy ${answer.policy}`, { source })
    const elsewhere = answer.gateways.filter((gateway) => gateway.node !== facts.node?.name)
    const first = elsewhere[0]
    if (first === undefined)
      return no(`${facts.node?.name} is itself the gateway of policy ${answer.policy}`, { source })
    const names = elsewhere.map((gateway) => gateway.node ?? 'no node').join(' or ')
    const detail = `policy ${answer.policy} sends ${answer.destination.text} through gateway ${names}`
    if (elsewhere.length < answer.gateways.length) {
      return unclear(preserve(facts), `the gateway that policy ${answer.policy} gives the pod`, detail, { source })
    }
    if (elsewhere.every((gateway) => gateway.node === null)) {
      return yes(DROP, `no node matches the gateway of policy ${answer.policy}`, { source })
    }
    return yes(preserve(facts), `${detail}, inside the tunnel`, { source, continuesAt: first.node })
  },
}

/** On the gateway the packet gets the policy's egress IP, before any exclusion is looked at. */
export const egressGateway: MasqueradeRule = {
  id: 'egress-gateway',
  source: 'cilium/cilium@v1.17.6 bpf/lib/nat.h snat_v4_needs_masquerade() egress_gw_snat_needed_hook()',
  decide(facts) {
    const answer = egressPolicyFor(facts)
    if (answer.kind === 'none') return no(answer.detail)
    if (answer.kind === 'unclear') {
      const outcome = rewrite('egress-gateway', [])
      return unclear(outcome, answer.missing, `policy ${answer.policy}`, { source: answer.source })
    }
    const here = answer.gateways.filter((gateway) => gateway.node === facts.node?.name)
    const detail = `policy ${answer.policy} for ${answer.destination.text}`
    if (here.length === 0) return no(`${facts.node?.name} is not the gateway of ${detail}`, { source: answer.source })
    if (facts.query.isReply && facts.source.role !== 'foreign') return no('a reply is never egress gateway traffic')
    return atGateway(here, detail, answer.source)
  },
}

function atGateway(
  here: readonly EgressGateway[],
  detail: string,
  source: { file: string; line?: number },
): RuleAnswer {
  const known = here.flatMap((gateway) => gateway.addresses ?? [])
  if (here.some((gateway) => gateway.addresses === null)) {
    const outcome: Outcome = rewrite('egress-gateway', known, null)
    const assumptions = ['egress IP not known: ip addr and ip route of the gateway']
    return yes(outcome, `${detail}: egress IP of the gateway's interface`, { source, assumptions, translates: true })
  }
  if (known.length === 0) return yes(DROP, `${detail}: the gateway has no usable egress IP`, { source })
  return yes(rewrite('egress-gateway', known), `${detail}: egress IP ${known.join(' or ')}`, {
    source,
    translates: true,
  })
}
