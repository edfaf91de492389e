import type { ClusterNode, NodeRoute } from '../../cluster/snapshot.ts'
import type { Cidr } from '../../core/cidr.ts'
import { type IpFamily, type IpText, ipFamily } from '../../core/ip.ts'
import { atLeast } from '../cilium-version.ts'
import { deviceMatches, mayBeDetected } from '../device-pattern.ts'
import { iptablesExclusionCidr } from '../exclusion-cidr.ts'
import type { PacketFacts } from '../facts.ts'
import { coveredDevices } from '../node-devices.ts'

/** One SNAT rule of route-source masquerading. */
export interface RouteSourceRule {
  /** `null` for the rules of default routes, which say `! -d X` instead. */
  readonly destination: Cidr | null
  /** `null` for next-hop groups: `! -o cilium_+`. */
  readonly device: string | null
  readonly to: IpText
  readonly route: NodeRoute
}

/**
 * The rules made of a node's routes: those with a source address, on a selected device, not equal to the exclusion CIDR;
 * default routes last (docs/masquerade.md, "Rules of CILIUM_POST_nat").
 */
export function routeSourceRules(facts: PacketFacts, node: ClusterNode): RouteSourceRule[] {
  const exclusion = iptablesExclusionCidr(facts)
  const excluded = exclusion.known ? exclusion.cidr?.text : undefined
  const rules = (node.routes ?? []).flatMap((route): RouteSourceRule[] => {
    if (route.src === null || ipFamily(route.src) !== facts.family) return []
    if (route.destination?.text === excluded && excluded !== undefined) return []
    if (route.device !== null && !isSelected(facts, node, route.device)) return []
    return [{ destination: nonDefault(route.destination), device: route.device, to: route.src, route }]
  })
  const specific = rules.filter((rule) => rule.destination !== null)
  // Newer releases put the longest prefix first, older ones keep the kernel's order.
  if (atLeast(facts.version, 1, 18)) specific.sort((a, b) => prefixOf(b) - prefixOf(a))
  return [...specific, ...rules.filter((rule) => rule.destination === null)]
}

const prefixOf = (rule: RouteSourceRule): number => rule.destination?.prefix ?? 0
const nonDefault = (cidr: Cidr | null): Cidr | null => (cidr?.prefix === 0 ? null : cidr)

/** Names are compared letter by letter, so `eth+` selects nothing, unless the question is what the settings ask for. */
function isSelected(facts: PacketFacts, node: ClusterNode, device: string): boolean {
  const names = selectedNames(facts, node)
  if (names.length === 0) return mayBeDetected(device)
  return names.some((name) => (facts.intended ? deviceMatches(name, device) : name === device))
}

function selectedNames(facts: PacketFacts, node: ClusterNode): readonly string[] {
  const egress = facts.settings.egressMasqueradeInterfaces.value
  return egress.length > 0 ? egress : coveredDevices(facts.settings, node).patterns
}

/** Whether a `prefix+` name keeps rules from being made. */
export function hasUnusablePattern(facts: PacketFacts): boolean {
  const node = facts.node
  return node !== null && selectedNames(facts, node).some((name) => name.endsWith('+'))
}

// A default route names no destination; its gateway or source tells the family.
function familyOf({ destination, via, src }: NodeRoute): IpFamily | null {
  if (destination !== null) return destination.family
  const address = via ?? src
  return address === null ? null : ipFamily(address)
}

/** Whether the node lists any route of the family. */
export function knowsRoutes(node: ClusterNode, family: IpFamily): boolean {
  if (node.routes === null) return false
  return family === 4 || node.routes.some((route) => familyOf(route) === 6)
}
