import type { Flow } from '../../flow/flow.ts'
import type { Confidence } from '../verdict.ts'
import { type AnswerLink, findAnswers } from './answers.ts'
import { ClockSkew } from './clock-skew.ts'
import { Groups, type Join } from './join.ts'
import { joinDatagrams, type RoleOf } from './join-datagrams.ts'
import { joinByIsn, joinBySegments } from './join-tcp.ts'

/** Flows that are sightings of one connection. */
export interface FlowGroup {
  /** `c1`, `c2` … in the order of first flows; public as `nat.connection`. */
  readonly id: string
  /** Indices into the flows of the run, ascending; one alone only where there are `answers`. */
  readonly members: number[]
  /** Of the weakest join that the group needs. */
  readonly confidence: Confidence
  /** Answers that left under another address; their flows are no sightings and in no `members`. */
  readonly answers: readonly AnswerLink[]
}

// A connection crosses a handful of devices; a group beyond this is the same packet replayed, and says nothing.
const MAX_MEMBERS = 64

/** What no flow belongs to; every array of groups starts with it. */
type Grouped = (FlowGroup | undefined)[]

/**
 * Puts the sightings of each connection together, over all captures of the run, by what NAT keeps.
 *
 * Linear in the number of flows. @returns The group of each flow, by flow index; flows seen once have none.
 */
export function groupSightings(flows: readonly Flow[], roleOf: RoleOf): readonly (FlowGroup | undefined)[] {
  const answers = findAnswers(flows)
  const strangers = new Set(answers.map(({ answer }) => answer))
  const groups = new Groups(flows.length)
  const skew = new ClockSkew(flows)
  const weakest = new Uint8Array(flows.length).fill(CONFIDENCES.length - 1)
  const unite = (join: Join): void => {
    if (strangers.has(join.a) || strangers.has(join.b)) return
    // A host name stands for an address nobody knows: nothing can be decided for it.
    if (isNamed(flows[join.a]) || isNamed(flows[join.b])) return
    const level = Math.min(
      CONFIDENCES.indexOf(join.confidence),
      weakest[groups.find(join.a)] ?? 0,
      weakest[groups.find(join.b)] ?? 0,
    )
    if (!groups.unite(join.a, join.b)) return
    weakest[groups.find(join.a)] = level
    skew.note(join)
  }
  for (const join of joinByIsn(flows)) unite(join)
  for (const join of joinBySegments(flows)) unite(join)
  for (const join of joinDatagrams(flows, skew, roleOf)) unite(join)
  return collect(flows.length, groups, weakest, answers)
}

function isNamed(flow: Flow | undefined): boolean {
  return flow?.source.isName === true || flow?.destination.isName === true
}

const CONFIDENCES: readonly Confidence[] = ['low', 'medium', 'high']

function collect(size: number, groups: Groups, weakest: Uint8Array, answers: readonly AnswerLink[]): Grouped {
  const sizes = new Int32Array(size)
  for (let i = 0; i < size; i++) {
    const root = groups.find(i)
    sizes[root] = (sizes[root] ?? 0) + 1
  }
  const links = new Map<number, AnswerLink[]>()
  for (const link of answers) {
    const root = groups.find(link.request)
    links.set(root, [...(links.get(root) ?? []), link])
  }
  const byFlow: Grouped = new Array(size).fill(undefined)
  const placed = new Int32Array(size)
  let number = 0
  for (let i = 0; i < size; i++) {
    const root = groups.find(i)
    const members = sizes[root] ?? 0
    const own = links.get(root)
    if ((members < 2 && own === undefined) || members > MAX_MEMBERS) continue
    // The root is the group's first flow: its group is made before any other member is met. Room is made for its members
    // and no more: there may be a million groups.
    const group = byFlow[root] ?? {
      id: `c${++number}`,
      members: new Array<number>(members).fill(root),
      confidence: CONFIDENCES[weakest[root] ?? 0] ?? 'low',
      answers: own ?? NONE,
    }
    const place = placed[root] ?? 0
    group.members[place] = i
    placed[root] = place + 1
    byFlow[i] = group
  }
  for (const { request, answer } of answers) byFlow[answer] = byFlow[request]
  return byFlow
}

const NONE: readonly AnswerLink[] = []
