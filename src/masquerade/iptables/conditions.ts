import { cidrContains } from '../../core/cidr.ts'
import type { IpText } from '../../core/ip.ts'
import { atLeast } from '../cilium-version.ts'
import { allocCidr, hasCloudIpam, iptablesExclusionCidr } from '../exclusion-cidr.ts'
import type { PacketFacts } from '../facts.ts'
import { leavesBy } from '../out-device.ts'
import { isPublicAddress } from '../public-address.ts'

/** One match of a rule: whether it holds (`null`: not known), in the words of the rule. */
export interface Condition {
  readonly holds: boolean | null
  readonly text: string
  /** The fact that would tell, where `holds` is `null`. */
  readonly missing: string
}

/** All matches of a rule together: false where one fails, else not known where one is not known. */
export function allOf(conditions: readonly Condition[]): Condition {
  const failed = conditions.find((condition) => condition.holds === false)
  if (failed !== undefined) return failed
  const open = conditions.find((condition) => condition.holds === null)
  const text = conditions.map((condition) => condition.text).join(', ')
  return { holds: open === undefined ? true : null, text, missing: open?.missing ?? '' }
}

/** The same match with `!` before it. */
export function not(condition: Condition): Condition {
  return { ...condition, holds: condition.holds === null ? null : !condition.holds }
}

/**
 * `-s A` or `-d A`: the address lies in the node's alloc CIDR, the primary one only. Where the question is what the
 * settings ask for, in any pod CIDR of the node.
 */
export function inAllocCidr(facts: PacketFacts, ip: IpText): Condition {
  const own = allocCidr(facts.node, facts.family)
  if (hasCloudIpam(facts) || own === undefined) {
    const where = facts.node?.name ?? 'a node that is not known'
    return { holds: null, text: `${ip} against the pod CIDR of ${where}`, missing: `the pod CIDR of ${where}` }
  }
  const blocks = facts.intended ? (facts.node?.podCidrs ?? []) : [own]
  const holds = blocks.some((block) => cidrContains(block, ip))
  return { holds, text: `${ip} ${holds ? 'in' : 'not in'} pod CIDR ${own.text}`, missing: '' }
}

/** `! -d X`: the destination lies outside the exclusion CIDR. */
export function outsideExclusion(facts: PacketFacts): Condition {
  const to = facts.query.destination
  const exclusion = iptablesExclusionCidr(facts)
  if (!exclusion.known) {
    const holds = isPublicAddress(to) ? true : null
    return { holds, text: `${to} against an exclusion CIDR that is not known`, missing: exclusion.missing }
  }
  const inside = exclusion.cidr !== null && cidrContains(exclusion.cidr, to)
  return { holds: !inside, text: `${to} ${inside ? 'inside' : 'outside'} ${exclusion.basis}`, missing: '' }
}

/** `-o IF`. */
export function leaves(facts: PacketFacts, pattern: string): Condition {
  const holds = leavesBy(facts.device, pattern)
  const name = facts.device.name ?? (facts.device.candidates.join(' or ') || 'device (not known)')
  const verb = holds === null ? 'may be' : holds ? 'is' : 'is not'
  return {
    holds,
    text: `output ${name} ${verb} ${pattern}`,
    missing: `the output device (ip route of ${facts.node?.name ?? 'the node'})`,
  }
}

/** `-m mark --mark value/mask`; a packet of which no mark is stated counts as unmarked. */
export function marked(facts: PacketFacts, value: number, mask: number): Condition {
  const mark = facts.query.mark ?? 0
  const holds = (mark & mask) >>> 0 === value
  const hex = (n: number): string => `0x${n.toString(16)}`
  return {
    holds,
    text: `mark ${hex(mark)} ${holds ? 'matches' : 'does not match'} ${hex(value)}/${hex(mask)}`,
    missing: '',
  }
}

/**
 * The interface patterns of the rules made for `egress-masquerade-interfaces`; empty where the setting is. Before 1.17
 * (1.16.5) several names were joined into one that no interface has, except in route-source mode.
 */
export function egressPatterns(facts: PacketFacts): { readonly patterns: readonly string[]; readonly joined: boolean } {
  const names = facts.settings.egressMasqueradeInterfaces.value
  if (names.length < 2 || facts.intended || joinsNoMore(facts)) return { patterns: names, joined: false }
  return { patterns: [names.join(',')], joined: true }
}

function joinsNoMore(facts: PacketFacts): boolean {
  const { version } = facts
  return atLeast(version, 1, 17) || (version.minor === 16 && version.major === 1 && (version.patch ?? 0) >= 5)
}
