import type { ClusterSnapshot } from '../../cluster/snapshot.ts'
import type { IpFamily, IpText } from '../../core/ip.ts'
import { ipFamily } from '../../core/ip.ts'
import { atLeast } from '../cilium-version.ts'
import { chooseEngine } from '../engine.ts'
import { allocCidr, hasCloudIpam, iptablesExclusionCidr } from '../exclusion-cidr.ts'
import { gatherFacts, type PacketFacts } from '../facts.ts'
import { egressPatterns } from '../iptables/conditions.ts'
import { knowsRoutes, routeSourceRules } from '../iptables/route-source-rules.ts'
import { localDeliveryDevice } from '../out-device.ts'

/** The rules that the settings give a node, or what is missing to write them. */
export interface IntendedRules {
  /** Lines of CILIUM_POST_nat as `iptables -t nat -S` prints them, in order; empty where Cilium installs none. */
  readonly rules: readonly string[]
  /** Facts without which the rules cannot be written; then `rules` is empty. */
  readonly missing: readonly string[]
}

const CHAIN = '-A CILIUM_POST_nat'
const NONE: IntendedRules = { rules: [], missing: [] }

/**
 * Writes the masquerade rules that Cilium installs on a node with the cluster's settings (docs/masquerade.md, "Rules of CILIUM_POST_nat").
 *
 * @param family - 6 writes what `ip6tables -t nat -S` prints.
 */
export function wouldInstall(cluster: ClusterSnapshot, node: string, family: IpFamily): IntendedRules {
  const facts = factsOf(cluster, node, family)
  const { settings } = facts
  const masquerade = family === 4 ? settings.enableIpv4Masquerade : settings.enableIpv6Masquerade
  const used = family === 4 ? settings.enableIpv4 : settings.enableIpv6
  if (!masquerade.value || !used.value || chooseEngine(settings).engine === 'bpf') return NONE
  const parts = partsOf(facts)
  if (parts.missing.length > 0) return { rules: [], missing: parts.missing }
  return {
    rules: [
      ...encryption(facts),
      ...nodeSet(facts, parts),
      ...masqueradeRules(facts, parts),
      line('-m mark --mark 0xa00/0xe00', 'exclude proxy return traffic from masquerade', 'ACCEPT'),
      ...toCiliumHost(facts, parts),
    ],
    missing: [],
  }
}

/** Facts of no packet in particular: what the rules are made of is the node's and the settings'. */
function factsOf(cluster: ClusterSnapshot, node: string, family: IpFamily): PacketFacts {
  const anywhere = family === 4 ? '0.0.0.0' : '::'
  return gatherFacts({ source: anywhere, destination: anywhere, protocol: 0, node, outInterface: 'none' }, cluster)
}

interface Parts {
  readonly alloc: string
  readonly exclusion: string
  readonly host: IpText
  readonly missing: readonly string[]
}

function partsOf(facts: PacketFacts): Parts {
  const missing: string[] = []
  const alloc = hasCloudIpam(facts) ? undefined : allocCidr(facts.node, facts.family)
  const exclusion = iptablesExclusionCidr(facts)
  const host = facts.node?.ciliumHost.find((ip) => ipFamily(ip) === facts.family)
  const name = facts.node?.name ?? 'a node that is not known'
  if (alloc === undefined) missing.push(`the pod CIDR of ${name}`)
  if (!exclusion.known) missing.push(exclusion.missing)
  if (host === undefined) missing.push(`the cilium_host address of ${name}`)
  if (facts.routing === null) missing.push('routing-mode')
  if (usesRoutes(facts) && (facts.node === null || !knowsRoutes(facts.node, facts.family)))
    missing.push(`ip route of ${name}`)
  const { version } = facts
  const joinedOrNot = egressPatterns(facts).joined && version.minor === 16 && version.patch === null
  if (joinedOrNot && !usesRoutes(facts)) missing.push('the patch release of Cilium 1.16')
  const excluded = exclusion.known ? (exclusion.cidr?.text ?? '') : ''
  return { alloc: alloc?.text ?? '', exclusion: excluded, host: host ?? '', missing: [...new Set(missing)] }
}

function line(matches: string, comment: string, target: string): string {
  return `${CHAIN} ${matches} -m comment --comment "${comment}" -j ${target}`
}

function encryption(facts: PacketFacts): string[] {
  if (!facts.settings.enableIpsec.value) return []
  const comment = 'exclude xfrm marks from nat CILIUM_POST_nat chain'
  return ['0xd00/0xf00', '0xe00/0xf00'].map((mark) => line(`-m mark --mark ${mark}`, comment, 'ACCEPT'))
}

function nodeSet(facts: PacketFacts, parts: Parts): string[] {
  if (facts.routing === 'tunnel' || !atLeast(facts.version, 1, 11)) return []
  const match = `-m set --match-set cilium_node_set_v${facts.family} dst`
  const { patterns } = egressPatterns(facts)
  const byInterface = patterns.length > 0 && atLeast(facts.version, 1, 13)
  const sources = byInterface ? patterns.map((pattern) => `-o ${pattern}`) : [`-s ${parts.alloc}`]
  return sources.map((from) => line(`${from} ${match}`, 'exclude traffic to cluster nodes from masquerade', 'ACCEPT'))
}

function masqueradeRules(facts: PacketFacts, parts: Parts): string[] {
  const random = facts.settings.iptablesRandomFully.value ? ' --random-fully' : ''
  if (usesRoutes(facts)) return byRoute(facts, parts, random)
  const { patterns } = egressPatterns(facts)
  const matches =
    patterns.length > 0
      ? patterns.map((pattern) => `! -d ${parts.exclusion} -o ${pattern}`)
      : [`-s ${parts.alloc} ! -d ${parts.exclusion} ! -o cilium_+`]
  return matches.map((match) => line(match, 'cilium masquerade non-cluster', `MASQUERADE${random}`))
}

const usesRoutes = (facts: PacketFacts): boolean =>
  facts.settings.enableMasqueradeToRouteSource.value && atLeast(facts.version, 1, 15)

function byRoute(facts: PacketFacts, parts: Parts, random: string): string[] {
  if (facts.node === null) return []
  return routeSourceRules(facts, facts.node).map((rule) => {
    const destination = rule.destination === null ? `! -d ${parts.exclusion}` : `-d ${rule.destination.text}`
    const device = rule.device === null ? '! -o cilium_+' : `-o ${rule.device}`
    const target = `SNAT --to-source ${rule.to}${random}`
    return line(`-s ${parts.alloc} ${destination} ${device}`, 'cilium snat non-cluster via source route', target)
  })
}

function toCiliumHost(facts: PacketFacts, parts: Parts): string[] {
  const target = `SNAT --to-source ${parts.host}`
  const delivery = localDeliveryDevice(facts.settings)
  const address = facts.family === 4 ? '127.0.0.1' : '::1'
  const bits = facts.family === 4 ? 32 : 128
  const rules: string[] = []
  if (facts.routing === 'tunnel') {
    const match = `! -s ${parts.alloc} ! -d ${parts.alloc} -o cilium_host`
    rules.push(line(match, 'cilium host->cluster masquerade', target))
  }
  rules.push(line(`-s ${address}/${bits} -o ${delivery}`, `cilium host->cluster from ${address} masquerade`, target))
  if (!facts.settings.enableEndpointRoutes.value) {
    const match = `-o ${delivery} -m mark --mark 0xf00/0xf00 -m conntrack --ctstate DNAT`
    rules.push(line(match, 'hairpin traffic that originated from a local pod', target))
  }
  return rules
}
