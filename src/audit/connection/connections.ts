import type { Flow } from '../../flow/flow.ts'
import { type AnswerLink, findAnswers } from './answers.ts'
import { ClockSkew } from './clock-skew.ts'
import { Groups, type Join } from './join.ts'
import { joinDatagrams, type RoleOf } from './join-datagrams.ts'
import { joinByIsn, joinBySegments } from './join-tcp.ts'

/** Flows that are sightings of one connection, and why. */
export interface FlowGroup {
  /** `c1`, `c2` … in the order of first flows; public as `nat.connection`. */
  readonly id: string
  /** Indices into the flows of the run, ascending; one alone only where there are `answers`. */
  readonly members: readonly number[]
  readonly joins: readonly Join[]
  /** Answers that left under another address; their flows are no sightings and in no `members`. */
  readonly answers: readonly AnswerLink[]
}

// A connection crosses a handful of devices; a group beyond this is the same packet replayed, and says nothing.
const MAX_MEMBERS = 64

/**
 * Puts the sightings of each connection together, over all captures of the run, by what NAT keeps.
 *
 * Linear in the number of flows. @returns The group of each flow, by flow index; flows seen once have none.
 */
export function groupSightings(flows: readonly Flow[], roleOf: RoleOf): Map<number, FlowGroup> {
  const answers = findAnswers(flows)
  const strangers = new Set(answers.map(({ answer }) => answer))
  const groups = new Groups(flows.length)
  const joins: Join[] = []
  const unite = (join: Join): void => {
    if (strangers.has(join.a) || strangers.has(join.b)) return
    if (groups.unite(join.a, join.b)) joins.push(join)
  }
  for (const join of joinByIsn(flows)) unite(join)
  for (const join of joinBySegments(flows)) unite(join)
  const skew = new ClockSkew(flows, joins)
  for (const join of joinDatagrams(flows, skew, roleOf)) unite(join)
  return collect(groups, joins, answers)
}

interface Draft {
  readonly members: Set<number>
  readonly joins: Join[]
  readonly answers: AnswerLink[]
}

function collect(groups: Groups, joins: readonly Join[], answers: readonly AnswerLink[]): Map<number, FlowGroup> {
  const drafts = new Map<number, Draft>()
  const draftOf = (flow: number): Draft => {
    const root = groups.find(flow)
    let draft = drafts.get(root)
    if (draft === undefined) {
      draft = { members: new Set([flow]), joins: [], answers: [] }
      drafts.set(root, draft)
    }
    return draft
  }
  for (const join of joins) {
    const draft = draftOf(join.a)
    draft.members.add(join.a).add(join.b)
    draft.joins.push(join)
  }
  for (const link of answers) draftOf(link.request).answers.push(link)
  const byFlow = new Map<number, FlowGroup>()
  let number = 0
  for (const [, draft] of [...drafts].sort(([a], [b]) => a - b)) {
    if (draft.members.size > MAX_MEMBERS) continue
    const members = [...draft.members].sort((a, b) => a - b)
    const group: FlowGroup = { id: `c${++number}`, members, joins: draft.joins, answers: draft.answers }
    for (const member of group.members) byFlow.set(member, group)
    for (const { answer } of group.answers) byFlow.set(answer, group)
  }
  return byFlow
}
