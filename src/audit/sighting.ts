import type { Identity } from '../cluster/address-book.ts'
import type { Flow, Vantage } from '../flow/flow.ts'
import type { AnalysedCapture } from './analysis.ts'
import type { AuditContext } from './context.ts'
import { type Side, sideOfDevice } from './device-side.ts'
import { hopDistance } from './hop-distance.ts'
import type { CapturePoint } from './verdict.ts'

/** A flow with the place it was seen at and the parties named: what is judged. */
export interface Sighting {
  readonly flow: Flow
  readonly source: Identity
  readonly destination: Identity
  /**
   * The place that decides, of all where the flow's forward packets were seen: the furthest along their way. `side` is
   * that of *this flow's* source: what arrives in a pod from another machine has passed its sender's SNAT point.
   */
  readonly point: CapturePoint
  /** Side on which the answers were seen leaving, for what the destination sent; `null` where none was captured. */
  readonly replySide: Side | null
}

// The furthest along the way out first. `both` is a packet of an `any` capture that nothing places.
const FURTHEST: readonly Side[] = ['after', 'overlay', 'both', 'before']

/** Places flows at points. Holds the points of all captures and shares the ones it derives between flows. */
export class SightingPlacer {
  readonly #captures: readonly AnalysedCapture[]
  readonly #context: AuditContext
  readonly #derived = new Map<string, CapturePoint>()

  constructor(captures: readonly AnalysedCapture[], context: AuditContext) {
    this.#captures = captures
    this.#context = context
  }

  place(flow: Flow): Sighting {
    const source = this.#context.identify(flow.source.ip)
    const destination = this.#context.identify(flow.destination.ip)
    const sender: Sender = { flow, from: source, to: destination, reply: false }
    const point = this.#furthest(flow.vantages, sender)
    return { flow, source, destination, point, replySide: this.#replySide(flow, source, destination) }
  }

  /** Every place the flow's packets were seen at, for pairing and for the reader. */
  points(sighting: Sighting): CapturePoint[] {
    const { flow, source, destination } = sighting
    const sender: Sender = { flow, from: source, to: destination, reply: false }
    return flow.vantages.map((vantage) => this.#pointOf(vantage, sender))
  }

  #replySide(flow: Flow, source: Identity, destination: Identity): Side | null {
    if (!flow.vantages.some((vantage) => vantage.reversePackets > 0)) return null
    return this.#furthest(flow.vantages, { flow, from: destination, to: source, reply: true }).side
  }

  /** Of the places that show the sender's packets; of all where none does. */
  #furthest(vantages: readonly Vantage[], sender: Sender): CapturePoint {
    let best: CapturePoint | undefined
    let bestShows = false
    for (const vantage of vantages) {
      const shows = showsPacketsOf(sender, vantage)
      if (bestShows && !shows) continue
      const point = this.#pointOf(vantage, sender)
      const isFurther = best === undefined || FURTHEST.indexOf(point.side) < FURTHEST.indexOf(best.side)
      if (isFurther || (shows && !bestShows)) best = point
      bestShows ||= shows
    }
    return best ?? UNPLACED
  }

  #pointOf(vantage: Vantage, sender: Sender): CapturePoint {
    const base = this.#captures[sender.flow.capture]?.points[vantage.interfaceIndex] ?? UNPLACED
    const device = this.#deviceOf(vantage, base)
    const side = sideSeen(vantage, base, device, sender)
    if (side === base.side && device === base.interface) return base
    const key = `${sender.flow.capture}/${vantage.interfaceIndex}/${device}/${side}`
    let point = this.#derived.get(key)
    if (point === undefined) {
      point = { ...base, interface: device, side }
      this.#derived.set(key, point)
    }
    return point
  }

  // SLL2 carries the kernel's interface index; the node's `ip addr` gives it a name.
  #deviceOf(vantage: Vantage, point: CapturePoint): string | null {
    if (vantage.ifindex === 0) return point.interface
    for (const device of this.#context.node(point.name)?.devices?.values() ?? []) {
      if (device.ifindex === vantage.ifindex) return device.name
    }
    return point.interface
  }
}

