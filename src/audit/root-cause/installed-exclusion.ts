import type { IptablesDump } from '../../cluster/snapshot.ts'
import { cidrContains, parseCidr } from '../../core/cidr.ts'
import { ipFamily } from '../../core/ip.ts'
import type { SourceRef } from '../../core/source-ref.ts'
import { parseInstalledRule } from '../../masquerade/installed/parse-rule.ts'
import type { AuditContext } from '../context.ts'
import type { Verdict } from '../verdict.ts'

/** An installed masquerade rule that leaves a destination alone only because of what it excludes. */
export interface InstalledExclusion {
  /** Chain and position, `CILIUM_POST_nat:3`. */
  readonly rule: string
  /** What the rule excludes, as written. */
  readonly exclusion: string
  readonly source: SourceRef
}

/**
 * The installed masquerade rule whose exclusion holds the flow's destination, of those that were tried on its packet and
 * did not match; `null` where no dump was given or the rules keep the packet for another reason.
 */
export function exclusionInForce(
  { installed, destination }: Verdict,
  context: AuditContext,
): InstalledExclusion | null {
  if (installed === null || installed.action !== 'preserve') return null
  const node = context.node(installed.node)
  const family = ipFamily(destination.ip)
  const dump = family === 4 ? node?.installed.iptables : node?.installed.ip6tables
  if (dump == null) return null
  for (const { rule, matched, source } of installed.trace) {
    const text = matched || source === null ? undefined : ruleAt(dump, source)
    if (text === undefined || source === null) continue
    const { matches, target } = parseInstalledRule({ chain: '', position: 1, text, source }, family, new Set())
    if (target.kind !== 'masquerade' && target.kind !== 'snat') continue
    const excluded = matches.flatMap((match) => EXCLUDES.exec(match.text)?.[1] ?? [])
    const exclusion = excluded.find((one) => holds(one, destination.ip))
    if (exclusion !== undefined) return { rule, exclusion, source }
  }
  return null
}

const EXCLUDES = /^! (?:-d|--dst|--destination) (\S+)$/

function holds(cidr: string, ip: string): boolean {
  const parsed = parseCidr(cidr)
  return parsed !== undefined && cidrContains(parsed, ip)
}

function ruleAt(dump: IptablesDump, { file, line }: SourceRef): string | undefined {
  for (const { rules } of dump.tables) {
    const found = rules.find(({ source }) => source.file === file && source.line === line)
    if (found !== undefined) return found.text
  }
  return undefined
}
