import type { IpText } from '../../core/ip.ts'
import type { EgressAnswer, EgressGateway } from '../egress-answer.ts'
import { egressPolicyFor } from '../egress-policy.ts'
import { DROP, type MasqueradeRule, no, preserve, type RuleAnswer, rewrite, unclear, yes } from '../rule.ts'

type Selected = Extract<EgressAnswer, { kind: 'gateway' }>

// Policies match connections that pods open; the outside opened this one.
const REPLY = 'a reply is never egress gateway traffic'

/** On the pod's node a packet that a policy sends to another gateway is tunnelled there, untranslated. */
export const egressGatewayRedirect: MasqueradeRule = {
  id: 'egress-gateway-redirect',
  source: 'cilium/cilium@v1.17.6 bpf/lib/egress_gateway.h egress_gw_request_needs_redirect()',
  decide(facts) {
    if (facts.source.role !== 'endpoint') return no('the source is no pod of this node')
    if (facts.query.isReply === true) return no(REPLY)
    const answer = egressPolicyFor(facts)
    if (answer.kind === 'none') return no(answer.detail)
    const { policy, source } = answer
    if (answer.kind === 'unclear') return unclear(preserve(facts), answer.missing, `policy ${policy}`, { source })
    const nodes = answer.gateways.flatMap(({ node }) => node ?? [])
    const elsewhere = nodes.filter((node) => node !== facts.node?.name)
    if (nodes.length === 0) return no(`no node is the gateway of policy ${policy}`, { source })
    if (elsewhere.length === 0) return no(`${facts.node?.name} is itself the gateway of policy ${policy}`, { source })
    const detail = `policy ${policy} sends ${answer.destination.text} through gateway ${elsewhere.join(' or ')}`
    if (elsewhere.length < nodes.length) {
      return unclear(preserve(facts), `the gateway that policy ${policy} gives the pod`, detail, { source })
    }
    return yes(preserve(facts), `${detail}, inside the tunnel`, { source, continuesAt: elsewhere[0] ?? null })
  },
}

/** On the gateway the packet gets the policy's egress IP, before any exclusion is looked at. */
export const egressGateway: MasqueradeRule = {
  id: 'egress-gateway',
  source: 'cilium/cilium@v1.17.6 bpf/lib/nat.h snat_v4_needs_masquerade() egress_gw_snat_needed_hook()',
  decide(facts) {
    const answer = egressPolicyFor(facts)
    if (answer.kind === 'none') return no(answer.detail)
    const { policy, source } = answer
    if (answer.kind === 'unclear') {
      return unclear(rewrite('egress-gateway', []), answer.missing, `policy ${policy}`, { source })
    }
    if (answer.gateways.every(({ node }) => node === null)) {
      return yes(DROP, `no node is the gateway of policy ${policy}`, { source })
    }
    const here = answer.gateways.filter(({ node }) => node !== null && node === facts.node?.name)
    if (here.length === 0) return no(`${facts.node?.name} is not the gateway of policy ${policy}`, { source })
    if (facts.query.isReply && facts.source.role !== 'foreign') return no(REPLY)
    return atGateway(answer, here)
  },
}

function atGateway({ policy, destination, gateways, source }: Selected, here: readonly EgressGateway[]): RuleAnswer {
  const detail = `policy ${policy} for ${destination.text}`
  const addresses = addressesOf(here)
  const otherwise = gateways.flatMap((gateway) => {
    if (gateway.node === null || here.includes(gateway)) return []
    const outcome = rewrite('egress-gateway', gateway.addresses ?? [])
    return [{ outcome, rule: 'egress-gateway' as const, when: `the policy gives the pod gateway ${gateway.node}` }]
  })
  if (here.some((gateway) => gateway.addresses === null)) {
    const assumptions = ['egress IP not known: ip addr and ip route of the gateway']
    const text = `${detail}: egress IP of the gateway's interface`
    return yes(rewrite('egress-gateway', addresses, null), text, { source, assumptions, otherwise, translates: true })
  }
  if (addresses.length === 0) return yes(DROP, `${detail}: the gateway has no usable egress IP`, { source })
  const text = `${detail}: egress IP ${addresses.join(' or ')}`
  return yes(rewrite('egress-gateway', addresses), text, { source, otherwise, translates: true })
}

function addressesOf(gateways: readonly EgressGateway[]): IpText[] {
  return [...new Set(gateways.flatMap(({ addresses }) => addresses ?? []))]
}
