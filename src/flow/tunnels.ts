import { formatIp } from '../core/ip.ts'
import { type PacketView, Tunnel } from '../packet/packet-view.ts'
import type { Flow } from './flow.ts'

type FlowTunnel = NonNullable<Flow['tunnel']>

const KINDS: Readonly<Record<number, FlowTunnel['kind']>> = {
  [Tunnel.Vxlan]: 'vxlan',
  [Tunnel.Geneve]: 'geneve',
  [Tunnel.Gre]: 'gre',
  [Tunnel.IpInIp]: 'ipip',
}

/** Tunnels around the flows alive, as their first packets showed them; equal ones are kept once. */
export class TunnelTable {
  readonly #ofFlow: Map<number, FlowTunnel> = new Map()
  readonly #shared: Map<string, FlowTunnel> = new Map()

  /** Notes the tunnel around a new flow's first packet. */
  note(flow: number, view: PacketView): void {
    const tunnel = tunnelOf(view)
    const name = `${tunnel.kind} ${tunnel.vni} ${tunnel.outerSource} ${tunnel.outerDestination}`
    const shared = this.#shared.get(name) ?? tunnel
    // Hostile captures change the pair with every packet; sharing is for the few pairs of nodes that real ones have.
    if (this.#shared.size < 4096) this.#shared.set(name, shared)
    this.#ofFlow.set(flow, shared)
  }

  /** Takes the tunnel of a flow that leaves the table; `null` where it had none. */
  take(flow: number): FlowTunnel | null {
    const tunnel = this.#ofFlow.get(flow) ?? null
    if (tunnel !== null) this.#ofFlow.delete(flow)
    return tunnel
  }
}

function tunnelOf(view: PacketView): FlowTunnel {
  const { outerIpVersion: family } = view
  return {
    kind: KINDS[view.tunnel] ?? 'ipip',
    vni: view.vni < 0 ? null : view.vni,
    outerSource: formatIp(family, view.outerSrc0, view.outerSrc1, view.outerSrc2, view.outerSrc3),
    outerDestination: formatIp(family, view.outerDst0, view.outerDst1, view.outerDst2, view.outerDst3),
  }
}
