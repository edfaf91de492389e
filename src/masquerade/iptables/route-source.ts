import type { ClusterNode } from '../../cluster/snapshot.ts'
import { cidrContains } from '../../core/cidr.ts'
import { atLeast } from '../cilium-version.ts'
import type { PacketFacts } from '../facts.ts'
import { anyListedAddress, masqueradeTo } from '../node-address.ts'
import { type MasqueradeRule, no, type RuleAnswer, rewrite, unclear, yes } from '../rule.ts'
import { allOf, type Condition, inAllocCidr, leaves, not, outsideExclusion } from './conditions.ts'
import { hasUnusablePattern, knowsRoutes, type RouteSourceRule, routeSourceRules } from './route-source-rules.ts'

/** Rule 2": with `enable-masquerade-to-route-source` the source comes from the node's routes, and rule 2 is absent. */
export const routeSource: MasqueradeRule = {
  id: 'route-source',
  source: 'cilium/cilium@v1.17.6 pkg/datapath/iptables/iptables.go installMasqueradeRules()',
  decide(facts) {
    const source = facts.settings.enableMasqueradeToRouteSource.source
    const { node } = facts
    const local = inAllocCidr(facts, facts.query.source)
    if (local.holds === false) return no(local.text, { source })
    if (node === null || !knowsRoutes(node, facts.family)) {
      const missing = `ip route of ${node?.name ?? 'the sending node'}`
      const outcome = masqueradeTo(anyListedAddress(node, facts.family))
      return unclear(outcome, missing, 'which SNAT rules the routes of the node give is not known', { source })
    }
    return firstMatch(facts, routeSourceRules(facts, node), local) ?? noRouteMatches(facts, node, local)
  },
}

function firstMatch(facts: PacketFacts, rules: readonly RouteSourceRule[], local: Condition): RuleAnswer | null {
  for (const rule of rules) {
    const match = allOf([local, matchesRoute(facts, rule), matchesDevice(facts, rule)])
    const source = rule.route.source
    const detail = `cilium snat non-cluster via source route: ${match.text}; source of the route is ${rule.to}`
    if (match.holds === true) return yes(rewrite('masquerade', [rule.to]), detail, { source })
    if (match.holds === null) return unclear(rewrite('masquerade', [rule.to]), match.missing, detail, { source })
  }
  return null
}

function noRouteMatches(facts: PacketFacts, node: ClusterNode, local: Condition): RuleAnswer {
  const extras = {
    source: facts.settings.enableMasqueradeToRouteSource.source,
    ...ifPrefixesMatch(facts, node, local),
  }
  const rules = routeSourceRules(facts, node)
  if (rules.length === 0 && hasUnusablePattern(facts)) {
    return no('interface names are compared letter by letter, so a name with "+" gives no SNAT rule', extras)
  }
  return no(`none of ${rules.length} routes with a source address leads there, and there is no catch-all rule`, extras)
}

/** Seen up to 1.17 (cilium issue 37448); whether later releases compare prefixes is not established. */
function ifPrefixesMatch(facts: PacketFacts, node: ClusterNode, local: Condition) {
  if (!atLeast(facts.version, 1, 18) || !hasUnusablePattern(facts)) return {}
  const intended = { ...facts, intended: true }
  const match = firstMatch(intended, routeSourceRules(intended, node), local)
  if (match?.kind !== 'yes') return {}
  return {
    assumptions: [`Cilium ${facts.version.text} taken to compare interface names letter by letter`],
    otherwise: [{ outcome: match.outcome, rule: 'route-source' as const, when: 'the release matches names with "+"' }],
  }
}

function matchesRoute(facts: PacketFacts, rule: RouteSourceRule): Condition {
  if (rule.destination === null) return outsideExclusion(facts)
  const to = facts.query.destination
  const holds = cidrContains(rule.destination, to)
  return { holds, text: `${to} ${holds ? 'in' : 'not in'} ${rule.destination.text}`, missing: '' }
}

function matchesDevice(facts: PacketFacts, rule: RouteSourceRule): Condition {
  return rule.device === null ? not(leaves(facts, 'cilium_+')) : leaves(facts, rule.device)
}
