import type { AnalysedCapture, Analysis } from '../../src/audit/analysis.ts'
import type { CapturePoint, Verdict, VerdictName } from '../../src/audit/verdict.ts'
import type { Identity } from '../../src/cluster/address-book.ts'
import type { ClusterSnapshot } from '../../src/cluster/snapshot.ts'
import type { Flow, FlowDirection } from '../../src/flow/flow.ts'
import type { Decision } from '../../src/masquerade/decision.ts'
import type { RenderOptions, Report } from '../../src/report/report.ts'

/** Literals for the reports: the two captures of the seed, and verdicts of every kind. */

export const OPTIONS: RenderOptions = { width: 100, color: false, all: false, limit: 0, failOn: 'contradiction' }

const DIRECTION: FlowDirection = {
  packets: 0,
  payloadBytes: 0,
  ipBytes: 0,
  retransmissions: 0,
  outOfOrder: 0,
  duplicates: 0,
  missedBytes: 0,
  acknowledgedBytes: 0,
  keepAlives: 0,
  zeroWindows: 0,
  syns: 0,
  resets: 0,
  isn: null,
  minTtl: null,
  maxTtl: null,
  mss: null,
  windowScale: null,
  firstTsVal: null,
  dataRttSeconds: null,
}

export function direction(some: Partial<FlowDirection> = {}): FlowDirection {
  return { ...DIRECTION, ...some }
}

/** The first capture of the seed: 172.17.0.4:53938 to 172.17.0.6:80. */
export function flow(some: Partial<Flow> = {}): Flow {
  return {
    id: 1,
    capture: 0,
    protocol: 6,
    family: 4,
    source: { ip: '172.17.0.4', port: 53938 },
    destination: { ip: '172.17.0.6', port: 80 },
    timeKind: 'time-of-day',
    startSec: 42988,
    startNsec: 960087000,
    endSec: 42988,
    endNsec: 961812000,
    zeekDurationSeconds: 0.001725,
    forward: direction({ packets: 6, payloadBytes: 75, ipBytes: 395, isn: 2618216972, syns: 1 }),
    reverse: direction({ packets: 4, payloadBytes: 238, ipBytes: 454, isn: 1746492749 }),
    tcp: { connState: 'SF', history: 'ShADadFf', handshakeRttSeconds: 0.000231 },
    connState: 'SF',
    history: 'ShADadFf',
    originKnown: true,
    icmp: null,
    vantages: [],
    tunnel: null,
    samples: [],
    icmpErrors: [],
    evicted: false,
    ...some,
  }
}

export const NODE: Identity = {
  ip: '172.17.0.4',
  kind: 'node',
  name: 'kind-worker',
  node: 'kind-worker',
  basis: 'node InternalIP',
  source: { file: 'nodes.yaml', line: 12 },
}

export const POD: Identity = {
  ip: '10.244.2.53',
  kind: 'pod',
  name: 'default/curl',
  node: 'kind-worker',
  basis: 'pod status.podIPs',
  source: { file: 'pods.yaml', line: 40 },
}

export const OUTSIDE: Identity = {
  ip: '172.17.0.6',
  kind: 'external',
  name: null,
  node: null,
  basis: 'no match',
  source: null,
}

export const POINT: CapturePoint = {
  kind: 'external',
  name: '49b71dac045f',
  interface: 'eth0',
  side: 'after',
  basis: 'prompt',
  assumed: false,
}

export function decision(some: Partial<Decision> = {}): Decision {
  return {
    engine: 'bpf',
    action: 'masquerade',
    address: '172.17.0.4',
    addresses: ['172.17.0.4'],
    rule: 'local-endpoint',
    node: 'kind-worker',
    trace: [
      {
        rule: 'exclusion-cidr',
        matched: false,
        detail: '172.17.0.6 is outside ipv4-native-routing-cidr 10.244.0.0/16',
        source: { file: 'cilium-config.yaml', line: 12 },
      },
      { rule: 'local-endpoint', matched: true, detail: 'the source is a pod of this node', source: null },
    ],
    assumptions: [],
    alternatives: [],
    continuesAt: null,
    defeat: null,
    ...some,
  }
}

