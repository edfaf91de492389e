import { cidrContains } from '../../core/cidr.ts'
import type { Defeat } from '../decision.ts'
import { allocCidr } from '../exclusion-cidr.ts'
import type { PacketFacts } from '../facts.ts'
import { egressPatterns } from './conditions.ts'
import { hasUnusablePattern } from './route-source-rules.ts'

/** A known reason why no rule matched although the settings ask for one; whether it made a difference is checked after. */
export function defeatOf(facts: PacketFacts): Omit<Defeat, 'intended'> | null {
  const { settings, version, node } = facts
  const routeSource = settings.enableMasqueradeToRouteSource.value
  if (routeSource && hasUnusablePattern(facts)) {
    const reason = `Cilium ${version.text} compares interface names letter by letter here, so "+" matches none and no SNAT rule exists`
    return { code: 'route-source-wildcard', reason }
  }
  const { joined, patterns } = egressPatterns(facts)
  if (!routeSource && joined) {
    return {
      code: 'egress-interfaces-joined',
      reason: `the rule reads "-o ${patterns[0]}", and no interface has that name`,
    }
  }
  const own = allocCidr(node, facts.family)
  const other = node?.podCidrs.find((cidr) => cidr !== own && cidrContains(cidr, facts.query.source))
  if (own !== undefined && other !== undefined && patterns.length === 0) {
    const reason = `the rules are made for the node's first pod CIDR ${own.text} only, and ${facts.query.source} is in ${other.text}`
    return { code: 'secondary-pod-cidr', reason }
  }
  return null
}
