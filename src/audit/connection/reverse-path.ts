import { IpProtocol } from '../../core/protocol.ts'
import { TcpFlag } from '../../core/tcp-flags.ts'
import type { Flow, IcmpError } from '../../flow/flow.ts'
import { hopDistance } from '../hop-distance.ts'
import type { Sighting } from '../sighting.ts'
import type { Evidence } from '../verdict.ts'
import type { Pairing } from './pairing.ts'

/**
 * Looks for answers that reached the node and did not reach the pod behind it.
 *
 * Only positive signs count. That the pod's side of a capture lacks the answers is none: with BPF host routing they pass
 * unseen (masquerade reference §6.2).
 */
export class ReversePath {
  /** How often an opening that was once reset was sent, by capture, tuple and sequence number. */
  readonly #openings = new Map<string, number>()

  constructor(flows: readonly Flow[]) {
    const isOpening = ({ forward }: Flow): boolean => forward.isn !== null && forward.syns > 0
    for (const flow of flows) if (isOpening(flow) && wasReset(flow)) this.#openings.set(openingKey(flow), 0)
    if (this.#openings.size === 0) return
    for (const flow of flows) {
      const count = isOpening(flow) ? this.#openings.get(openingKey(flow)) : undefined
      if (count !== undefined) this.#openings.set(openingKey(flow), count + 1)
    }
  }

  /** Evidence that the answers to a translated flow were not translated back; `null` where there is no sign of it. */
  evidence(sighting: Sighting, pairing: Pairing | null): Evidence | null {
    const { flow } = sighting
    if (flow.reverse.packets === 0) return null
    if (flow.protocol === IpProtocol.Tcp) {
      return (
        resetByStack(flow) ??
        this.#openedAgain(flow) ??
        unheard(flow, pairing) ??
        (isHeard(flow, pairing) ? null : unheardAtNode(sighting)) ??
        pathMtuUnheard(flow, pairing)
      )
    }
    return refusedByNode(flow)
  }

  /** A SYN with the same initial sequence number after a reset: its sender saw neither the answer nor the reset. */
  #openedAgain(flow: Flow): Evidence | null {
    if (flow.forward.isn === null || !wasReset(flow) || (this.#openings.get(openingKey(flow)) ?? 0) < 2) return null
    return {
      kind: 'sibling-flows',
      detail: `after the reset the same SYN (seq ${flow.forward.isn}) was sent again: its sender saw neither the answer nor the reset`,
      confidence: 'high',
    }
  }
}

function openingKey(flow: Flow): string {
  return `${flow.capture}|${flow.forward.isn}|${flow.source.ip}|${flow.source.port}|${flow.destination.ip}`
}

// Opened, answered, and reset by the source's side before it ever acknowledged the answer.
function wasReset(flow: Flow): boolean {
  const history = flow.tcp?.history ?? ''
  return history.includes('h') && history.includes('R') && !history.includes('A') && !history.includes('D')
}

/** The reset has passed fewer routers than the SYN of the same flow: another stack sent it, the node's own. */
function resetByStack(flow: Flow): Evidence | null {
  if (!wasReset(flow)) return null
  const syn = flow.samples.find((sample) => sample.forward && (sample.flags & TcpFlag.Syn) !== 0)
  const reset = flow.samples.find((sample) => sample.forward && (sample.flags & TcpFlag.Rst) !== 0)
  const synHops = hopDistance(syn?.ttl ?? null)
  const resetHops = hopDistance(reset?.ttl ?? null)
  if (synHops === null || resetHops === null || resetHops >= synHops) return null
  return {
    kind: 'ttl',
    detail: `the SYN has TTL ${syn?.ttl}, the reset after the answer TTL ${reset?.ttl}: the node's own stack sent the reset, because nobody translated the answer back`,
    confidence: 'high',
  }
}

/** The pod repeats its SYN although the answer reached the translated side. */
function unheard(flow: Flow, pairing: Pairing | null): Evidence | null {
  const pod = pairing?.original.flow
  if (pod === undefined || pod === flow || flow.reverse.isn === null) return null
  const acknowledged = (pod.tcp?.history ?? '').includes('A') || (flow.tcp?.history ?? '').includes('A')
  if (acknowledged || pod.reverse.packets > 0 || pod.forward.syns < 2) return null
  return {
    kind: 'paired-sighting',
    detail: `the answer (SYN-ACK seq ${flow.reverse.isn}) reached ${flow.source.ip}, and the pod repeated its SYN ${pod.forward.syns - 1} times`,
    confidence: 'high',
  }
}

/** The answers show under the pod's own address too: they were translated back, whatever became of them then. */
function isHeard(flow: Flow, pairing: Pairing | null): boolean {
  const pod = pairing?.original.flow
  return pod !== undefined && pod !== flow && pod.reverse.packets > 0
}

/** On the node's own device: answered, and the SYN repeated all the same. */
function unheardAtNode({ flow, source, point }: Sighting): Evidence | null {
  const history = flow.tcp?.history ?? ''
  const atNode = point.kind === 'node' && point.name !== null && point.name === source.node
  if (!atNode || flow.reverse.isn === null || flow.forward.syns < 2) return null
  if (/[ADF]/.test(history) || !history.includes('h')) return null
  return {
    kind: 'sibling-flows',
    detail: `the answer reached the node's device, and the SYN was repeated ${flow.forward.syns - 1} times`,
    confidence: 'medium',
  }
}

/** The node itself refuses the answer to a datagram: nobody listens where the translated port points. */
function refusedByNode(flow: Flow): Evidence | null {
  const error = flow.icmpErrors.find(
    ({ from, type, code, family, quotesForward }) =>
      !quotesForward && from === flow.source.ip && (family === 4 ? type === 3 && code === 3 : type === 1 && code === 4),
  )
  if (error === undefined) return null
  return {
    kind: 'sibling-flows',
    detail: `${error.from} refused the answer with ICMP port unreachable: it was not translated back`,
    confidence: 'medium',
  }
}

/**
 * "Fragmentation needed" reached the node's address, and inside the pod, which goes on repeating its segments, nothing of
 * it was seen. A capture on the node alone proves nothing here: its lxc device may be passed by.
 *
 * @see RFC 1191 §3, RFC 8201 §4
 */
function pathMtuUnheard(flow: Flow, pairing: Pairing | null): Evidence | null {
  const isTooBig = ({ type, code, family }: IcmpError): boolean =>
    family === 4 ? type === 3 && code === 4 : type === 2
  const error = flow.icmpErrors.find(
    (candidate) => candidate.quotesForward && candidate.to === flow.source.ip && isTooBig(candidate),
  )
  const pod = pairing?.original
  if (error === undefined || pod === undefined || pod.flow === flow || pod.point.kind !== 'pod') return null
  if (pod.flow.icmpErrors.some(isTooBig) || pod.flow.forward.retransmissions === 0) return null
  return {
    kind: 'paired-sighting',
    detail: `${error.from} asked ${error.to} for packets of at most ${error.mtu} octets, and the pod repeats its segments without having heard of it`,
    confidence: 'medium',
  }
}
