import type { Flow, Vantage } from '../flow/flow.ts'
import type { CaptureSummary } from '../flow/flow-run.ts'
import type { AuditContext } from './context.ts'
import { hopDistance } from './hop-distance.ts'
import { isPodLike } from './identity.ts'
import type { PointClaim } from './point-claim.ts'

/** What the packets of one capture show of the place where they were captured. */
export interface CaptureHints {
  /** The node whose own packets were captured on their way out, or whose pods' were captured unforwarded. */
  readonly node: string | null
  /** The place as addresses alone tell it; `null` where they do not. */
  readonly place: PointClaim | null
  /** Whether packets of pods had been forwarded when captured: `some` past the node's routing, `none` before it. */
  readonly podHops: 'none' | 'some' | 'mixed' | 'unknown'
}

/** Reads the hints of every capture in one pass over the flows. @returns One entry for each capture. */
export function readHints(
  captures: readonly CaptureSummary[],
  flows: readonly Flow[],
  context: AuditContext,
): CaptureHints[] {
  const tallies = captures.map(() => new Tally())
  for (const flow of flows) tallies[flow.capture]?.count(flow, context)
  return tallies.map((tally) => tally.hints(context))
}

class Tally {
  readonly #outgoing = new Map<string, number>()
  readonly #unforwarded = new Map<string, number>()
  /** Addresses present in every flow so far. */
  #common: Set<string> | null = null
  #podFlowsAt0 = 0
  #podFlowsForwarded = 0
  /** Flows that leave the pod's node only after translation or never: to its own node or to a service address. */
  #localOnly = 0

  count(flow: Flow, context: AuditContext): void {
    this.#intersect(flow)
    const source = context.identify(flow.source.ip)
    const destination = context.identify(flow.destination.ip)
    // What one node sends to a pod of another leaves there once more, by the pod's link.
    const mayBeForwarded = isPodLike(destination) && destination.node !== source.node
    const leaves = (vantage: Vantage): boolean =>
      leavesHere(vantage) && (!mayBeForwarded || hopDistance(vantage.minTtlForward) === 0)
    if (source.kind === 'node' && source.node !== null && flow.vantages.some(leaves)) bump(this.#outgoing, source.node)
    if (source.kind !== 'pod' || flow.tunnel !== null) return
    if (destination.kind === 'service' || (destination.kind === 'node' && destination.node === source.node))
      this.#localOnly++
    const hops = hopDistance(flow.forward.maxTtl)
    if (hops === null) return
    if (hops === 0) {
      this.#podFlowsAt0++
      if (source.node !== null) bump(this.#unforwarded, source.node)
    }
    if (hopDistance(flow.forward.minTtl) !== 0) this.#podFlowsForwarded++
  }

  hints(context: AuditContext): CaptureHints {
    const node = most(this.#outgoing) ?? most(this.#unforwarded)
    return { node, podHops: this.#podHops(), place: this.#place(context) }
  }

  #podHops(): CaptureHints['podHops'] {
    if (this.#podFlowsAt0 > 0) return this.#podFlowsForwarded > 0 ? 'mixed' : 'none'
    return this.#podFlowsForwarded > 0 ? 'some' : 'unknown'
  }

  // The machine that sends a node's packets is that node. Or every flow has one pod's address, and some of them show
  // what only the pod's own side of its link can show.
  #place(context: AuditContext): PointClaim | null {
    const node = most(this.#outgoing)
    if (node !== null) return { kind: 'node', name: node, interface: null, basis: 'addresses' }
    const pods = [...(this.#common ?? [])].map((ip) => context.identify(ip)).filter(({ kind }) => kind === 'pod')
    const pod = pods.length === 1 ? pods[0] : undefined
    if (pod === undefined || this.#podFlowsForwarded > 0) return null
    if (this.#podFlowsAt0 === 0 && this.#localOnly === 0) return null
    return { kind: 'pod', name: pod.name, interface: null, basis: 'addresses' }
  }

  #intersect(flow: Flow): void {
    if (this.#common === null) {
      this.#common = new Set([flow.source.ip, flow.destination.ip])
      return
    }
    for (const ip of this.#common) if (ip !== flow.source.ip && ip !== flow.destination.ip) this.#common.delete(ip)
  }
}

// SLL packet type 4 is "sent by us" (packet(7), PACKET_OUTGOING).
function leavesHere(vantage: Vantage): boolean {
  return vantage.forwardPackets > 0 && (vantage.direction === 'out' || vantage.sllPacketType === 4)
}

function bump(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

/** The key counted most often; `null` where none is, or several are alike. */
function most(counts: ReadonlyMap<string, number>): string | null {
  const [first, second] = [...counts].sort(([, a], [, b]) => b - a)
  return first === undefined || first[1] === second?.[1] ? null : first[0]
}
