import type { CaptureRecord } from '../capture/record.ts'
import { DecodeStatus } from '../core/decode-status.ts'
import { IpProtocol } from '../core/protocol.ts'
import { Cursor } from './cursor.ts'
import { Encapsulation, EncapsulationDecoder, enterTunnel, type TunnelPorts } from './encapsulation.ts'
import { EtherType } from './ether-type.ts'
import { decodeExtensionHeaders } from './extension-headers.ts'
import { decodeIpv4 } from './ipv4.ts'
import { decodeIpv6 } from './ipv6.ts'
import { decodeLinkHeader, stepToIp } from './link-layer.ts'
import { enterInner, type PacketDecoder, PacketView, stop, Tunnel } from './packet-view.ts'
import { TransportDecoder } from './transport.ts'

// Codes that every packet is compared with are taken out of their objects at load: V8 folds the constants of a module
// into the machine code, but not the properties of an imported object (56 against 49 ns a packet).
const { Ok, TooDeep } = DecodeStatus
const { Tcp } = IpProtocol
const { Ipv4 } = EtherType

/** Levels of encapsulation that are followed; hostile frames nest hundreds. */
export const MAX_DEPTH = 4

/** See {@link FrameDecoder}. */
export interface FrameDecoderOptions {
  /** Kinds left out keep their default ports; an empty list turns a kind off. */
  readonly tunnelPorts?: TunnelPorts
}

/**
 * Decodes frames: link header, tags, IP header, transport header, and so on into tunnels. One reused view a level.
 *
 * A tunnel whose inner packet cannot be read leaves the outer view Ok, for it is a packet all the same, and adds a last
 * view whose status and reason say what the inner one was: damaged, cut, not IP, hidden by encryption (`esp`,
 * `wireguard`) or too deep. A caller counts that view as skipped, and the views before it as packets.
 */
export class FrameDecoder implements PacketDecoder {
  /** One view more than there are levels, to say that a packet is too deep. */
  readonly views: readonly PacketView[] = Array.from({ length: MAX_DEPTH + 2 }, () => new PacketView())
  readonly names: readonly string[] = []
  readonly #outermost: PacketView
  readonly #cursor: Cursor = new Cursor()
  readonly #transport: TransportDecoder = new TransportDecoder()
  readonly #encapsulation: EncapsulationDecoder

  constructor(options: FrameDecoderOptions = {}) {
    this.#encapsulation = new EncapsulationDecoder(options.tunnelPorts)
    this.#outermost = this.views[0] ?? new PacketView()
  }

  decode(record: CaptureRecord): number {
    const cursor = this.#cursor
    const packet = this.#outermost
    cursor.enter(record)
    beginFrame(packet, record)
    let status = decodeLinkHeader(record.linkType, cursor, packet)
    if (status === Ok) status = this.#decodePacket(packet)
    packet.status = status
    // Most packets are TCP and carry none.
    return status === Ok && packet.protocol !== Tcp ? this.#decodeTunnels() : 1
  }

  /** Decodes tags, IP and transport header at the cursor. */
  #decodePacket(packet: PacketView): DecodeStatus {
    const cursor = this.#cursor
    let status: DecodeStatus = cursor.etherType === Ipv4 ? Ok : stepToIp(cursor, packet)
    if (status !== Ok) return status
    status = cursor.etherType === Ipv4 ? decodeIpv4(cursor, packet) : decodeIpv6(cursor, packet)
    if (status === Ok) status = decodeExtensionHeaders(cursor, packet)
    return status === Ok ? this.#transport.decode(cursor, packet) : status
  }

  /** Goes on from the outermost packet into what it encapsulates. @returns How many views are valid. */
  #decodeTunnels(): number {
    const cursor = this.#cursor
    let outer = this.#outermost
    let count = 1
    while (outer.status === Ok) {
      const kind = this.#encapsulation.find(cursor, outer)
      const inner = this.views[count]
      if (kind === Encapsulation.None || inner === undefined) return count
      beginInner(inner, this.#outermost, count)
      if (count > MAX_DEPTH) {
        inner.status = stop(inner, TooDeep, 'tunnel', 'too-deep')
        return count + 1
      }
      inner.status = enterTunnel(kind, cursor, outer, inner)
      if (inner.status === Ok) {
        // Keep-alives of tunnels are headers around nothing.
        if (cursor.at === cursor.wireEnd) return count
        inner.status = this.#decodePacket(inner)
      }
      count++
      outer = inner
    }
    return count
  }
}

function beginFrame(packet: PacketView, record: CaptureRecord): void {
  packet.recordNumber = record.number
  packet.timeSec = record.timeSec
  packet.timeNsec = record.timeNsec
  packet.interfaceIndex = record.interfaceIndex
  packet.direction = record.direction
  packet.ifindex = 0
  packet.sllPacketType = -1
  packet.vlan = -1
}

function beginInner(inner: PacketView, outermost: PacketView, depth: number): void {
  inner.recordNumber = outermost.recordNumber
  inner.timeSec = outermost.timeSec
  inner.timeNsec = outermost.timeNsec
  inner.interfaceIndex = outermost.interfaceIndex
  inner.tunnel = Tunnel.None
  enterInner(inner, outermost, depth)
}
