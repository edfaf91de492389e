import { IpProtocol } from '../../core/protocol.ts'
import { TcpFlag } from '../../core/tcp-flags.ts'
import type { Flow, PacketSample } from '../../flow/flow.ts'

const SYN_ACK = TcpFlag.Syn | TcpFlag.Ack

/**
 * Initial sequence number of the side that opened a TCP flow: of its SYN, else what the SYN-ACK acknowledges, minus one.
 * `null` where neither was captured.
 */
export function openingIsn(flow: Flow): number | null {
  if (flow.protocol !== IpProtocol.Tcp) return null
  if (flow.forward.isn !== null) return flow.forward.isn
  const answer = flow.samples.find(
    (sample) => !sample.forward && (sample.flags & SYN_ACK) === SYN_ACK && sample.isRelative !== true,
  )
  return answer === undefined ? null : (answer.ack - 1) >>> 0
}

/** The packet that stands for the flow in a proof: its SYN, else the first packet kept. */
export function leadSample(flow: Flow): PacketSample | undefined {
  return flow.samples.find((sample) => sample.forward && (sample.flags & TcpFlag.Syn) !== 0) ?? flow.samples[0]
}

/** Whether two flows are the same tuple of the same capture: then they follow one another and are no pair. */
export function isSameTuple(a: Flow, b: Flow): boolean {
  return sameEndpoint(a.source, b.source) && sameEndpoint(a.destination, b.destination)
}

export function sameEndpoint(a: Flow['source'], b: Flow['source']): boolean {
  return a.ip === b.ip && a.port === b.port
}

/** Start of a flow in seconds as a double; good to a quarter of a microsecond for times of this century. */
export function startSeconds(flow: Flow): number {
  return flow.startSec + flow.startNsec / 1e9
}
