import { DecodeStatus } from '../core/decode-status.ts'
import { IpProtocol } from '../core/protocol.ts'
import { type Cursor, UNKNOWN_END } from './cursor.ts'
import { EtherType } from './ether-type.ts'
import { decodeGeneve } from './geneve.ts'
import { decodeGre } from './gre.ts'
import { type PacketView, stop, Tunnel } from './packet-view.ts'
import { decodeVxlan } from './vxlan.ts'
import { isWireguard } from './wireguard.ts'

const { Ok, Opaque } = DecodeStatus

/** UDP ports by which tunnels are recognised. */
export interface TunnelPorts {
  /** Destination ports; default 4789 (IANA) and 8472 (Linux, and so Cilium). */
  readonly vxlan?: readonly number[]
  /** Destination ports; default 6081 (IANA, and Cilium). */
  readonly geneve?: readonly number[]
  /** Source or destination ports; default 51871 (Cilium's transparent encryption). */
  readonly wireguard?: readonly number[]
}

/** What a decoded packet carries. */
export const Encapsulation = { None: 0, Vxlan: 1, Geneve: 2, Gre: 3, Ipv4: 4, Ipv6: 5, Esp: 6, Wireguard: 7 } as const
export type Encapsulation = (typeof Encapsulation)[keyof typeof Encapsulation]

/** Recognises tunnels, and steps over their headers. */
export class EncapsulationDecoder {
  /** Uint8Array, 65536 entries: {@link Encapsulation} by UDP port. */
  readonly #byPort: Uint8Array = new Uint8Array(65536)

  /** @throws {RangeError} When a port is not an integer from 1 to 65535. */
  constructor(ports: TunnelPorts = {}) {
    this.#setPorts(Encapsulation.Wireguard, ports.wireguard ?? [51871])
    this.#setPorts(Encapsulation.Geneve, ports.geneve ?? [6081])
    this.#setPorts(Encapsulation.Vxlan, ports.vxlan ?? [4789, 8472])
  }

  #setPorts(kind: Encapsulation, ports: readonly number[]): void {
    for (const port of ports) {
      if (!Number.isInteger(port) || port < 1 || port > 65535) throw new RangeError(`Not a UDP port: ${port}`)
      this.#byPort[port] = kind
    }
  }

  /**
   * What `packet` encapsulates. Later fragments carry no tunnel header and so nothing; their inner packet is the first
   * fragment's.
   *
   * @param cursor - At the payload of `packet`.
   * @param packet - Decoded, its status Ok.
   */
  find(cursor: Cursor, packet: PacketView): Encapsulation {
    if (packet.fragmentOffset !== 0) return Encapsulation.None
    switch (packet.protocol) {
      case IpProtocol.Udp:
        return this.#findInUdp(cursor, packet)
      case IpProtocol.IpInIp:
        return Encapsulation.Ipv4
      case IpProtocol.Ipv6InIp:
        return Encapsulation.Ipv6
      case IpProtocol.Gre:
        return Encapsulation.Gre
      case IpProtocol.Esp:
        return Encapsulation.Esp
      default:
        return Encapsulation.None
    }
  }

  #findInUdp(cursor: Cursor, packet: PacketView): Encapsulation {
    // The source port of VXLAN and Geneve is a hash of the inner flow, and may be anything.
    const byDestination = this.#byPort[packet.dstPort]
    if (byDestination === Encapsulation.Vxlan || byDestination === Encapsulation.Geneve) return byDestination
    const isPort = byDestination === Encapsulation.Wireguard || this.#byPort[packet.srcPort] === Encapsulation.Wireguard
    return isPort && isWireguard(cursor) ? Encapsulation.Wireguard : Encapsulation.None
  }
}

/**
 * Steps over the tunnel header at the cursor and fills the encapsulation fields of `inner` that come from it.
 *
 * The inner packet of a first fragment goes on in fragments to come; then only its own lengths can be believed.
 */
export function enterTunnel(kind: Encapsulation, cursor: Cursor, outer: PacketView, inner: PacketView): DecodeStatus {
  if (outer.moreFragments === 1) cursor.wireEnd = UNKNOWN_END
  inner.vni = -1
  switch (kind) {
    case Encapsulation.Vxlan:
      inner.tunnel = Tunnel.Vxlan
      return decodeVxlan(cursor, inner)
    case Encapsulation.Geneve:
      inner.tunnel = Tunnel.Geneve
      return decodeGeneve(cursor, inner)
    case Encapsulation.Gre:
      inner.tunnel = Tunnel.Gre
      return decodeGre(cursor, inner)
    case Encapsulation.Ipv4:
      inner.tunnel = Tunnel.IpInIp
      cursor.etherType = EtherType.Ipv4
      return Ok
    case Encapsulation.Ipv6:
      inner.tunnel = Tunnel.IpInIp
      cursor.etherType = EtherType.Ipv6
      return Ok
    default:
      inner.tunnel = Tunnel.None
      return stop(inner, Opaque, 'tunnel', kind === Encapsulation.Esp ? 'esp' : 'wireguard')
  }
}
