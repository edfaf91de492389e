import type { IpsetDump } from '../../cluster/snapshot.ts'
import { cidrContains } from '../../core/cidr.ts'
import { type IpText, ipFamily } from '../../core/ip.ts'
import { deviceMatches } from '../device-pattern.ts'
import { carries } from '../endpoints.ts'
import { gatherFacts, type PacketFacts } from '../facts.ts'
import { leavesBy } from '../out-device.ts'
import type { NatContext, NatState, Tristate } from './match.ts'

/** Facts about the machine that the walk takes for granted, collected while it asks. */
export interface ContextNotes {
  readonly assumptions: Set<string>
}

/** The machine around a packet, as far as the cluster metadata tells. */
export function clusterContext(facts: PacketFacts, notes: ContextNotes): NatContext {
  return {
    family: facts.family,
    source: facts.query.source,
    sourcePort: facts.query.sourcePort ?? null,
    protocol: facts.query.protocol,
    icmpType: facts.query.icmpType ?? null,
    fromHost: facts.source.role === 'host' || facts.source.role === 'loopback',
    cameBy: (pattern) => cameBy(facts, pattern),
    leavesBy: (pattern, state) => leavesBy(factsFor(facts, state).device, pattern),
    inSet: (name, ip) => inSet(facts, name, ip, notes),
    isLocal: (ip) => isLocal(facts, ip),
  }
}

/** The facts with the destination as netfilter has changed it; the output device follows the new destination. */
export function factsFor(facts: PacketFacts, state: NatState): PacketFacts {
  if (state.destination === facts.query.destination) return facts
  return gatherFacts({ ...facts.query, destination: state.destination, outInterface: null }, facts.cluster)
}

/** Pods come in by `lxc…`; of others only that they come by no pod's device. */
function cameBy(facts: PacketFacts, pattern: string): Tristate {
  if (facts.source.role === 'endpoint') return deviceMatches(pattern, 'lxc0') || pattern === '+'
  if (pattern === '+') return true
  if (pattern.startsWith('lxc')) return false
  return null
}

function inSet(facts: PacketFacts, name: string, ip: IpText, notes: ContextNotes): Tristate {
  const dump = facts.node?.installed.ipsets?.get(name)
  if (dump !== undefined) return memberOf(dump, ip)
  const nodeSet = /^cilium_node_set_v([46])$/.exec(name)
  if (nodeSet === null || facts.cluster.nodesKnown === false) return null
  notes.assumptions.add(`members of ${name} not given (ipset list): taken as the InternalIPs of all nodes`)
  const holder = facts.cluster.addressBook.lookup(ip).node
  const node = holder === null ? undefined : facts.cluster.nodesByName.get(holder)
  return (
    ipFamily(ip) === Number(nodeSet[1]) &&
    (node?.addresses.some((address) => address.ip === ip && address.type === 'InternalIP') ?? false)
  )
}

// Sets of other types hold more than an address; whether the rest fits is not known.
function memberOf(dump: IpsetDump, ip: IpText): Tristate {
  if (dump.family !== ipFamily(ip)) return false
  const holds = dump.members.some((member) => cidrContains(member, ip))
  if (/^(?:hash:(?:ip|net)|bitmap:ip)$/.test(dump.type)) return holds
  return holds ? null : false
}

function isLocal(facts: PacketFacts, ip: IpText): Tristate {
  if (ip.startsWith('127.') || ip === '::1') return true
  if (facts.node === null) return null
  if (carries(facts.node, ip)) return true
  return facts.node.devices !== null || facts.cluster.addressBook.lookup(ip).node !== null ? false : null
}
