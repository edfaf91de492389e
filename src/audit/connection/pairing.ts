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
  /** What agreed; empty for a sighting alone. */
  readonly proof: string
  readonly confidence: Confidence
}

const LEAST = { low: 0, medium: 1, high: 2 } as const

/** Tells the original of a group from its translations. @param members - In order of flow ids. */
export function pairSightings(group: FlowGroup, members: readonly Sighting[]): Pairing | null {
  const original = originalOf(members)
  if (original === undefined) return null
  const others = members.filter((member) => member !== original)
  const confidence = group.joins.reduce<Confidence>(
    (least, join) => (LEAST[join.confidence] < LEAST[least] ? join.confidence : least),
    'high',
  )
  return {
    connection: group.id,
    original,
    translated: others.filter((member) => member.source.ip !== original.source.ip),
    unchanged: others.filter((member) => member.source.ip === original.source.ip),
    proof: group.joins[0]?.proof ?? '',
    confidence,
  }
}

// Translations replace a pod's or a client's address by one of a node, never the other way round; among equals the one
// seen nearest to its origin, then the first seen.
function originalOf(members: readonly Sighting[]): Sighting | undefined {
  const ranked = [...members].sort(
    (a, b) => originRank(a) - originRank(b) || NEARNESS[a.point.side] - NEARNESS[b.point.side],
  )
  return ranked[0]
}

const NEARNESS = { before: 0, both: 1, overlay: 2, after: 3 } as const

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

/** Whether the destination was rewritten between two sightings: a service was resolved on the way. */
export function isDestinationTranslated(a: Sighting, b: Sighting): boolean {
  return !sameEndpoint(a.flow.destination, b.flow.destination)
}
