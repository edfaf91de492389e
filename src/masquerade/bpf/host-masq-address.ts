import { ipFamily } from '../../core/ip.ts'
import { IpProtocol } from '../../core/protocol.ts'
import type { PacketFacts } from '../facts.ts'
import { listedAddresses } from '../node-address.ts'
import { type MasqueradeRule, no, preserve, yes } from '../rule.ts'
import { bpfMasqueradeAddress } from './masquerade-address.ts'

const NODEPORT_PROTOCOLS: ReadonlySet<number> = new Set([IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Sctp])

/** Host traffic from the masquerade address passes the engine, which keeps the address and reserves the port. */
export const hostMasqAddress: MasqueradeRule = {
  id: 'host-masq-address',
  source: 'cilium/cilium@v1.17.6 bpf/lib/nat.h snat_v4_needs_masquerade()',
  decide(facts) {
    const ip = facts.query.source
    if (facts.source.role !== 'host') return no(`${ip} is no address of ${facts.node?.name ?? 'the node'}`)
    const masquerade = bpfMasqueradeAddress(facts)
    if (masquerade.addresses.includes(ip)) {
      return yes(preserve(facts), `${ip} is the masquerade address already; at most its port changes`, {
        translates: true,
      })
    }
    if (isDirectRoutingAddress(facts)) {
      const source = facts.settings.directRoutingDevice.source
      return yes(preserve(facts), `${ip} is the direct-routing address of ${facts.device.name}`, {
        translates: true,
        source,
      })
    }
    return no(`${ip} is not the masquerade address ${masquerade.addresses.join(' or ')}`)
  },
}

/** The node's own address on the direct-routing device, which NodePort translation uses (step 2). */
function isDirectRoutingAddress(facts: PacketFacts): boolean {
  const { node, device, query, settings } = facts
  if (node === null || device.name === null || !NODEPORT_PROTOCOLS.has(query.protocol)) return false
  if (['false', 'disabled'].includes(settings.kubeProxyReplacement.value)) return false
  const configured = settings.directRoutingDevice.value
  if (configured !== null && configured !== device.name) return false
  if (listedAddresses(node, ipFamily(query.source))[0] !== query.source) return false
  return node.devices?.get(device.name)?.addresses.some((address) => address.ip === query.source) ?? false
}
