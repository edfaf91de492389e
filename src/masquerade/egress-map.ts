import type { InstalledState } from '../cluster/snapshot.ts'
import { cidrContains } from '../core/cidr.ts'
import type { EgressAnswer } from './egress-answer.ts'
import type { PacketFacts } from './facts.ts'

type Entry = NonNullable<InstalledState['egressEntries']>[number]

/**
 * What the node's map (`cilium-dbg bpf egress list`) does with a packet; `null` where it was not given.
 *
 * The map names pods by address, so it answers where labels that a policy asks for are not known.
 */
export function egressMapAnswer(facts: PacketFacts): EgressAnswer | null {
  const { node } = facts
  const entries = node?.installed.egressEntries
  if (!node || !entries) return null
  const entry = longest(entries, facts)
  if (entry === undefined)
    return { kind: 'none', detail: `bpf egress list of ${node.name} has no entry for the packet` }
  if (entry.excluded === true)
    return { kind: 'none', detail: `excluded by ${entry.destination.text} in bpf egress list` }
  const common = { policy: 'in bpf egress list', source: node.source }
  const egress = entry.egressIp === null ? null : [entry.egressIp]
  if (entry.gatewayIp === null) {
    return { kind: 'gateway', ...common, destination: entry.destination, gateways: [{ node: null, addresses: egress }] }
  }
  const gateway = facts.cluster.addressBook.lookup(entry.gatewayIp).node
  if (gateway === null) return { kind: 'unclear', ...common, missing: `the node with the address ${entry.gatewayIp}` }
  return {
    kind: 'gateway',
    ...common,
    destination: entry.destination,
    gateways: [{ node: gateway, addresses: egress }],
  }
}

function longest(entries: readonly Entry[], facts: PacketFacts): Entry | undefined {
  let best: Entry | undefined
  for (const entry of entries) {
    if (entry.source !== facts.query.source || !cidrContains(entry.destination, facts.query.destination)) continue
    if (best === undefined || entry.destination.prefix > best.destination.prefix) best = entry
  }
  return best
}
