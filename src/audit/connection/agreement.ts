import { IpProtocol } from '../../core/protocol.ts'
import { TcpFlag } from '../../core/tcp-flags.ts'
import type { Flow, PacketSample } from '../../flow/flow.ts'
import { openingIsn } from './fingerprint.ts'

/** What two sightings of one connection have in common of what NAT keeps, in words with values; most telling first. */
export function agreementText(a: Flow, b: Flow): string {
  return (a.protocol === IpProtocol.Tcp ? tcpAgreement(a, b) : datagramAgreement(a, b)).join(', ')
}

function tcpAgreement(a: Flow, b: Flow): string[] {
  const isn = openingIsn(a)
  if (isn === null || isn !== openingIsn(b)) return segmentAgreement(a, b)
  const parts = [`SYN seq ${isn}`]
  if (a.reverse.isn !== null && a.reverse.isn === b.reverse.isn) parts.push(`SYN-ACK seq ${a.reverse.isn}`)
  const mine = synOf(a)
  const theirs = synOf(b)
  if (mine === undefined || theirs === undefined) return parts
  if (mine.tsVal !== null && mine.tsVal === theirs.tsVal) parts.push(`TS val ${mine.tsVal}`)
  if (mine.ipId !== null && mine.ipId !== 0 && mine.ipId === theirs.ipId) parts.push(`IP id ${mine.ipId}`)
  return parts
}

function segmentAgreement(a: Flow, b: Flow): string[] {
  const shared = a.samples.find(
    ({ seq, ack, payloadLength, isRelative }) =>
      isRelative !== true &&
      b.samples.some((other) => other.seq === seq && other.ack === ack && other.payloadLength === payloadLength),
  )
  return shared === undefined ? [] : [`segment seq ${shared.seq}, ack ${shared.ack}, ${shared.payloadLength} octets`]
}

/** The SYN of a flow among its kept packets. */
export function synOf({ samples }: Flow): PacketSample | undefined {
  return samples.find(({ forward, flags }) => forward && (flags & TcpFlag.Syn) !== 0)
}

function datagramAgreement(a: Flow, b: Flow): string[] {
  const first = firstForward(a)
  if (first === undefined) return []
  const kept = a.destination.ip === b.destination.ip ? `destination ${a.destination.ip}` : `source ${a.source.ip}`
  const parts = [kept, `${first.payloadLength} octets`]
  if (hasIpId(first) && firstForward(b)?.ipId === first.ipId) parts.push(`IP id ${first.ipId}`)
  if (first.tag !== null) parts.push(`${a.icmp === null ? 'DNS id' : 'echo sequence'} ${first.tag}`)
  const alike = matchingSamples(a, b)
  if (alike > 1) parts.push(`${alike} packets alike`)
  return parts
}

/** Packets of the one that the other has too: same way, length and numbers. */
export function matchingSamples(a: Flow, b: Flow): number {
  return a.samples.filter((sample) =>
    b.samples.some(
      (other) =>
        other.forward === sample.forward &&
        other.payloadLength === sample.payloadLength &&
        other.tag === sample.tag &&
        other.ipId === sample.ipId,
    ),
  ).length
}

/** First packet of the opener among the kept ones. */
export function firstForward({ samples }: Flow): PacketSample | undefined {
  return samples.find(({ forward }) => forward)
}

// Linux sends 0 on unfragmentable packets of unconnected sockets: no number of its own.
export function hasIpId({ ipId }: PacketSample): boolean {
  return ipId !== null && ipId !== 0
}
