import { ipFamily } from '../../core/ip.ts'
import { atLeast } from '../cilium-version.ts'
import { describeIdentity } from '../endpoints.ts'
import type { PacketFacts } from '../facts.ts'
import { type MasqueradeRule, no, preserve, unclear, yes } from '../rule.ts'
import { allOf, type Condition, egressPatterns, inAllocCidr, leaves } from './conditions.ts'

/** Rule 1: in native routing, what goes to the InternalIP of a node is accepted as it is. */
export const nodeSet: MasqueradeRule = {
  id: 'node-set',
  source:
    'cilium/cilium@v1.17.6 pkg/datapath/iptables/iptables.go installMasqueradeRules(), pkg/datapath/iptables/ipset',
  decide(facts) {
    const source = facts.settings.routingMode.source
    if (!atLeast(facts.version, 1, 11)) return no(`no node ipset before 1.11 (${facts.version.text})`)
    if (facts.routing === 'tunnel') return no('routing-mode tunnel: no node ipset', { source })
    const match = allOf([inNodeSet(facts), fromHere(facts), nativeRouting(facts)])
    const detail = `exclude traffic to cluster nodes from masquerade: ${match.text}`
    if (match.holds === true) return yes(preserve(facts), detail, { source: facts.destination.identity.source })
    if (match.holds === null && isOnlyDeviceOpen(facts)) {
      // Whichever device it is, the source is kept: by this rule on those named, by the lack of rules on the others.
      return yes(preserve(facts), detail, { source, assumptions: ['output device not known (ip route)'] })
    }
    if (match.holds === null) return unclear(preserve(facts), match.missing, detail, { source })
    return no(match.text, { source })
  },
}

/** With `egress-masquerade-interfaces` every masquerade rule names the same devices as this one. */
function isOnlyDeviceOpen(facts: PacketFacts): boolean {
  if (egressPatterns(facts).patterns.length === 0) return false
  return inNodeSet(facts).holds === true && nativeRouting(facts).holds === true
}

/** InternalIPs of all nodes, those of other clusters of a mesh included; ExternalIPs and cilium_host are not in it. */
function inNodeSet(facts: PacketFacts): Condition {
  const to = facts.query.destination
  if (facts.destination.place === 'unknown') {
    return { holds: null, text: `${to} may be a node`, missing: `the node list, for ${to}` }
  }
  const { identity } = facts.destination
  const holder = identity.node === null ? undefined : facts.cluster.nodesByName.get(identity.node)
  const holds =
    holder?.addresses.some(({ ip, type }) => ip === to && type === 'InternalIP' && ipFamily(ip) === facts.family) ??
    (identity.kind === 'node' && (identity.addressType ?? 'InternalIP') === 'InternalIP')
  const name = describeIdentity(identity)
  const set = `cilium_node_set_v${facts.family}`
  return { holds, text: `${name} ${holds ? 'in' : 'not in'} ${set} (InternalIPs of nodes)`, missing: '' }
}

function fromHere(facts: PacketFacts): Condition {
  const { patterns } = egressPatterns(facts)
  if (patterns.length === 0 || !atLeast(facts.version, 1, 13)) return inAllocCidr(facts, facts.query.source)
  return anyDevice(facts, patterns)
}

function anyDevice(facts: PacketFacts, patterns: readonly string[]): Condition {
  const each = patterns.map((pattern) => leaves(facts, pattern))
  return each.find((one) => one.holds === true) ?? each.find((one) => one.holds === null) ?? (each[0] as Condition)
}

function nativeRouting(facts: PacketFacts): Condition {
  const holds = facts.routing === 'native' ? true : null
  return { holds, text: `routing-mode ${facts.routing ?? 'not known'}`, missing: 'routing-mode (cilium-config)' }
}
