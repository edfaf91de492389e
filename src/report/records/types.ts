import type {
  CapturePoint,
  Confidence,
  ContradictionCode,
  EvidenceKind,
  ObservedAction,
  VerdictName,
} from '../../audit/verdict.ts'
import type { IdentityKind } from '../../cluster/address-book.ts'
import type { IpText } from '../../core/ip.ts'
import type { SourceRef } from '../../core/source-ref.ts'
import type { Warning } from '../../core/warning.ts'
import type { CrossCheckSummary } from '../../flow/flow-run.ts'
import type { DecisionAction, Engine } from '../../masquerade/decision.ts'

/** Raised when a field changes its name or meaning; new fields and new codes do not raise it. */
export const SCHEMA_VERSION = 1

/** RFC 3339 in UTC with nanoseconds; `null` where the capture gives no date. */
export type Timestamp = string | null

/** One side of a flow and whose address it is. */
export interface EndpointRecord {
  /** RFC 5952 text; the name itself where a text capture printed names. */
  readonly ip: IpText
  /** `null` for ICMP. */
  readonly port: number | null
  readonly kind: IdentityKind
  /** `namespace/name` of a pod or service, name of a node; `null` where nothing names it. */
  readonly name: string | null
  readonly node: string | null
  /** The piece of metadata that decided `kind`. */
  readonly basis: string
}

export interface PointRecord {
  readonly kind: CapturePoint['kind']
  readonly name: string | null
  readonly interface: string | null
  /** What told it: `option`, `prompt`, `interface` …; `assumed` when nothing did. */
  readonly basis: string
  /** What a leaving packet looks like here: before or after SNAT, both, or inside an overlay. */
  readonly side: CapturePoint['side']
  readonly assumed: boolean
}

/** Octets and packets of one direction; copies seen more than once are left out. */
export interface CountsRecord {
  readonly packets: number
  readonly payloadBytes: number
  readonly ipBytes: number
}

/** The same counter for both directions. */
export interface BothWays<T> {
  readonly forward: T
  readonly reverse: T
}

export interface TcpRecord {
  /** Zeek's connection state. */
  readonly connState: string
  /** Zeek's history letters. */
  readonly history: string
  readonly originKnown: boolean
  /** Initial sequence numbers; `null` where the SYN was not captured. */
  readonly isn: BothWays<number | null>
  readonly retransmissions: BothWays<number>
  readonly outOfOrder: BothWays<number>
  readonly duplicates: BothWays<number>
  readonly missedBytes: BothWays<number>
  readonly zeroWindows: BothWays<number>
  readonly keepAlives: BothWays<number>
  readonly resets: BothWays<number>
  readonly handshakeRttSeconds: number | null
}

/** What the settings, or the installed rules, do with the flow's first packet. */
export interface ExpectedRecord {
  readonly engine: Engine
  readonly action: DecisionAction
  readonly address: IpText | null
  /** All addresses that would be right where the exact one cannot be told. */
  readonly addresses: readonly IpText[]
  readonly rule: string
  /** Reasons in words, most important first. */
  readonly because: readonly string[]
}

export interface ObservedRecord {
  readonly action: ObservedAction
  readonly address: IpText | null
  readonly originalSource: { readonly ip: IpText; readonly port: number | null; readonly name: string | null } | null
  readonly basis: string
  readonly confidence: Confidence
}

export interface EvidenceRecord {
  readonly kind: EvidenceKind
  readonly detail: string
  readonly confidence: Confidence
  /** Packets that prove it, by file and 1-based number. */
  readonly packets: readonly { readonly file: string; readonly record: number }[]
  readonly source: SourceRef | null
}

export interface NatRecord {
  readonly verdict: VerdictName
  readonly code: ContradictionCode | null
  /** `null` where no settings are known. */
  readonly expected: ExpectedRecord | null
  /** What the rules dumped from the node do; `null` where no dump was given. */
  readonly installed: ExpectedRecord | null
  readonly observed: ObservedRecord
  /** The verdict in words; for `inconclusive` what would decide it. */
  readonly because: readonly string[]
  readonly evidence: readonly EvidenceRecord[]
  /** Shared by the sightings of one connection. */
  readonly connection: string | null
  readonly impact: string | null
}

export interface IcmpErrorRecord {
  readonly type: number
  readonly code: number
  readonly from: IpText
  readonly to: IpText
  /** Which direction's packet it quotes. */
  readonly quotes: 'forward' | 'reverse'
  /** Next-hop MTU, 0 where the message carries none. */
  readonly mtu: number
}

export interface TunnelRecord {
  readonly kind: 'vxlan' | 'geneve' | 'gre' | 'ipip'
  readonly vni: number | null
  readonly outerSource: IpText
  readonly outerDestination: IpText
}

