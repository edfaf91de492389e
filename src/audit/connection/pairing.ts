import type { Sighting } from '../sighting.ts'
import type { Confidence } from '../verdict.ts'
import type { FlowGroup } from './connections.ts'
import { sameEndpoint } from './fingerprint.ts'

/** What the other sightings of a connection say of one of them. */
export interface Pairing {
  readonly connection: string
  /** Sighting with the address the opener really has; the one judged itself, where it is that. */
  readonly original: Sighting
  /** Sightings whose source is another than the original's: what the connection looks like after translation. */
  readonly translated: readonly Sighting[]
  /** Other sightings with the original source. */
  readonly unchanged: readonly Sighting[]
  readonly confidence: Confidence
}

/** Tells the original of a group from its translations. @param members - In order of flow ids. */
export function pairSightings({ id, confidence }: FlowGroup, members: readonly Sighting[]): Pairing | null {
  const original = originalOf(members)
  if (original === undefined) return null
  let translated = NONE
  let unchanged = NONE
  for (const member of members) {
    if (member === original) continue
    if (member.source.ip === original.source.ip) unchanged = unchanged.concat(member)
    else translated = translated.concat(member)
  }
  return { connection: id, original, confidence, translated, unchanged }
}

// Most lists have one member or none; a pushed array would keep room for seventeen, a million times.
const NONE: readonly Sighting[] = []

// Translations replace a pod's or a client's address by one of a node, never the other way round; among equals the one
// seen nearest to its origin, then the first seen.
function originalOf(members: readonly Sighting[]): Sighting | undefined {
  let best: Sighting | undefined
  for (const member of members) {
    if (best === undefined || compareOrigin(member, best) < 0) best = member
  }
  return best
}

function compareOrigin(a: Sighting, b: Sighting): number {
  const called = a.destination.ip === b.destination.ip ? 0 : calledRank(a) - calledRank(b)
  return called || originRank(a) - originRank(b) || NEARNESS[a.point.side] - NEARNESS[b.point.side]
}

const NEARNESS = { before: 0, both: 1, overlay: 2, after: 3 } as const

// Services are resolved to pods, never the other way round: what a client called tells more than an address in a pod CIDR,
// which may be a cilium_host nobody listed.
function calledRank({ destination }: Sighting): number {
  if (destination.kind === 'service') return 0
  if (destination.kind === 'node') return 1
  return destination.kind === 'pod' ? 3 : 2
}

function originRank({ source }: Sighting): number {
  switch (source.kind) {
    case 'pod':
    case 'health':
    case 'ingress':
      return 0
    case 'external':
    case 'unknown':
      return source.basis.includes('pod CIDR') ? 0 : 1
    default:
      return 2
  }
}

/** Whether the second sighting shows the backend that a service address of the first was resolved to. */
export function isResolvedIn(called: Sighting, other: Sighting): boolean {
  return isDestinationTranslated(called, other) && calledRank(called) < calledRank(other)
}

/** Whether the destination was rewritten between two sightings: a service was resolved on the way. */
export function isDestinationTranslated(a: Sighting, b: Sighting): boolean {
  return !sameEndpoint(a.flow.destination, b.flow.destination)
}
