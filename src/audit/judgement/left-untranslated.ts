import { TcpFlag } from '../../core/tcp-flags.ts'
import type { Flow, PacketSample } from '../../flow/flow.ts'
import type { Sighting } from '../sighting.ts'

// A packet passes a node in microseconds; the earliest repetition of one comes after Linux's least timeout of 200 ms.
const SAME_PACKET_SECONDS = 0.1

/**
 * Whether packets left the node under the pod's address although the connection was translated too: at one and the same
 * device some of its packets are seen translated, and these are not. Where the same packet is seen both ways, a device
 * further on translated it (a VLAN's parent, a bond's slave).
 */
export function leftUntranslated(sighting: Sighting, translated: Sighting): boolean {
  const { flow, point } = sighting
  if (point.side !== 'after' || point.assumed || flow.tunnel !== null) return false
  if (flow.capture !== translated.flow.capture || !sharesDevice(flow, translated.flow)) return false
  const own = flow.samples.filter(({ forward }) => forward)
  return own.length > 0 && !own.some((packet) => hasCounterpart(packet, translated.flow))
}

function sharesDevice(a: Flow, b: Flow): boolean {
  const places = new Set(a.vantages.map(({ interfaceIndex, ifindex }) => `${interfaceIndex}/${ifindex}`))
  return b.vantages.every(({ interfaceIndex, ifindex }) => places.has(`${interfaceIndex}/${ifindex}`))
}

function hasCounterpart(packet: PacketSample, { samples }: Flow): boolean {
  return samples.some(
    (other) =>
      other.forward &&
      other.payloadLength === packet.payloadLength &&
      (other.flags & TcpFlag.Syn) === (packet.flags & TcpFlag.Syn) &&
      Math.abs(secondsApart(packet, other)) < SAME_PACKET_SECONDS,
  )
}

function secondsApart(a: PacketSample, b: PacketSample): number {
  return a.timeSec - b.timeSec + (a.timeNsec - b.timeNsec) / 1e9
}
