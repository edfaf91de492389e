import type { NodeAddressType } from '../../cluster/snapshot.ts'
import { atLeast, type CiliumVersion } from '../cilium-version.ts'
import { describeIdentity } from '../endpoints.ts'
import type { PacketFacts } from '../facts.ts'
import { type MasqueradeRule, no, preserve, type RuleAnswer, unclear, yes } from '../rule.ts'
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
    return no(match.text, { source, ...ifEarlier(facts) })
  },
}

/** Whether the set holds ExternalIPs too, as of 1.11.0 and 1.11.1; `null` for `1.11` alone, which may be either side of 1.11.2. */
export function listsExternalIps(version: CiliumVersion): boolean | null {
  if (atLeast(version, 1, 12)) return false
  return version.patch === null ? null : version.patch < 2
}

function ifEarlier(facts: PacketFacts): Pick<RuleAnswer, 'assumptions' | 'otherwise'> | undefined {
  if (listsExternalIps(facts.version) !== null || !isNodeAddress(facts, ['ExternalIP'])) return undefined
  if (fromHere(facts).holds === false) return undefined
  return {
    assumptions: ['Cilium 1.11.2 or later assumed'],
    otherwise: [{ outcome: preserve(facts), rule: 'node-set', when: 'the release is 1.11.0 or 1.11.1' }],
  }
}

/** With `egress-masquerade-interfaces` every masquerade rule names the same devices as this one. */
function isOnlyDeviceOpen(facts: PacketFacts): boolean {
  if (egressPatterns(facts).patterns.length === 0) return false
  return inNodeSet(facts).holds === true && nativeRouting(facts).holds === true
}

/** InternalIPs of all nodes, those of other clusters of a mesh included; cilium_host addresses are not in it. */
function inNodeSet(facts: PacketFacts): Condition {
  const to = facts.query.destination
  if (facts.destination.place === 'unknown') {
    return { holds: null, text: `${to} may be a node`, missing: `the node list, for ${to}` }
  }
  const types =
    listsExternalIps(facts.version) === true ? (['InternalIP', 'ExternalIP'] as const) : (['InternalIP'] as const)
  const holds = isNodeAddress(facts, types)
  const name = describeIdentity(facts.destination.identity)
  const set = `cilium_node_set_v${facts.family}`
  return { holds, text: `${name} ${holds ? 'in' : 'not in'} ${set} (${types.join('s and ')}s of nodes)`, missing: '' }
}

/** Whether the destination is listed for its node as an address of one of these types. */
function isNodeAddress(facts: PacketFacts, types: readonly NodeAddressType[]): boolean {
  const { identity } = facts.destination
  const to = facts.query.destination
  const holder = identity.node === null ? undefined : facts.cluster.nodesByName.get(identity.node)
  if (holder !== undefined) return holder.addresses.some(({ ip, type }) => ip === to && types.includes(type))
  const type = identity.addressType ?? 'InternalIP'
  return identity.kind === 'node' && types.some((one) => one === type)
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