/** `consistent` unless told otherwise. */
export function verdict(some: Partial<Verdict> = {}): Verdict {
  return {
    flow: flow(),
    source: NODE,
    destination: OUTSIDE,
    point: POINT,
    verdict: 'consistent',
    code: null,
    expected: decision(),
    installed: null,
    observed: {
      action: 'masquerade',
      address: '172.17.0.4',
      originalSource: null,
      basis: 'the source is the node address the settings give',
      confidence: 'medium',
    },
    because: ['172.17.0.6 is outside 10.244.0.0/16, the native-routing CIDR'],
    evidence: [{ kind: 'capture-point', detail: 'taken past the SNAT point', confidence: 'medium' }],
    connection: null,
    impact: null,
    ...some,
  }
}

/** A pod address past the SNAT point. */
export function leak(id: number, some: Partial<Verdict> = {}): Verdict {
  return verdict({
    flow: flow({ id, source: { ip: '10.244.2.53', port: 40000 + id } }),
    source: POD,
    verdict: 'contradiction',
    code: 'MASQUERADE_MISSING',
    observed: {
      action: 'preserve',
      address: '10.244.2.53',
      originalSource: null,
      basis: 'seen past SNAT',
      confidence: 'high',
    },
    because: ['the settings masquerade traffic to 172.17.0.6; the pod address was seen past the SNAT point'],
    impact: '4 SYN unanswered',
    ...some,
  })
}

export function capture(some: Partial<AnalysedCapture> = {}): AnalysedCapture {
  return {
    index: 0,
    name: 'nginx-eth0.txt',
    files: ['nginx-eth0.txt'],
    format: 'text',
    compression: [],
    interfaces: [
      {
        name: 'eth0',
        description: null,
        linkType: 1,
        snapLength: 262144,
        timeKind: 'time-of-day',
        section: 0,
        host: '49b71dac045f',
        command: 'tcpdump -i eth0 -n port 80',
        filter: 'port 80',
      },
    ],
    timeKind: 'time-of-day',
    packets: 10,
    bytes: 1700,
    startSec: 42988,
    startNsec: 960087000,
    endSec: 42988,
    endNsec: 961812000,
    warnings: [],
    skipped: {},
    declaredPoint: null,
    points: [POINT],
    ...some,
  }
}

export function analysis(verdicts: readonly Verdict[], some: Partial<Analysis> = {}): Analysis {
  const counts: Record<VerdictName, number> = { consistent: 0, contradiction: 0, inconclusive: 0, not_applicable: 0 }
  const codes: Record<string, number> = {}
  for (const each of verdicts) {
    counts[each.verdict]++
    if (each.code !== null) codes[each.code] = (codes[each.code] ?? 0) + 1
  }
  const captures = [capture()]
  return {
    captures,
    verdicts,
    findings: [],
    expectations: [],
    // No format looks into the cluster; the drill-down does, with a real one.
    cluster: {} as ClusterSnapshot,
    summary: {
      captures: captures.length,
      packets: 10,
      bytes: 1700,
      flows: verdicts.length,
      verdicts: counts,
      codes,
      warnings: [],
      skipped: {},
      interrupted: false,
    },
    ...some,
  }
}

export function report(verdicts: readonly Verdict[], some: Partial<Report> = {}): Report {
  const { captures, findings, expectations, summary } = analysis(verdicts)
  const tool = { name: 'masqcheck', version: '0.0.0' }
  return { tool, command: 'analyze', captures, flows: verdicts, findings, expectations, summary, ...some }
}

export function render(
  format: (report: Report, options: RenderOptions) => Iterable<string>,
  of: Report,
  options = {},
): string {
  return [...format(of, { ...OPTIONS, ...options })].join('')
}
