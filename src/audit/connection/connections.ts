import type { Flow } from '../../flow/flow.ts'
import { Groups, type Join } from './join.ts'
import { joinByIsn, joinBySegments } from './join-tcp.ts'

/** Flows that are sightings of one connection, and why. */
export interface FlowGroup {
  /** `c1`, `c2` … in the order of first flows; public as `nat.connection`. */
  readonly id: string
  /** Indices into the flows of the run, ascending; at least two. */
  readonly members: readonly number[]
  readonly joins: readonly Join[]
}

// A connection crosses a handful of devices; a group beyond this is the same packet replayed, and says nothing.
const MAX_MEMBERS = 64

/**
 * Puts the sightings of each connection together, over all captures of the run, by what NAT keeps.
 *
 * Linear in the number of flows. @returns The group of each flow, by flow index; flows seen once have none.
 */
export function groupSightings(flows: readonly Flow[]): Map<number, FlowGroup> {
  const groups = new Groups(flows.length)
  const joins: Join[] = []
  for (const join of allJoins(flows)) if (groups.unite(join.a, join.b)) joins.push(join)
  return collect(groups, joins)
}

function* allJoins(flows: readonly Flow[]): Generator<Join> {
  yield* joinByIsn(flows)
  yield* joinBySegments(flows)
}

function collect(groups: Groups, joins: readonly Join[]): Map<number, FlowGroup> {
  const drafts = new Map<number, { members: Set<number>; joins: Join[] }>()
  for (const join of joins) {
    const root = groups.find(join.a)
    const draft = drafts.get(root) ?? { members: new Set<number>(), joins: [] }
    draft.members.add(join.a).add(join.b)
    draft.joins.push(join)
    drafts.set(root, draft)
  }
  const byFlow = new Map<number, FlowGroup>()
  let number = 0
  for (const [, draft] of [...drafts].sort(([a], [b]) => a - b)) {
    if (draft.members.size > MAX_MEMBERS) continue
    const group: FlowGroup = {
      id: `c${++number}`,
      members: [...draft.members].sort((a, b) => a - b),
      joins: draft.joins,
    }
    for (const member of group.members) byFlow.set(member, group)
  }
  return byFlow
}