/** One connection or exchange as one capture shows it. */
export interface FlowRecord {
  readonly record: 'flow'
  readonly id: string
  /** Name of the capture, see {@link CaptureInfoRecord}. */
  readonly capture: string
  readonly point: PointRecord
  /** `tcp`, `udp`, `icmp`, `icmpv6`, `sctp`, or the protocol number in decimal. */
  readonly protocol: string
  /** The side that opened the flow. */
  readonly source: EndpointRecord
  readonly destination: EndpointRecord
  readonly start: Timestamp
  /** Seconds since midnight or since the capture's first packet where there is no date; `null` where there is one. */
  readonly offsetSeconds: number | null
  /** First packet to last. */
  readonly durationSeconds: number
  readonly forward: CountsRecord
  readonly reverse: CountsRecord
  /** `null` for other protocols. */
  readonly tcp: TcpRecord | null
  /** ICMP and ICMPv6 only. */
  readonly icmp: { readonly type: number; readonly code: number; readonly id: number } | null
  /** Outer addresses of an encapsulated flow. */
  readonly tunnel: TunnelRecord | null
  readonly icmpErrors: readonly IcmpErrorRecord[]
  /** True when `--max-flows` cut the flow short. */
  readonly evicted: boolean
  /** `null` where nothing was judged (`masqcheck flows`). */
  readonly nat: NatRecord | null
}

export interface InterfaceRecord {
  readonly name: string | null
  readonly linkType: number
  readonly snapLength: number
  readonly host: string | null
  readonly filter: string | null
  readonly point: PointRecord | null
}

/** One capture: a file, a rotated set of files, or one section of pasted text. */
export interface CaptureInfoRecord {
  readonly record: 'capture'
  readonly name: string
  readonly files: readonly string[]
  readonly format: string
  readonly compression: readonly string[]
  readonly packets: number
  readonly bytes: number
  readonly start: Timestamp
  readonly end: Timestamp
  readonly offsetSeconds: number | null
  readonly interfaces: readonly InterfaceRecord[]
  readonly warnings: readonly Warning[]
  readonly skipped: Readonly<Record<string, number>>
  /** With `--cross-check` alone. */
  readonly crossCheck?: CrossCheckSummary
}

/** A contradiction inside the metadata, or the common cause of several contradictory flows. */
export interface FindingRecord {
  readonly record: 'finding'
  readonly code: string
  readonly severity: 'error' | 'warning' | 'info'
  readonly message: string
  readonly subject: string
  readonly sources: readonly SourceRef[]
  /** Ids of the flows it explains. */
  readonly flows: readonly string[]
  /** Command that would confirm it. */
  readonly confirm: string | null
}

export interface ExpectationRecord {
  readonly record: 'expectation'
  readonly name: string
  readonly status: 'passed' | 'failed' | 'unmatched'
  readonly flows: readonly string[]
  readonly message: string
}

/** The last record of a run. */
export interface SummaryRecord {
  readonly record: 'summary'
  readonly schemaVersion: number
  readonly tool: ToolRecord
  readonly captures: number
  readonly packets: number
  readonly bytes: number
  readonly flows: number
  readonly verdicts: Readonly<Record<VerdictName, number>>
  readonly codes: Readonly<Record<string, number>>
  readonly warnings: readonly Warning[]
  readonly skipped: Readonly<Record<string, number>>
  readonly interrupted: boolean
}

export interface ToolRecord {
  readonly name: string
  readonly version: string
}

/** `explain --format json`. */
export interface DecisionRecord {
  readonly record: 'decision'
  readonly engine: Engine
  readonly action: DecisionAction
  readonly address: IpText | null
  readonly addresses: readonly IpText[]
  readonly rule: string
  readonly node: string | null
  readonly trace: readonly {
    readonly rule: string
    readonly matched: boolean
    readonly detail: string
    readonly source: SourceRef | null
  }[]
  /** What the decision rests on and nothing stated. */
  readonly assumptions: readonly string[]
  /** What would hold instead if an assumption is wrong. */
  readonly alternatives: readonly {
    readonly action: DecisionAction
    readonly addresses: readonly IpText[]
    readonly rule: string
    readonly when: string
  }[]
  /** Node whose decision comes next, where the packet is steered there untranslated (egress gateway). */
  readonly continuesAt: string | null
  /** Settings laid over the cluster's, in the second record of `--diff`. */
  readonly settings?: readonly string[]
  /** `--diff`: what other settings would do with the packet. */
  readonly diff?: { readonly settings: readonly string[]; readonly decision: DecisionRecord }
}

/** What other settings would make of one flow (`analyze --what-if`). */
export interface WhatIfRecord {
  readonly record: 'what-if'
  readonly flow: string
  /** Settings laid over the cluster's. */
  readonly settings: readonly string[]
  readonly before: WhatIfSide
  readonly after: WhatIfSide
}

export interface WhatIfSide {
  readonly verdict: VerdictName
  readonly code: ContradictionCode | null
  readonly expected: ExpectedRecord | null
}

/** The whole of `--format json`. */
export interface DocumentRecord {
  readonly schemaVersion: number
  readonly tool: ToolRecord
  readonly captures: readonly CaptureInfoRecord[]
  readonly flows: readonly FlowRecord[]
  readonly findings: readonly FindingRecord[]
  readonly expectations: readonly ExpectationRecord[]
  /** Present with `--what-if`: the flows that would change. */
  readonly whatIf?: readonly WhatIfRecord[]
  readonly summary: SummaryRecord
}
