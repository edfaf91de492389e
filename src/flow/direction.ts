import { IpProtocol } from '../core/protocol.ts'
import { TcpFlag } from '../core/tcp-flags.ts'
import type { PacketView } from '../packet/packet-view.ts'
import { isIcmp } from './datagram.ts'
import { isIcmpAnswer } from './icmp-exchange.ts'
import type { ServerPortTable } from './server-ports.ts'

const { Syn, Ack } = TcpFlag

/** Lowest port that systems give to clients: Linux `ip_local_port_range` begins here. */
const FIRST_EPHEMERAL_PORT = 32768

/** Who opened a flow, told from the first packet seen of it. */
export interface Opening {
  /** The packet was sent by the side that answers. */
  flipped: boolean
  /** The packet itself shows who opened the flow; ports alone do not. */
  known: boolean
}

/**
 * Tells who opened a flow from its first packet (flow reference, 3.4).
 *
 * @param result - Overwritten.
 * @param isFresh - The capture had been running for longer than the flow could have stayed silent.
 */
export function findOpening(view: PacketView, ports: ServerPortTable, isFresh: boolean, result: Opening): void {
  if (view.protocol === IpProtocol.Tcp) findTcpOpening(view, ports, result)
  else if (isIcmp(view.protocol)) {
    result.flipped = isIcmpAnswer(view.protocol, view.icmpType)
    result.known = true
  } else findDatagramOpening(view, ports, isFresh, result)
}

function findTcpOpening(view: PacketView, ports: ServerPortTable, result: Opening): void {
  const isSyn = (view.flags & Syn) !== 0
  result.known = isSyn
  if (isSyn) {
    result.flipped = (view.flags & Ack) !== 0
    return
  }
  const { srcPort, dstPort } = view
  const fromServer = ports.has(IpProtocol.Tcp, srcPort)
  const both = fromServer && ports.has(IpProtocol.Tcp, dstPort)
  result.flipped = fromServer && (!both || srcPort < dstPort)
}

function findDatagramOpening(view: PacketView, ports: ServerPortTable, isFresh: boolean, result: Opening): void {
  const { protocol, srcPort, dstPort } = view
  const fromServer = ports.has(protocol, srcPort)
  const toServer = ports.has(protocol, dstPort)
  result.flipped = fromServer && !toServer && !isBroadcast(view)
  const looksOpening = toServer || (srcPort >= FIRST_EPHEMERAL_PORT && dstPort < FIRST_EPHEMERAL_PORT)
  result.known = !result.flipped && (isFresh || (looksOpening && !fromServer))
}

function isBroadcast(view: PacketView): boolean {
  return view.ipVersion === 4 && view.dst3 === 0xffffffff
}
