import type { AuditContext } from '../context.ts'
import { mayBeUnnamedNode } from '../judgement/nodes-by-hand.ts'
import type { Finding, Verdict } from '../verdict.ts'
import { causeOf } from './cause.ts'
import { facetText } from './facets.ts'
import { type CauseGroup, groupCauses } from './group.ts'

/**
 * One finding for all contradictions that share a cause: what they have in common, how many of the flows it selects
 * contradict and how many of the others, what probably makes it, and how to confirm that. Most contradictions first.
 */
export function findRootCauses(verdicts: readonly Verdict[], context: AuditContext): Finding[] {
  return groupCauses(verdicts, context).map((group) => {
    const cause = causeOf(group, verdicts, context)
    return {
      code: cause.code,
      severity: 'error',
      message: `${countText(group)}: ${condition(group, context)}${cause.explanation}`,
      subject: cause.subject,
      sources: cause.sources,
      flows: group.flows,
      confirm: cause.confirm,
    }
  })
}

/** What the finding hangs on, where nothing told the place of the capture, or which the nodes are. */
function condition({ example, code }: CauseGroup, context: AuditContext): string {
  const { point, destination } = example
  const untold = point.assumed ? 'if the capture was taken past the SNAT point, which nothing tells, ' : ''
  if (code !== 'MASQUERADE_MISSING' || !mayBeUnnamedNode(destination, context)) return untold
  return `${untold}unless ${destination.ip} is a node that was not named (--node), `
}

const DEED: Readonly<Record<CauseGroup['code'], string>> = {
  MASQUERADE_MISSING: 'kept their pod address',
  MASQUERADE_UNEXPECTED: 'lost their pod address',
  MASQUERADE_WRONG_ADDRESS: 'got a wrong address',
  CILIUM_HOST_LEAKED: 'left with a cilium_host address',
  REVERSE_NAT_MISSING: 'got no answer back',
  NODE_SNAT_UNEXPECTED: "lost their client's address",
}

function countText({ code, facet, value, bad, total, badElsewhere, totalElsewhere, rule }: CauseGroup): string {
  const here = `${bad} of ${total} connections ${facetText(facet, value)} ${DEED[code]}`
  const elsewhere = totalElsewhere === 0 ? '' : `, ${badElsewhere} of ${totalElsewhere} others under rule ${rule}`
  return here + elsewhere
}
