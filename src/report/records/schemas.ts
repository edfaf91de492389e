import * as z from 'zod'
import { IDENTITY_KINDS } from '../../cluster/address-book.ts'
import type {
  CaptureInfoRecord,
  DecisionRecord,
  DocumentRecord,
  ExpectationRecord,
  FindingRecord,
  FlowRecord,
  SummaryRecord,
  WhatIfRecord,
} from './types.ts'
import { SCHEMA_VERSION } from './types.ts'

/**
 * The records as zod schemas: what the JSON Schema files are generated from and what tests hold the output against.
 * Objects are strict, so that a field that is written without being described is an error.
 */

const count = z.int().min(0)
const ip = z.string().describe('IPv4 in dotted decimal or IPv6 as RFC 5952 text')
const port = z.int().min(0).max(65535).nullable().describe('null where the protocol has no ports')
const time = z
  .string()
  .regex(/^[-+]?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/)
  .nullable()
  .describe('RFC 3339 in UTC with nanoseconds; null where the capture gives no date')
const offset = z
  .number()
  .nullable()
  .describe('Seconds since midnight or since the first packet where the capture gives no date')
const source = z.strictObject({ file: z.string(), line: z.int().min(1).exactOptional() })
const sources = source.nullable()
const tool = z.strictObject({ name: z.string(), version: z.string() })

const warning = z.strictObject({
  code: z.string(),
  file: z.string().nullable(),
  offset: count.exactOptional(),
  line: z.int().min(1).exactOptional(),
  message: z.string(),
})

const endpoint = z.strictObject({
  ip: z.string().describe('Address, or the name where a text capture printed names'),
  port,
  kind: z.enum(IDENTITY_KINDS),
  name: z.string().nullable(),
  node: z.string().nullable(),
  basis: z.string().describe('Which piece of metadata decided the kind'),
})

const point = z.strictObject({
  kind: z.enum(['node', 'pod', 'external', 'unknown']),
  name: z.string().nullable(),
  interface: z.string().nullable(),
  basis: z.string(),
  side: z.enum(['before', 'after', 'both', 'overlay']),
  assumed: z.boolean(),
})

const counts = z.strictObject({ packets: count, payloadBytes: count, ipBytes: count })
const countBothWays = z.strictObject({ forward: count, reverse: count })
const isn = z.int().min(0).max(0xffffffff).nullable()

const tcp = z.strictObject({
  connState: z.enum(['S0', 'S1', 'SF', 'REJ', 'S2', 'S3', 'RSTO', 'RSTR', 'RSTOS0', 'RSTRH', 'SH', 'SHR', 'OTH']),
  history: z.string(),
  originKnown: z.boolean(),
  isn: z.strictObject({ forward: isn, reverse: isn }),
  retransmissions: countBothWays,
  outOfOrder: countBothWays,
  duplicates: countBothWays,
  missedBytes: countBothWays,
  zeroWindows: countBothWays,
  keepAlives: countBothWays,
  resets: countBothWays,
  handshakeRttSeconds: z.number().nullable(),
})

const confidence = z.enum(['high', 'medium', 'low'])
const decisionAction = z.enum(['masquerade', 'preserve', 'snat-to-cilium-host', 'egress-gateway', 'drop', 'unknown'])
const engine = z.enum(['bpf', 'iptables', 'installed', 'off'])

const expected = z.strictObject({
  engine,
  action: decisionAction,
  address: ip.nullable(),
  addresses: z.array(ip),
  rule: z.string(),
  because: z.array(z.string()),
})

const evidence = z.strictObject({
  kind: z.enum([
    'paired-sighting',
    'nat-table',
    'hubble',
    'tcp-timestamp-clock',
    'ttl',
    'mss',
    'source-port',
    'capture-point',
    'sibling-flows',
  ]),
  detail: z.string(),
  confidence,
  packets: z.array(z.strictObject({ file: z.string(), record: count })),
  source: sources,
})

const verdictName = z.enum(['consistent', 'contradiction', 'inconclusive', 'not_applicable'])

const contradictionCode = z
  .enum([
    'MASQUERADE_MISSING',
    'MASQUERADE_UNEXPECTED',
    'MASQUERADE_WRONG_ADDRESS',
    'CILIUM_HOST_LEAKED',
    'REVERSE_NAT_MISSING',
    'NODE_SNAT_UNEXPECTED',
  ])
  .nullable()
  .describe('New codes may be added; a reader treats an unknown one as a contradiction')

const nat = z.strictObject({
  verdict: verdictName,
  code: contradictionCode,
  expected: expected.nullable(),
  installed: expected.nullable(),
  observed: z.strictObject({
    action: z.enum(['masquerade', 'preserve', 'snat-to-cilium-host', 'egress-gateway', 'translated', 'unknown']),
    address: ip.nullable(),
    originalSource: z.strictObject({ ip, port, name: z.string().nullable() }).nullable(),
    basis: z.string(),
    confidence,
  }),
  because: z.array(z.string()).describe('The verdict in words; for inconclusive what would decide it'),
  evidence: z.array(evidence),
  connection: z.string().nullable(),
  impact: z.string().nullable(),
})

