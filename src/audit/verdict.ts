import type { Identity } from '../cluster/address-book.ts'
import type { IpText } from '../core/ip.ts'
import type { SourceRef } from '../core/source-ref.ts'
import type { Flow } from '../flow/flow.ts'
import type { Decision } from '../masquerade/decision.ts'

export type VerdictName = 'consistent' | 'contradiction' | 'inconclusive' | 'not_applicable'

export type ContradictionCode =
  | 'MASQUERADE_MISSING'
  | 'MASQUERADE_UNEXPECTED'
  | 'MASQUERADE_WRONG_ADDRESS'
  | 'CILIUM_HOST_LEAKED'
  | 'REVERSE_NAT_MISSING'
  | 'NODE_SNAT_UNEXPECTED'

export type EvidenceKind =
  | 'paired-sighting'
  | 'nat-table'
  | 'hubble'
  | 'tcp-timestamp-clock'
  | 'ttl'
  | 'mss'
  | 'source-port'
  | 'capture-point'
  | 'sibling-flows'

export type Confidence = 'high' | 'medium' | 'low'

/** Where a capture (or one interface of it) was taken. */
export interface CapturePoint {
  readonly kind: 'node' | 'pod' | 'external' | 'unknown'
  /** Node name, `namespace/name` of the pod, or the outside host's name. */
  readonly name: string | null
  readonly interface: string | null
  /**
   * What a leaving packet looks like here: `before` SNAT (pod eth0, lxc*), `after` (native device, beyond the node),
   * `both` (`-i any` without interface information), `overlay` (cilium_vxlan, inner packets).
   */
  readonly side: 'before' | 'after' | 'both' | 'overlay'
  /** `option`, `captures.yaml`, `interface`, `prompt`, `addresses`, `file-name`, `ttl`, `assumed` … */
  readonly basis: string
  /** True when nothing told it: judged as past the SNAT point, and named once in the summary. */
  readonly assumed: boolean
}

export interface Evidence {
  readonly kind: EvidenceKind
  /** With the values: `SYN seq 2618216972 seen as 10.244.2.53:53938 on lxc12ab 42 µs before`. */
  readonly detail: string
  readonly confidence: Confidence
  /** Who is behind a node's address by this evidence, where it bears on that. */
  readonly says?: 'pod' | 'host'
  /** Packets that prove it. */
  readonly packets?: readonly { readonly file: string; readonly record: number }[]
  readonly source?: SourceRef
}

export type ObservedAction =
  | 'masquerade'
  | 'preserve'
  | 'snat-to-cilium-host'
  | 'egress-gateway'
  | 'translated'
  | 'unknown'

export interface Observation {
  readonly action: ObservedAction
  /** Source address seen past the SNAT point, `null` where none was seen there. */
  readonly address: IpText | null
  /** Address (and port) before translation, where evidence shows it. */
  readonly originalSource: { readonly ip: IpText; readonly port: number | null; readonly name: string | null } | null
  readonly basis: string
  readonly confidence: Confidence
}

/** What masqcheck says of one sighting. */
export interface Verdict {
  readonly flow: Flow
  readonly source: Identity
  readonly destination: Identity
  readonly point: CapturePoint
  readonly verdict: VerdictName
  readonly code: ContradictionCode | null
  /** `null` where the settings say nothing (no metadata). */
  readonly expected: Decision | null
  /** Decision of the rules actually installed, where dumps were given. */
  readonly installed: Decision | null
  readonly observed: Observation
  /** Reasons in words, most important first; for `inconclusive` what would decide. */
  readonly because: readonly string[]
  readonly evidence: readonly Evidence[]
  /** Id shared by the sightings of one connection, `null` for a single sighting. */
  readonly connection: string | null
  readonly impact: string | null
}

/** Contradictory or noteworthy fact about the metadata or about many flows at once. */
export interface Finding {
  readonly code: string
  readonly severity: 'error' | 'warning' | 'info'
  readonly message: string
  /** What it is about: a setting, node, device, rule. */
  readonly subject: string
  readonly sources: readonly SourceRef[]
  /** Flow ids explained by it, for root causes. */
  readonly flows?: readonly number[]
  /** Command that would confirm it. */
  readonly confirm?: string
}

export interface ExpectationResult {
  readonly name: string
  readonly status: 'passed' | 'failed' | 'unmatched'
  readonly flows: readonly number[]
  readonly message: string
}

/** A result with what it was told from, so that those of several clusters can be put together. */
export interface TalliedExpectation extends ExpectationResult {
  readonly tally: {
    /** Matching connections whose outcome was seen. */
    readonly connections: number
    readonly min: number
    readonly nat: string
    /** Some of them had another outcome. */
    readonly isBroken: boolean
  }
}
