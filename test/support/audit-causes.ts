import { type JudgedFlows, judgeFlows } from '../../src/audit/judge-flows.ts'
import { causeOf } from '../../src/audit/root-cause/cause.ts'
import { type CauseGroup, groupCauses } from '../../src/audit/root-cause/group.ts'
import type { Cause } from '../../src/audit/root-cause/named-cause.ts'
import type { ClusterSnapshot } from '../../src/cluster/snapshot.ts'
import { aCapture, aFlow, type FlowFacts } from './audit-flows.ts'
import { NODE_ETH0 } from './audit-incident.ts'

type CaptureFacts = Parameters<typeof aCapture>[0]

/** Flows of one capture judged, in the order of their ids; taken on the native device of n1 unless told otherwise. */
export function judged(
  cluster: ClusterSnapshot,
  flows: readonly FlowFacts[],
  capture: CaptureFacts = NODE_ETH0('n1'),
): JudgedFlows {
  return judgeFlows(
    flows.map((facts, i) => aFlow({ id: i + 1, ...facts })),
    [aCapture(capture)],
    cluster,
  )
}

/** The groups that contradictions fall into, each with the cause it is given. */
export function causes(
  cluster: ClusterSnapshot,
  flows: readonly FlowFacts[],
  capture?: CaptureFacts,
): { readonly group: CauseGroup; readonly cause: Cause }[] {
  const { verdicts, context } = judged(cluster, flows, capture)
  return groupCauses(verdicts, context).map((group) => ({ group, cause: causeOf(group, verdicts, context) }))
}

/** One flow for each tuple, each with sequence numbers of its own, seen past the node's routing. */
export function each(...tuples: readonly string[]): FlowFacts[] {
  return tuples.map((tuple, i) => ({ tuple, isn: 1000 * (i + 1), ttl: 63 }))
}
