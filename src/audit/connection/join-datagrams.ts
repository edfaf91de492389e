import { IpProtocol } from '../../core/protocol.ts'
import type { Flow } from '../../flow/flow.ts'
import { firstForward, hasIpId, matchingSamples } from './agreement.ts'
import type { ClockSkew } from './clock-skew.ts'
import { isSameTuple, sameEndpoint } from './fingerprint.ts'
import type { Join } from './join.ts'

// A packet crosses a node in microseconds; a capture buffer may reorder it by milliseconds.
const WINDOW_SECONDS = 0.05
// Between machines whose clocks nothing compares, NTP keeps them this close.
const UNCOMPARED_WINDOW_SECONDS = 1
// Flows of one key inside the window that are looked at; beyond it the key says nothing.
const MAX_NEIGHBOURS = 64

/** Class of a flow's source: only between different classes, or under one address, is a translation possible. */
export type RoleOf = (flow: Flow) => string

/**
 * Joins UDP, ICMP and other flows without sequence numbers by what NAT keeps of them: the party that is not translated,
 * IP ID, payload length, DNS or echo number, and time. Weaker than sequence numbers: a join also has to be the only
 * possible one from both ends.
 */
export function* joinDatagrams(flows: readonly Flow[], skew: ClockSkew, roleOf: RoleOf): Generator<Join> {
  for (const kept of ['destination', 'source'] as const) {
    for (const list of candidatesBy(kept, flows)) {
      const ordered = list.map((index) => memberOf(index, flows, skew, roleOf)).sort((a, b) => a.time - b.time)
      for (const [a, b] of mutualPairs(ordered, skew))
        yield { a: a.index, b: b.index, confidence: confidenceOf(a.flow, b.flow) }
    }
  }
}

type Kept = 'destination' | 'source'

interface Member {
  readonly index: number
  readonly flow: Flow
  readonly time: number
  readonly role: string
}

function memberOf(index: number, flows: readonly Flow[], skew: ClockSkew, roleOf: RoleOf): Member {
  const flow = flows[index]
  if (flow === undefined) throw new RangeError(`No flow ${index}`)
  return { index, flow, time: skew.commonTime(flow), role: roleOf(flow) }
}

/** Flows that agree on everything translation keeps; lists of two and more. */
function candidatesBy(kept: Kept, flows: readonly Flow[]): number[][] {
  const lists = new Map<string, number[]>()
  for (const [i, flow] of flows.entries()) {
    if (flow.protocol === IpProtocol.Tcp || flow.timeKind === 'none') continue
    const key = keyOf(flow, kept)
    if (key === null) continue
    const list = lists.get(key)
    if (list === undefined) lists.set(key, [i])
    else list.push(i)
  }
  return [...lists.values()].filter((list) => list.length > 1)
}

function keyOf(flow: Flow, kept: Kept): string | null {
  const sample = firstForward(flow)
  if (sample === undefined) return null
  const { ip, port } = flow[kept]
  return `${flow.protocol}|${ip}|${port ?? ''}|${sample.payloadLength}|${sample.tag ?? ''}`
}

/** Pairs in which each is the other's only candidate at its place. */
function* mutualPairs(ordered: readonly Member[], skew: ClockSkew): Generator<[Member, Member]> {
  const edges: [Member, Member][] = []
  const counts = new Map<string, number>()
  for (const [at, member] of ordered.entries()) {
    for (const other of ordered.slice(at + 1, at + 1 + MAX_NEIGHBOURS)) {
      if (other.time - member.time > UNCOMPARED_WINDOW_SECONDS) break
      if (!mayBeOne(member, other, skew)) continue
      edges.push([member, other])
      for (const key of [placeKey(member, other), placeKey(other, member)]) counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  }
  for (const [a, b] of edges) {
    if (counts.get(placeKey(a, b)) === 1 && counts.get(placeKey(b, a)) === 1) yield [a, b]
  }
}

function placeKey(of: Member, candidate: Member): string {
  return `${of.index}>${candidate.flow.capture}/${candidate.role}`
}

function mayBeOne(a: Member, b: Member, skew: ClockSkew): boolean {
  if (a.flow.capture === b.flow.capture && isSameTuple(a.flow, b.flow)) return false
  if (a.role === b.role && a.flow.source.ip !== b.flow.source.ip) return false
  // One address that opens two flows to one place is two flows, unless a service was resolved in between.
  if (a.flow.source.ip === b.flow.source.ip && !sameEndpoint(a.flow.source, b.flow.source)) return false
  if (idsDiffer(a.flow, b.flow)) return false
  const apart = Math.abs(a.time - b.time)
  if (skew.between(a.flow.capture, b.flow.capture) !== null) return apart <= WINDOW_SECONDS
  return a.flow.timeKind === b.flow.timeKind && areMarked(a.flow, b.flow) && apart <= UNCOMPARED_WINDOW_SECONDS
}

// Text without -v prints no IP ID: only two that are known can differ.
function idsDiffer(a: Flow, b: Flow): boolean {
  const mine = firstForward(a)
  const theirs = firstForward(b)
  return mine !== undefined && theirs !== undefined && hasIpId(mine) && hasIpId(theirs) && mine.ipId !== theirs.ipId
}

/**
 * Whether the first packets share a number of their own, so that equal packets are hardly two. Every ping begins to count
 * at 1: of an echo the identifier has to agree, which NAT keeps where it can.
 */
function areMarked(a: Flow, b: Flow): boolean {
  const sample = firstForward(a)
  if (sample === undefined) return false
  if (hasIpId(sample) && firstForward(b)?.ipId === sample.ipId) return true
  return a.icmp === null ? sample.tag !== null : a.icmp.id === b.icmp?.id
}

/**
 * By signs that hardly agree by chance (IP ID, DNS id, a port or echo identifier that was kept) and signs that often do:
 * every ping counts from 1, and every first flight of a protocol has the same lengths.
 */
function confidenceOf(a: Flow, b: Flow): Join['confidence'] {
  const sample = firstForward(a)
  const isTagged = sample !== undefined && sample.tag !== null
  const strong = [
    sample !== undefined && hasIpId(sample) && firstForward(b)?.ipId === sample.ipId,
    isTagged && a.icmp === null,
    isChosenPort(a.source.port) && a.source.port === b.source.port,
    a.icmp !== null && a.icmp.id === b.icmp?.id,
  ].filter(Boolean).length
  if (strong === 0) return 'low'
  const hasWeak = (isTagged && a.icmp !== null) || matchingSamples(a, b) > 2
  return strong > 1 || hasWeak ? 'high' : 'medium'
}

// Time, name and key exchange services speak from their own low port.
function isChosenPort(port: number | null): boolean {
  return port !== null && port >= 1024
}
