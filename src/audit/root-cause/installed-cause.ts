import { cidrContains } from '../../core/cidr.ts'
import type { SourceRef } from '../../core/source-ref.ts'
import type { AuditContext } from '../context.ts'
import type { Verdict } from '../verdict.ts'
import type { CauseGroup } from './group.ts'
import { exclusionInForce } from './installed-exclusion.ts'
import { type Cause, nodeOf, showRules } from './named-cause.ts'

/**
 * What the dumps prove of a group that was not translated: one installed exclusion, or the installed node set, holds every
 * destination of it. `null` where no dump was given, or it explains only some.
 *
 * @see cilium-masquerade reference §4.2, §4.3
 */
export function installedCause(group: CauseGroup, verdicts: readonly Verdict[], context: AuditContext): Cause | null {
  const towards = onePerDestination(group, verdicts)
  const excluded = shared(towards, (verdict) => exclusionInForce(verdict, context))
  if (excluded !== null) {
    const node = nodeOf(group)
    return {
      code: 'installed-exclusion-wider',
      subject: `${excluded.rule} on ${node}`,
      explanation: `${excluded.rule} as installed on ${node} excludes ${excluded.exclusion}, which holds ${destinationsText(towards)}; the settings do not exclude it`,
      confirm: showRules(group),
      sources: [excluded.source],
    }
  }
  // BPF masquerading asks no set.
  if (group.example.expected?.engine === 'bpf') return null
  const surplus = shared(towards, (verdict) => surplusSet(verdict, context))
  if (surplus === null) return null
  return {
    code: 'node-set-surplus',
    subject: `${surplus.rule} on ${nodeOf(group)}`,
    explanation: `the installed node set ${surplus.rule} on ${nodeOf(group)} holds ${destinationsText(towards)}, which ${towards.length === 1 ? 'is' : 'are'} no node's InternalIP`,
    confirm: `ipset test ${surplus.rule} ${group.example.destination.ip}`,
    sources: [surplus.source],
  }
}

/** The contradictions of a group, one for each destination. */
function onePerDestination({ flows }: CauseGroup, verdicts: readonly Verdict[]): readonly Verdict[] {
  const ids = new Set(flows)
  const byDestination = new Map<string, Verdict>()
  for (const verdict of verdicts) if (ids.has(verdict.flow.id)) byDestination.set(verdict.destination.ip, verdict)
  return [...byDestination.values()]
}

/** What is found for all of them, where it is the same rule or set; `null` otherwise. */
function shared<Found extends { readonly rule: string }>(
  verdicts: readonly Verdict[],
  find: (verdict: Verdict) => Found | null,
): Found | null {
  const [first, ...others] = verdicts.map(find)
  return first != null && others.every((other) => other?.rule === first.rule) ? first : null
}

// Enough to show which network they are of.
const MAX_NAMED = 3

function destinationsText(verdicts: readonly Verdict[]): string {
  const named = verdicts.slice(0, MAX_NAMED).map(({ destination }) => destination.ip)
  const more = verdicts.length - named.length
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ')
}

function surplusSet(
  { expected, source, destination }: Verdict,
  context: AuditContext,
): { readonly rule: string; readonly source: SourceRef } | null {
  const node = context.node(expected?.node ?? source.node)
  for (const [set, dump] of node?.installed.ipsets ?? []) {
    if (set.startsWith('cilium_node_set') && dump.members.some((member) => cidrContains(member, destination.ip)))
      return { rule: set, source: dump.source }
  }
  return null
}
