import type { IpFamily } from '../../core/ip.ts'
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

/** The command that prints the NAT rules of the flows' family: those of a chain, all where it is `null`. */
export function showRules({ example }: CauseGroup, chain: string | null = 'CILIUM_POST_nat'): string {
  return `${example.flow.family === 6 ? 'ip6tables' : 'iptables'} -t nat -S${chain === null ? '' : ` ${chain}`}`
}

/** Cilium's set of node addresses of the family. */
export function nodeSetName(family: IpFamily): string {
  return family === 6 ? 'cilium_node_set_v6' : 'cilium_node_set_v4'
}

/** The node a group of contradictions belongs to, in words. */
export function nodeOf({ example }: CauseGroup): string {
  return example.expected?.node ?? example.source.node ?? 'the node'
}
