import type { SourceRef } from '../core/source-ref.ts'
import { isTunnelDevice } from './device-pattern.ts'
import { describeIdentity } from './endpoints.ts'
import type { PacketFacts } from './facts.ts'

/** Whether a packet leaves inside a tunnel or through encryption, past the point where sources are translated. */
export type Encapsulation =
  | { readonly kind: 'yes' | 'no'; readonly detail: string; readonly source: SourceRef | null }
  | { readonly kind: 'unclear'; readonly missing: string; readonly detail: string; readonly source: SourceRef | null }

/**
 * Tells whether Cilium's programs hand the packet to the tunnel or to encryption (docs/masquerade.md, "Before the SNAT stage").
 *
 * Node addresses get a tunnel endpoint only with the host firewall or node encryption
 * (cilium/cilium@v1.17.6 pkg/node/manager/manager.go nodeAddressHasTunnelIP(); before about 1.13 with any encryption).
 */
export function encapsulationOf(facts: PacketFacts): Encapsulation {
  const { device, destination, settings } = facts
  const target = describeIdentity(destination.identity)
  if (device.name !== null && (isTunnelDevice(device.name) || device.name.startsWith('cilium_wg'))) {
    return { kind: 'yes', detail: `leaves by ${device.name}, inside the tunnel`, source: null }
  }
  if (destination.place === 'remote-endpoint' || destination.place === 'remote-cilium-host') return towardsPods(facts)
  if (destination.place === 'remote-node') return towardsNode(facts)
  return { kind: 'no', detail: `${target} is not reached through a tunnel`, source: settings.routingMode.source }
}

function towardsPods(facts: PacketFacts): Encapsulation {
  const { settings, routing } = facts
  const target = describeIdentity(facts.destination.identity)
  if (settings.enableWireguard.value || settings.enableIpsec.value) {
    const setting = settings.enableWireguard.value ? settings.enableWireguard : settings.enableIpsec
    return { kind: 'yes', detail: `traffic to ${target} is encrypted before translation`, source: setting.source }
  }
  const source = settings.routingMode.source
  if (routing === 'tunnel') {
    const protocol = settings.tunnelProtocol.value
    return { kind: 'yes', detail: `routing-mode tunnel: ${target} is reached through ${protocol}`, source }
  }
  if (routing === 'native') return { kind: 'no', detail: 'routing-mode native: no tunnel', source }
  const missing = routing === 'hybrid' ? 'the subnets of both nodes (hybrid routing)' : 'routing-mode (cilium-config)'
  return { kind: 'unclear', missing, detail: `whether ${target} is reached through a tunnel is not known`, source }
}

function towardsNode(facts: PacketFacts): Encapsulation {
  const { settings, routing } = facts
  const target = describeIdentity(facts.destination.identity)
  const wireguardNodes = settings.enableWireguard.value && settings.encryptNode.value
  if (wireguardNodes) {
    const detail = `encrypt-node: traffic to ${target} is encrypted before translation`
    return { kind: 'yes', detail, source: settings.encryptNode.source }
  }
  const why = settings.enableHostFirewall.value ? settings.enableHostFirewall : settings.encryptNode
  const name = settings.enableHostFirewall.value ? 'enable-host-firewall' : 'encrypt-node'
  if (!why.value && !settings.enableIpsec.value) {
    return { kind: 'no', detail: `traffic to ${target} leaves outside the tunnel`, source: settings.routingMode.source }
  }
  if (routing === 'native')
    return { kind: 'no', detail: 'routing-mode native: no tunnel', source: settings.routingMode.source }
  if (routing === 'tunnel' && why.value) {
    const detail = `${name}: traffic to ${target} goes through the tunnel to keep its identity`
    return { kind: 'yes', detail, source: why.source }
  }
  const missing =
    routing === 'tunnel'
      ? 'the tunnel endpoint of the node (cilium-dbg bpf ipcache list)'
      : 'routing-mode (cilium-config)'
  return {
    kind: 'unclear',
    missing,
    detail: `whether ${target} is reached through the tunnel is not known`,
    source: why.source,
  }
}
