import type { ClusterSnapshot } from '../../cluster/snapshot.ts'
import type { SourceRef } from '../../core/source-ref.ts'
import type { Finding } from '../verdict.ts'

/** One thing that can be wrong with the metadata: documented once, found any number of times. */
export interface LintCheck {
  /** kebab-case, stable, public. */
  readonly code: string
  readonly severity: Finding['severity']
  /** What it is, in one clause, for the list of codes. */
  readonly title: string
  /** What Cilium or the network does about it. A sentence. */
  readonly consequence: string
  /** What to do. A sentence in the imperative. */
  readonly remedy: string
  find(cluster: ClusterSnapshot): readonly Hit[]
}

/** One place where a check applies. */
export interface Hit {
  /** What was found, with the values of both sides. A clause without full stop. */
  readonly found: string
  /** Setting, node, device or rule concerned. */
  readonly subject: string
  readonly sources: readonly (SourceRef | null | undefined)[]
  /** Where it is graver or lighter than usual. */
  readonly severity?: Finding['severity']
  /** Where it differs from the check's own. */
  readonly consequence?: string
  readonly remedy?: string
  /** Command that would confirm it. */
  readonly confirm?: string
}

/** A hit as the contract's finding. */
export function toFinding(check: LintCheck, hit: Hit): Finding {
  const seen = new Set<string>()
  const sources = hit.sources.flatMap((source): SourceRef[] => {
    const key = source ? `${source.file}:${source.line}` : ''
    if (!source || seen.has(key)) return []
    seen.add(key)
    return [source]
  })
  return {
    code: check.code,
    severity: hit.severity ?? check.severity,
    message: `${hit.found}. ${hit.consequence ?? check.consequence} ${hit.remedy ?? check.remedy}`,
    subject: hit.subject,
    sources,
    ...(hit.confirm === undefined ? {} : { confirm: hit.confirm }),
  }
}

/** `a, b, c and 7 more`. */
export function listing(items: readonly string[], most = 3): string {
  if (items.length <= most + 1) return items.join(', ')
  return `${items.slice(0, most).join(', ')} and ${items.length - most} more`
}
