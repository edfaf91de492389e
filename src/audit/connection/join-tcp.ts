import { IpProtocol } from '../../core/protocol.ts'
import type { Flow, PacketSample } from '../../flow/flow.ts'
import { hasIpId, synOf } from './agreement.ts'
import { isSameTuple, openingIsn, sameEndpoint, startSeconds } from './fingerprint.ts'
import { FlowIndex, type Join, mayPair } from './join.ts'

// An initial sequence number repeats by chance once in 2³²; captures of one run lie within hours of each other.
const MAX_APART_SECONDS = 3600

/** Joins TCP flows whose opening was captured: NAT rewrites addresses and ports, never the initial sequence numbers. */
export function* joinByIsn(flows: readonly Flow[]): Generator<Join> {
  const index = new FlowIndex<number>(flows.length)
  for (const [i, flow] of flows.entries()) {
    const isn = openingIsn(flow)
    if (isn === null) continue
    let found = -1
    index.probe(isn, (j) => {
      const other = flows[j]
      if (other !== undefined && isSameOpening(flow, other)) found = j
      return found >= 0
    })
    if (found >= 0) yield { a: found, b: i, confidence: 'high' }
    index.add(isn, i)
  }
}

/** Joins TCP flows captured in mid-connection, by sequence, acknowledgment number and length of the same segments. */
export function* joinBySegments(flows: readonly Flow[]): Generator<Join> {
  if (!flows.some((flow) => flow.protocol === IpProtocol.Tcp && openingIsn(flow) === null)) return
  const seen = new Map<string, number>()
  for (const [i, flow] of flows.entries()) {
    if (flow.protocol !== IpProtocol.Tcp) continue
    for (const { seq, ack, payloadLength, tsVal } of segmentsOf(flow)) {
      const key = `${seq}:${ack}:${payloadLength}:${tsVal ?? ''}`
      const j = seen.get(key)
      const other = j === undefined ? undefined : flows[j]
      if (j !== undefined && other !== undefined && isSameSegment(flow, other)) {
        yield { a: j, b: i, confidence: 'high' }
        break
      }
      if (j === undefined) seen.set(key, i)
    }
  }
}

function isSameSegment(flow: Flow, other: Flow): boolean {
  return mayPair(flow, other) && !sameCaptureTuple(flow, other) && sharesParty(flow, other)
}

/** Equal opening numbers, nothing that speaks against it, and a second agreement besides the first number. */
function isSameOpening(flow: Flow, other: Flow): boolean {
  if (!mayPair(flow, other) || sameCaptureTuple(flow, other) || tooFarApart(flow, other)) return false
  const mine = flow.reverse.isn
  const theirs = other.reverse.isn
  if (mine !== null && theirs !== null && mine !== theirs) return false
  const agreement = optionsAgree(flow, other)
  if (agreement === false) return false
  return agreement === true || (mine !== null && mine === theirs) || sharesParty(flow, other)
}

/** Whether the SYNs carry the same timestamp or IP ID; `null` where they do not say. */
function optionsAgree(flow: Flow, other: Flow): boolean | null {
  const mine = synOf(flow)
  const theirs = synOf(other)
  if (mine === undefined || theirs === undefined) return null
  if (mine.tsVal !== null && theirs.tsVal !== null) {
    if (mine.tsVal === theirs.tsVal) return true
    if (!retransmitted(flow, other)) return false
  }
  return hasIpId(mine) && mine.ipId === theirs.ipId ? true : null
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
  return flow.samples.filter(({ payloadLength, isRelative }) => payloadLength > 0 && isRelative !== true).slice(0, 2)
}
