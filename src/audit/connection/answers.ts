import { IpProtocol } from '../../core/protocol.ts'
import { TcpFlag } from '../../core/tcp-flags.ts'
import { seqDiff } from '../../core/tcp-seq.ts'
import type { Flow, FlowEndpoint, PacketSample } from '../../flow/flow.ts'
import { openingIsn, sameEndpoint, startSeconds } from './fingerprint.ts'

/** Packets of a connection that left under another address than the one that was called. */
export interface AnswerLink {
  /** Index of the flow that the answers belong to. */
  readonly request: number
  /** Index of the flow they make up by themselves. */
  readonly answer: number
  /** Address the answers came from. */
  readonly from: FlowEndpoint
  readonly proof: string
}

// Seconds an answer may take; the datapath forgets a UDP exchange after 60.
const MAX_ANSWER_SECONDS = 60

/**
 * Finds answers that came from another address than was asked: half flows whose numbers continue a connection with
 * the same client. The client's side is not translated, so its address and port may serve to look them up; the numbers
 * prove it.
 */
export function findAnswers(flows: readonly Flow[]): AnswerLink[] {
  const halves: Half[] = []
  for (const [index, flow] of flows.entries()) {
    const half = halfOf(flow, index)
    if (half !== undefined) halves.push(half)
  }
  if (halves.length === 0) return []
  const clients = new Set(halves.map(({ flow, client, server }) => clientKey(flow, client, server)))
  const requests = new Map<string, number[]>()
  for (const [index, flow] of flows.entries()) {
    const key = clientKey(flow, flow.source, flow.destination)
    if (!clients.has(key) || flow.forward.packets === 0) continue
    requests.set(key, [...(requests.get(key) ?? []), index].slice(-MAX_REQUESTS))
  }
  return halves.flatMap((half) => {
    const candidates = requests.get(clientKey(half.flow, half.client, half.server)) ?? []
    return linkTo(half, candidates, flows) ?? []
  })
}

// One client socket talks to few servers at once; the latest of them are the ones an answer can belong to.
const MAX_REQUESTS = 16

/** A flow of which only one side's packets were captured, read as answers of that side. */
interface Half {
  readonly flow: Flow
  readonly index: number
  readonly client: FlowEndpoint
  readonly server: FlowEndpoint
  readonly samples: readonly PacketSample[]
}

function halfOf(flow: Flow, index: number): Half | undefined {
  if (flow.reverse.packets > 0) {
    const isAnswersOnly = flow.forward.syns === 0 && (flow.forward.packets === 0 || isAbandoned(flow))
    return isAnswersOnly ? makeHalf(flow, index, false) : undefined
  }
  return opens(flow) ? undefined : makeHalf(flow, index, true)
}

/** @param forward - The way its answers went, by the flow's own reckoning. */
function makeHalf(flow: Flow, index: number, forward: boolean): Half {
  const [client, server] = forward ? [flow.destination, flow.source] : [flow.source, flow.destination]
  return { flow, index, client, server, samples: flow.samples.filter((sample) => sample.forward === forward) }
}

// A client that never asked this server answers it with a reset.
function isAbandoned({ forward, protocol }: Flow): boolean {
  return protocol === IpProtocol.Tcp && forward.packets === forward.resets
}

function opens(flow: Flow): boolean {
  if (flow.protocol === IpProtocol.Tcp) return flow.forward.syns > 0
  return flow.icmp === null ? false : flow.icmp.type === 8 || flow.icmp.type === 128
}

function clientKey({ protocol, icmp }: Flow, client: FlowEndpoint, server: FlowEndpoint): string {
  return `${protocol}|${client.ip}|${client.port ?? icmp?.id ?? ''}|${server.port ?? ''}`
}

function linkTo(half: Half, candidates: readonly number[], flows: readonly Flow[]): AnswerLink | undefined {
  const ofSameCapture = (index: number): number => (flows[index]?.capture === half.flow.capture ? 1 : 0)
  for (const request of [...candidates].sort((a, b) => ofSameCapture(b) - ofSameCapture(a) || b - a)) {
    const flow = flows[request]
    if (flow === undefined || request === half.index || flow.destination.ip === half.server.ip) continue
    if (!sameEndpoint(flow.source, half.client) || !follows(flow, half.flow)) continue
    const proof = flow.protocol === IpProtocol.Tcp ? tcpProof(flow, half) : datagramProof(flow, half)
    if (proof !== undefined) return { request, answer: half.index, from: half.server, proof }
  }
  return undefined
}

function follows(request: Flow, answer: Flow): boolean {
  if (request.timeKind !== answer.timeKind) return false
  if (request.capture !== answer.capture && request.timeKind !== 'absolute') return false
  const seconds = startSeconds(answer) - startSeconds(request)
  return request.timeKind === 'none' || (seconds > -1 && seconds < MAX_ANSWER_SECONDS)
}

/** A SYN-ACK to the request's SYN, or segments inside the window of what both sides had sent. */
function tcpProof(request: Flow, half: Half): string | undefined {
  const isn = openingIsn(request)
  if (isn === null) return undefined
  const answerIsn = request.reverse.isn
  if (openingIsn(half.flow) === isn && (answerIsn === null || answerIsn === half.flow.reverse.isn)) {
    return `SYN-ACK that acknowledges SYN seq ${isn}`
  }
  if (answerIsn === null) return undefined
  const sent = (isn + 1 + request.forward.payloadBytes + 2) >>> 0
  const segment = half.samples.find(
    (sample) =>
      sample.isRelative !== true &&
      (sample.flags & (TcpFlag.Ack | TcpFlag.Syn)) === TcpFlag.Ack &&
      seqDiff(sample.ack, isn) > 0 &&
      seqDiff(sent, sample.ack) >= 0 &&
      isNextTo(sample.seq, answerIsn, request.reverse.payloadBytes),
  )
  if (segment === undefined) return undefined
  return `segment seq ${segment.seq}, ack ${segment.ack} continues the answers of ${request.destination.ip}`
}

// What follows a side's last captured octet, or repeats some before it: a FIN and a SYN count one each.
function isNextTo(seq: number, isn: number, payloadBytes: number): boolean {
  const ahead = seqDiff(seq, isn)
  return ahead > 0 && ahead <= payloadBytes + MAX_SEGMENT_AHEAD
}

const MAX_SEGMENT_AHEAD = 65536

function datagramProof(request: Flow, half: Half): string | undefined {
  const asked = request.samples.find((sample) => sample.forward)
  const answered = half.samples[0]
  if (asked === undefined || answered === undefined) return undefined
  const name = request.icmp === null ? 'DNS id' : 'echo sequence'
  if (request.reverse.packets > 0) {
    // Seen twice: as the server sent it, and as it left. Only a number of its own tells the same answer from another.
    const isSame = request.samples.some(
      (sample) => !sample.forward && sample.tag === answered.tag && sample.payloadLength === answered.payloadLength,
    )
    return answered.tag !== null && isSame ? `${name} ${answered.tag}` : undefined
  }
  if (asked.tag !== null || answered.tag !== null)
    return asked.tag === answered.tag ? `${name} ${asked.tag}` : undefined
  return `first answer to ${request.source.ip}:${request.source.port ?? ''} after its unanswered request`
}