const icmpError = z.strictObject({
  type: z.int().min(0).max(255),
  code: z.int().min(0).max(255),
  from: ip,
  to: ip,
  quotes: z.enum(['forward', 'reverse']),
  mtu: count,
})

export const flowSchema: z.ZodType<FlowRecord> = z.strictObject({
  record: z.literal('flow'),
  id: z.string(),
  capture: z.string(),
  point,
  protocol: z.string().describe('tcp, udp, icmp, icmpv6, sctp, or the protocol number in decimal'),
  source: endpoint.describe('The side that opened the flow'),
  destination: endpoint,
  start: time,
  offsetSeconds: offset,
  durationSeconds: z.number(),
  forward: counts,
  reverse: counts,
  tcp: tcp.nullable(),
  icmp: z.strictObject({ type: count, code: count, id: count }).nullable(),
  tunnel: z
    .strictObject({
      kind: z.enum(['vxlan', 'geneve', 'gre', 'ipip']),
      vni: count.nullable(),
      outerSource: ip,
      outerDestination: ip,
    })
    .nullable(),
  icmpErrors: z.array(icmpError),
  evicted: z.boolean().describe('True when --max-flows cut the flow short'),
  nat: nat.nullable().describe('null where nothing was judged (masqcheck flows)'),
})

export const captureSchema: z.ZodType<CaptureInfoRecord> = z.strictObject({
  record: z.literal('capture'),
  name: z.string(),
  files: z.array(z.string()),
  format: z.string(),
  compression: z.array(z.string()),
  packets: count,
  bytes: count,
  start: time,
  end: time,
  offsetSeconds: offset,
  interfaces: z.array(
    z.strictObject({
      name: z.string().nullable(),
      linkType: z.int().describe('LINKTYPE_ value; -1 for tcpdump text'),
      snapLength: count,
      host: z.string().nullable(),
      filter: z.string().nullable(),
      point: point.nullable(),
    }),
  ),
  warnings: z.array(warning),
  skipped: z.record(z.string(), count),
  crossCheck: z
    .strictObject({
      records: count.describe('records that the independent reader reads alike'),
      unchecked: z.array(z.strictObject({ file: z.string(), reason: z.string() })),
    })
    .exactOptional()
    .describe('with --cross-check alone'),
})

export const findingSchema: z.ZodType<FindingRecord> = z.strictObject({
  record: z.literal('finding'),
  code: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  message: z.string(),
  subject: z.string(),
  sources: z.array(source),
  flows: z.array(z.string()),
  confirm: z.string().nullable(),
})

export const expectationSchema: z.ZodType<ExpectationRecord> = z.strictObject({
  record: z.literal('expectation'),
  name: z.string(),
  status: z.enum(['passed', 'failed', 'unmatched']),
  flows: z.array(z.string()),
  message: z.string(),
})

export const summarySchema: z.ZodType<SummaryRecord> = z.strictObject({
  record: z.literal('summary'),
  schemaVersion: z.literal(SCHEMA_VERSION),
  tool,
  captures: count,
  packets: count,
  bytes: count,
  flows: count,
  verdicts: z.strictObject({ consistent: count, contradiction: count, inconclusive: count, not_applicable: count }),
  codes: z.record(z.string(), count),
  warnings: z.array(warning),
  skipped: z.record(z.string(), count),
  interrupted: z.boolean(),
})

export const decisionSchema: z.ZodType<DecisionRecord> = z.strictObject({
  record: z.literal('decision'),
  engine,
  action: decisionAction,
  address: ip.nullable(),
  addresses: z.array(ip),
  rule: z.string(),
  node: z.string().nullable(),
  trace: z.array(z.strictObject({ rule: z.string(), matched: z.boolean(), detail: z.string(), source: sources })),
  assumptions: z.array(z.string()),
  alternatives: z.array(
    z.strictObject({ action: decisionAction, addresses: z.array(ip), rule: z.string(), when: z.string() }),
  ),
  continuesAt: z.string().nullable(),
  settings: z.array(z.string()).exactOptional(),
  get diff() {
    return z.strictObject({ settings: z.array(z.string()), decision: decisionSchema }).exactOptional()
  },
})

const whatIfSide = z.strictObject({ verdict: verdictName, code: contradictionCode, expected: expected.nullable() })

export const whatIfSchema: z.ZodType<WhatIfRecord> = z.strictObject({
  record: z.literal('what-if'),
  flow: z.string(),
  settings: z.array(z.string()),
  before: whatIfSide,
  after: whatIfSide,
})

export const documentSchema: z.ZodType<DocumentRecord> = z.strictObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  tool,
  captures: z.array(captureSchema),
  flows: z.array(flowSchema),
  findings: z.array(findingSchema),
  expectations: z.array(expectationSchema),
  whatIf: z.array(whatIfSchema).exactOptional(),
  summary: summarySchema,
})

/** Schemas by the name their published file has. */
export const RECORD_SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  document: documentSchema,
  flow: flowSchema,
  capture: captureSchema,
  finding: findingSchema,
  expectation: expectationSchema,
  summary: summarySchema,
  decision: decisionSchema,
  'what-if': whatIfSchema,
}