const UNPLACED: CapturePoint = {
  kind: 'unknown',
  name: null,
  interface: null,
  side: 'after',
  basis: 'assumed',
  assumed: true,
}

interface Sender {
  readonly flow: Flow
  readonly from: Identity
  readonly to: Identity
  /** True for what the flow's destination sent. */
  readonly reply: boolean
}

function sideSeen(vantage: Vantage, point: CapturePoint, device: string | null, sender: Sender): Side {
  if (vantage.depth > 0) return 'overlay'
  const hops = showsPacketsOf(sender, vantage)
    ? hopDistance(sender.reply ? vantage.minTtlReverse : vantage.minTtlForward)
    : null
  const side = point.side === 'both' && device !== null && device !== 'any' ? sideOfDevice(device) : point.side
  if (side === 'both') return sideOnAnyDevice(vantage, point, sender, hops)
  if (side === 'before') return sideAtPodLink(vantage, point, sender, hops)
  return side === 'after' && isWeaklyKnown(point) && sender.from.kind === 'pod' && hops === 0 ? 'before' : side
}

// Where nothing, or only an unknown host's prompt, says that this is past the node, an initial TTL says that it is not.
function isWeaklyKnown({ assumed, kind, basis }: CapturePoint): boolean {
  return assumed || (kind === 'external' && basis === 'prompt')
}

/** On a pod's link: what the pod sends has the SNAT point ahead of it, what comes to it from elsewhere has passed it. */
function sideAtPodLink(vantage: Vantage, point: CapturePoint, sender: Sender, hops: number | null): Side {
  const { from, to } = sender
  if (!isPodLike(from)) return 'after'
  if (sameNode(from, to)) return 'before'
  if (point.kind === 'pod' && point.name !== null && from.name !== null)
    return from.name === point.name ? 'before' : 'after'
  // A pod nobody lists: one end of whatever passes here is the pod, and only a pod can be the other.
  if (point.kind === 'pod') return isPodLike(to) && hops !== null && hops > 0 ? 'after' : 'before'
  if (point.name !== null && from.node !== null) return from.node === point.name ? 'before' : 'after'
  const direction = directionOf(vantage, sender)
  // An lxc device is the host's end of the link: In is what the pod sent.
  if (direction !== null) return direction === 'in' ? 'before' : 'after'
  return hops !== null && hops > 0 ? 'after' : 'before'
}

/** On `-i any` without device names, by direction, TTL and by whose packet it is. */
function sideOnAnyDevice(vantage: Vantage, point: CapturePoint, sender: Sender, hops: number | null): Side {
  const { from, to } = sender
  if (!isPodLike(from)) return 'after'
  if (point.name !== null && from.node !== null && from.node !== point.name) return 'after'
  if (sameNode(from, to)) return 'before'
  const direction = directionOf(vantage, sender)
  if (direction === 'out') return 'after'
  if (hops !== null) return hops === 0 ? 'before' : direction === null ? 'both' : 'after'
  return direction === 'in' ? 'before' : 'both'
}

function isPodLike(identity: Identity): boolean {
  return identity.kind === 'pod' || identity.kind === 'health' || identity.kind === 'ingress'
}

function sameNode(a: Identity, b: Identity): boolean {
  return a.node !== null && a.node === b.node
}

/** Which way the sender's packets go there; where only the other side's were seen, the opposite of theirs. */
function directionOf(vantage: Vantage, sender: Sender): 'in' | 'out' | null {
  const seen = vantage.direction ?? SLL_WAYS[vantage.sllPacketType] ?? null
  if (seen === null || showsPacketsOf(sender, vantage)) return seen
  return seen === 'in' ? 'out' : 'in'
}

// packet(7): PACKET_HOST and PACKET_OUTGOING.
const SLL_WAYS: Readonly<Record<number, 'in' | 'out'>> = { 0: 'in', 4: 'out' }

function showsPacketsOf({ reply }: Sender, { forwardPackets, reversePackets }: Vantage): boolean {
  return (reply ? reversePackets : forwardPackets) > 0
}
