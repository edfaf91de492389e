import { IpProtocol } from '../../core/protocol.ts'
import { TcpFlag } from '../../core/tcp-flags.ts'
import type { Flow, PacketSample } from '../../flow/flow.ts'
import { isSameTuple, leadSample, openingIsn, sameEndpoint, startSeconds } from './fingerprint.ts'
import { FlowIndex, type Join, mayPair } from './join.ts'

// An initial sequence number repeats by chance once in 2³²; captures of one run lie within hours of each other.
const MAX_APART_SECONDS = 3600

/** Joins TCP flows whose opening was captured: NAT rewrites addresses and ports, never the initial sequence numbers. */
export function* joinByIsn(flows: readonly Flow[]): Generator<Join> {
  const index = new FlowIndex<number>(flows.length)
  for (const [i, flow] of flows.entries()) {
    const isn = openingIsn(flow)
    if (isn === null) continue
    let found: Join | undefined
    index.probe(isn, (j) => {
      const other = flows[j]
      const proof = other && sameOpening(flow, other, isn)
      if (proof) found = { a: j, b: i, ...proof }
      return found !== undefined
    })
    if (found) yield found
    index.add(isn, i)
  }
}

/** Joins TCP flows captured in mid-connection, by sequence, acknowledgment number and length of the same segments. */
export function* joinBySegments(flows: readonly Flow[]): Generator<Join> {
  const midstream = flows.some((flow) => flow.protocol === IpProtocol.Tcp && openingIsn(flow) === null)
  if (!midstream) return
  const seen = new Map<string, number>()
  for (const [i, flow] of flows.entries()) {
    if (flow.protocol !== IpProtocol.Tcp) continue
    for (const sample of segmentsOf(flow)) {
      const key = `${sample.seq}:${sample.ack}:${sample.payloadLength}:${sample.tsVal ?? ''}`
      const j = seen.get(key)
      const other = j === undefined ? undefined : flows[j]
      if (
        j !== undefined &&
        other &&
        mayPair(flow, other) &&
        !sameCaptureTuple(flow, other) &&
        sharesParty(flow, other)
      ) {
        yield {
          a: j,
          b: i,
          proof: `segment seq ${sample.seq}, ack ${sample.ack}, ${sample.payloadLength} octets`,
          confidence: 'high',
        }
        break
      }
      if (j === undefined) seen.set(key, i)
    }
  }
}

function sameOpening(flow: Flow, other: Flow, isn: number): Pick<Join, 'proof' | 'confidence'> | undefined {
  if (!mayPair(flow, other) || sameCaptureTuple(flow, other)) return undefined
  if (tooFarApart(flow, other)) return undefined
  const proof = [`SYN seq ${isn}`]
  const { reverse } = flow
  if (reverse.isn !== null && other.reverse.isn !== null) {
    if (reverse.isn !== other.reverse.isn) return undefined
    proof.push(`SYN-ACK seq ${reverse.isn}`)
  }
  const mine = leadSample(flow)
  const theirs = leadSample(other)
  if (mine && theirs && bothSyn(mine, theirs)) {
    if (mine.tsVal !== null && theirs.tsVal !== null) {
      if (mine.tsVal !== theirs.tsVal && !retransmitted(flow, other)) return undefined
      if (mine.tsVal === theirs.tsVal) proof.push(`TS val ${mine.tsVal}`)
    }
    if (mine.ipId !== null && mine.ipId === theirs.ipId && mine.ipId !== 0) proof.push(`IP id ${mine.ipId}`)
  }
  if (proof.length > 1) return { proof: proof.join(', '), confidence: 'high' }
  return sharesParty(flow, other) ? { proof: proof.join(', '), confidence: 'high' } : undefined
}

function bothSyn(a: PacketSample, b: PacketSample): boolean {
  return (a.flags & b.flags & TcpFlag.Syn) !== 0 && a.forward && b.forward
}

// A repeated SYN carries a later timestamp; one capture may have missed the first.
function retransmitted(a: Flow, b: Flow): boolean {
  return a.forward.syns > 1 || b.forward.syns > 1
}

function sameCaptureTuple(a: Flow, b: Flow): boolean {
  return a.capture === b.capture && isSameTuple(a, b)
}

// SNAT keeps the destination, DNAT the source; a balancer that does both needs a second proof.
function sharesParty(a: Flow, b: Flow): boolean {
  return (
    a.destination.ip === b.destination.ip ||
    a.source.ip === b.source.ip ||
    sameEndpoint(a.source, b.destination) ||
    sameEndpoint(a.destination, b.source)
  )
}

function tooFarApart(a: Flow, b: Flow): boolean {
  if (a.timeKind !== b.timeKind || (a.timeKind !== 'absolute' && a.capture !== b.capture)) return false
  return Math.abs(startSeconds(a) - startSeconds(b)) > MAX_APART_SECONDS
}

// Two data segments of a flow are enough, and keep the index small on captures that are all mid-connection.
function segmentsOf(flow: Flow): PacketSample[] {
  return flow.samples.filter(({ payloadLength }) => payloadLength > 0).slice(0, 2)
}
