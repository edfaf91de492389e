import type { VerdictName } from '../../audit/verdict.ts'

/**
 * What the page holds, small enough for a hundred thousand flows: everything that repeats stands once in a list and is named by
 * its index. Shared by the writer (`encode.ts`) and the page itself (`app/`).
 */
export interface PageData {
  readonly tool: string
  readonly captures: readonly PageCapture[]
  readonly totals: { readonly packets: number; readonly bytes: number }
  readonly verdicts: Readonly<Record<VerdictName, number>>
  readonly causes: readonly PageCause[]
  readonly findings: readonly PageFinding[]
  readonly expectations: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly flows: readonly number[]
  }[]
  /** What other settings would change; `null` where none were asked about. */
  readonly whatIf: PageWhatIf | null
  /** True where no metadata was given and nothing could be judged. */
  readonly unjudged: boolean
  readonly warnings: readonly string[]
  readonly interrupted: boolean
  /** Clock of the captures that the timeline shows. */
  readonly clock: 'utc' | 'seconds' | 'none'
  /** Seconds since 1970 that row times count from; 0 where there is no date. */
  readonly epoch: number
  readonly ends: readonly PageEnd[]
  readonly points: readonly string[]
  readonly decisions: readonly PageDecision[]
  /** Every other text that repeats: protocols, states, codes, reasons, addresses. */
  readonly texts: readonly string[]
  readonly rows: readonly PageRow[]
  readonly details: readonly PageDetail[]
  /** True where packets and evidence of some flows were left out to keep the page small. */
  readonly detailsCut: boolean
}

export interface PageCapture {
  readonly name: string
  /** What its rows' times are: seconds from `epoch`, seconds since midnight or the first packet, or nothing. */
  readonly clock: 'utc' | 'seconds' | 'none'
  readonly text: string
}

export interface PageFinding {
  readonly code: string
  readonly severity: 'error' | 'warning' | 'info'
  readonly subject: string
  readonly message: string
  readonly places: readonly string[]
  readonly confirm: string | null
}

/** Contradictions with one cause; `rows` are indices into {@link PageData.rows}. */
export interface PageCause {
  readonly title: string
  readonly finding: PageFinding | null
  readonly rows: readonly number[]
}

export interface PageWhatIf {
  readonly title: string
  readonly changes: readonly {
    readonly id: number
    readonly flow: string
    readonly before: string
    readonly after: string
  }[]
}

/** An address and whose it is. */
export interface PageEnd {
  readonly ip: string
  /** `pod default/curl`. */
  readonly who: string
  readonly kind: string
  readonly basis: string
}

export interface PageDecision {
  readonly text: string
  readonly rule: string
  readonly engine: string
  readonly node: string
  readonly caveats: readonly string[]
  readonly trace: readonly {
    readonly rule: string
    readonly matched: boolean
    readonly detail: string
    readonly place: string
  }[]
}

export interface PageDetail {
  readonly evidence: readonly {
    readonly kind: string
    readonly confidence: string
    readonly detail: string
    readonly proof: string
  }[]
  /** Columns of the ladder: one for each sighting of the connection. */
  readonly sightings: readonly { readonly title: string; readonly text: string }[]
  readonly rungs: readonly {
    readonly time: string
    readonly forward: boolean
    readonly text: string
    readonly records: readonly (number | null)[]
  }[]
}

/** Verdicts in the order a row counts them in. */
export const VERDICTS: readonly VerdictName[] = ['contradiction', 'inconclusive', 'consistent', 'not_applicable']

/**
 * One flow: id, capture, point, protocol (text), source (end), source port, destination (end), destination port, start (seconds from
 * `epoch`), duration (seconds), packets and payload octets forward and reverse, state (text), history (text), verdict, code (text),
 * expected and installed (decision or −1), observed (text), because (text), impact (text), detail (or −1). A port of −1 is none;
 * text 0 is empty.
 */
export type PageRow = readonly [
  id: number,
  capture: number,
  point: number,
  protocol: number,
  source: number,
  sourcePort: number,
  destination: number,
  destinationPort: number,
  start: number,
  duration: number,
  packetsForward: number,
  packetsReverse: number,
  octetsForward: number,
  octetsReverse: number,
  state: number,
  history: number,
  verdict: number,
  code: number,
  expected: number,
  installed: number,
  observed: number,
  because: number,
  impact: number,
  detail: number,
]
