import { atLeast } from '../cilium-version.ts'
import { describeIdentity } from '../endpoints.ts'
import type { PacketFacts } from '../facts.ts'
import { describeChoice, masqueradeTo } from '../node-address.ts'
import { type MasqueradeRule, no, preserve, type RuleAnswer, unclear, yes } from '../rule.ts'
import { bpfMasqueradeAddress } from './masquerade-address.ts'

/** Whether the destination carries the remote-node identity; `null` where the node list is not known. */
function isRemoteNode(facts: PacketFacts): boolean | null {
  const place = facts.destination.place
  if (place === 'unknown') return null
  return place === 'remote-node' || place === 'remote-cilium-host'
}

function notANode(facts: PacketFacts): RuleAnswer {
  return no(`${facts.query.destination} is no address of another node`)
}

const missingNodes = (facts: PacketFacts): string => `the node list, for ${facts.query.destination}`

/** `enable-remote-node-masquerade` translates what goes to other nodes, whatever its source. */
export const remoteNodeMasquerade: MasqueradeRule = {
  id: 'remote-node-masquerade',
  source: 'cilium/cilium bpf/lib/nat.h CONFIG(enable_remote_node_masquerade), 1.19',
  decide(facts) {
    const setting = facts.settings.enableRemoteNodeMasquerade
    if (!setting.value) return no('enable-remote-node-masquerade is false', { source: setting.source })
    const remote = isRemoteNode(facts)
    if (remote === false) return notANode(facts)
    const choice = bpfMasqueradeAddress(facts)
    const detail = `enable-remote-node-masquerade: to node ${describeIdentity(facts.destination.identity)}`
    if (remote === null) return unclear(masqueradeTo(choice), missingNodes(facts), detail, { source: setting.source })
    return yes(masqueradeTo(choice), `${detail}, as ${describeChoice(choice)}`, {
      source: setting.source,
      assumptions: choice.assumptions,
      translates: true,
    })
  },
}

/** In native routing the addresses of other nodes are exempt, ExternalIPs included. */
export const remoteNode: MasqueradeRule = {
  id: 'remote-node',
  source: 'cilium/cilium@v1.17.6 bpf/lib/nat.h identity_is_remote_node()',
  decide(facts) {
    const remote = isRemoteNode(facts)
    const source = facts.settings.routingMode.source
    if (remote === false) return notANode(facts)
    if (facts.routing === 'tunnel') return no('routing-mode tunnel: nodes are not exempt', { source })
    const target = describeIdentity(facts.destination.identity)
    if (remote === null) return unclear(preserve(facts), missingNodes(facts), `${target} may be a node`, { source })
    if (facts.routing === 'native')
      return yes(preserve(facts), `${target} is another node, and routing is native`, { source })
    const missing =
      facts.routing === 'hybrid' ? 'the subnets of both nodes (hybrid routing)' : 'routing-mode (cilium-config)'
    return unclear(preserve(facts), missing, `${target} is another node`, { source })
  },
}

/** In tunnel routing, nodes flagged to bypass the tunnel are treated as in native routing. */
export const remoteNodeSkipTunnel: MasqueradeRule = {
  id: 'remote-node-skip-tunnel',
  source: 'cilium/cilium@v1.18.0 bpf/lib/nat.h flag_skip_tunnel',
  decide(facts) {
    if (facts.query.skipTunnel !== true) return no('the destination is not flagged "skip tunnel"')
    if (facts.routing === 'native') return no('routing-mode native')
    const remote = isRemoteNode(facts)
    if (remote === false) return notANode(facts)
    const detail = `${describeIdentity(facts.destination.identity)} is flagged to bypass the tunnel`
    if (remote === null) return unclear(preserve(facts), missingNodes(facts), detail)
    if (atLeast(facts.version, 1, 18)) return yes(preserve(facts), detail)
    return yes(preserve(facts), detail, { assumptions: ['Cilium 1.17 taken to test the skip-tunnel flag'] })
  },
}
