import { isPodLike } from '../identity.ts'
import type { JudgedFlows } from '../judge-flows.ts'
import { goalOf, isTranslating } from '../judgement/goal.ts'
import type { Finding, Verdict } from '../verdict.ts'

/**
 * Openings that were seen on the pod's side and never past the SNAT point, by a capture that sees both: lost or refused
 * where they are translated (a full table, fragments, a drop).
 */
export function notSeenAfter({ verdicts }: JudgedFlows): Finding[] {
  const captures = new Map<number, { seen: number; lost: Verdict[] }>()
  for (const verdict of verdicts) {
    const { flow, source, point, expected, connection, observed } = verdict
    if (!isPodLike(source) || point.side === 'after' || expected === null || !isTranslating(goalOf(expected).action))
      continue
    const entry = captures.get(flow.capture) ?? { seen: 0, lost: [] }
    if (connection !== null && observed.action !== 'unknown') entry.seen++
    else if (isUnanswered(verdict)) entry.lost.push(verdict)
    captures.set(flow.capture, entry)
  }
  // Only a capture that shows the other side of some connections can miss it of others.
  return [...captures.values()].flatMap(({ seen, lost }): Finding[] => {
    const [first] = lost
    if (seen === 0 || first === undefined) return []
    const node = first.expected?.node ?? first.source.node ?? 'the node'
    return [
      {
        code: 'not-seen-after-translation',
        severity: 'warning',
        message: `${lost.length} of ${lost.length + seen} connections of pods were seen before the SNAT point and not after it, and are unanswered: lost or refused on ${node}, in the translation or on the way to it`,
        subject: node,
        sources: [],
        flows: lost.map(({ flow }) => flow.id),
        confirm: 'cilium-dbg monitor --type drop; cilium-dbg bpf nat list | wc -l; conntrack -S',
      },
    ]
  })
}

function isUnanswered({ flow }: Verdict): boolean {
  return (
    flow.reverse.packets === 0 && flow.reverse.acknowledgedBytes === 0 && !(flow.tcp?.history.includes('A') ?? false)
  )
}
