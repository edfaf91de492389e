import { type IpText, ipFamily } from '../../core/ip.ts'
import type { PacketFacts } from '../facts.ts'
import { localDeliveryDevice } from '../out-device.ts'
import { type MasqueradeRule, no, type Outcome, type RuleAnswer, rewrite, unclear, yes } from '../rule.ts'
import { allOf, type Condition, inAllocCidr, leaves, marked, not } from './conditions.ts'

const WHERE = 'cilium/cilium@v1.17.6 pkg/datapath/iptables/iptables.go installMasqueradeRules()'

/** Rule 4: in tunnel routing, what the host sends into the overlay carries its cilium_host address. */
export const hostToCluster: MasqueradeRule = {
  id: 'host-to-cluster',
  source: WHERE,
  decide(facts) {
    const source = facts.settings.routingMode.source
    if (facts.routing === 'native') return no('routing-mode native: the rule exists only in tunnel routing', { source })
    const match = allOf([
      not(inAllocCidr(facts, facts.query.source)),
      not(inAllocCidr(facts, facts.query.destination)),
      leaves(facts, 'cilium_host'),
      tunnelRouting(facts),
    ])
    return toCiliumHost(facts, match, 'cilium host->cluster masquerade', source)
  },
}

/** Rule 5: 127.0.0.1 towards a local pod; otherwise the pod would answer to its own loopback. */
export const loopback: MasqueradeRule = {
  id: 'loopback',
  source: WHERE,
  decide(facts) {
    const address = facts.family === 4 ? '127.0.0.1' : '::1'
    if (facts.query.source !== address) return no(`${facts.query.source} is not ${address}`)
    const match = leaves(facts, localDeliveryDevice(facts.settings))
    const source = facts.settings.enableEndpointRoutes.source
    return toCiliumHost(facts, match, `cilium host->cluster from ${address} masquerade`, source)
  },
}

/** Rule 6: a pod's packet that netfilter DNATed to a local pod, so that the answer passes the stack again. */
export const hairpin: MasqueradeRule = {
  id: 'hairpin',
  source: WHERE,
  decide(facts) {
    const routes = facts.settings.enableEndpointRoutes
    if (routes.value) return no('enable-endpoint-routes: the rule does not exist', { source: routes.source })
    const match = allOf([
      leaves(facts, localDeliveryDevice(facts.settings)),
      marked(facts, 0xf00, 0xf00),
      dnated(facts),
    ])
    return toCiliumHost(facts, match, 'hairpin traffic that originated from a local pod', routes.source)
  },
}

function tunnelRouting(facts: PacketFacts): Condition {
  const holds = facts.routing === 'tunnel' ? true : null
  return { holds, text: `routing-mode ${facts.routing ?? 'not known'}`, missing: 'routing-mode (cilium-config)' }
}

function dnated(facts: PacketFacts): Condition {
  const holds = facts.query.dnat === true
  return { holds, text: holds ? 'DNATed by netfilter' : 'not DNATed by netfilter', missing: '' }
}

function toCiliumHost(facts: PacketFacts, match: Condition, name: string, source: RuleAnswer['source']): RuleAnswer {
  if (match.holds === false) return no(match.text, { source })
  const outcome = ciliumHost(facts)
  if (match.holds === null) return unclear(outcome, match.missing, `${name}: ${match.text}`, { source })
  const assumptions =
    outcome.addresses.length === 0 ? [`cilium_host address of ${facts.node?.name ?? 'the node'} not known`] : []
  return yes(outcome, `${name}: ${match.text}; source becomes ${outcome.address ?? 'the cilium_host address'}`, {
    source,
    assumptions,
  })
}

function ciliumHost(facts: PacketFacts): Outcome {
  const addresses = (facts.node?.ciliumHost ?? []).filter((ip): ip is IpText => ipFamily(ip) === facts.family)
  return rewrite('snat-to-cilium-host', addresses.slice(0, 1))
}
