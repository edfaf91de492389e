import type { SourceRef } from '../../core/source-ref.ts'
import type { CauseGroup } from './group.ts'

/** What probably makes a group of contradictions, and the command that would confirm it. */
export interface Cause {
  /** kebab-case, public. */
  readonly code: string
  readonly subject: string
  readonly explanation: string
  readonly confirm: string
  readonly sources: readonly SourceRef[]
}

export const SHOW_RULES = 'iptables -t nat -S CILIUM_POST_nat'

/** The node a group of contradictions belongs to, in words. */
export function nodeOf({ example }: CauseGroup): string {
  return example.expected?.node ?? example.source.node ?? 'the node'
}
