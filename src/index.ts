// core: the vocabulary

// audit: flows and decisions → verdicts
export type { AnalysedCapture, Analysis, AnalysisSummary, WhatIf } from './audit/analysis.ts'
export { type AnalyzeOptions, analyze } from './audit/analyze.ts'
export { type AssessOptions, assess } from './audit/assess.ts'
export { type Expectation, parseExpectations } from './audit/expectations.ts'
export { LINT_CHECKS, lint } from './audit/lint/lint.ts'
export type {
  CapturePoint,
  Confidence,
  ContradictionCode,
  Evidence,
  EvidenceKind,
  ExpectationResult,
  Finding,
  Observation,
  ObservedAction,
  TalliedExpectation,
  Verdict,
  VerdictName,
} from './audit/verdict.ts'
// capture: files and streams → records
export { type CaptureSet, type InputOptions, resolveInputs } from './capture/inputs.ts'
export { type PointSpec, parsePointSpec } from './capture/point.ts'
export {
  type CaptureVisitor,
  type FileSummary,
  type ReadableSet,
  type ReadOptions,
  type ReadProgress,
  readCaptureSet,
  type SetSummary,
} from './capture/read.ts'
export type { CaptureFormat, CaptureInterface, CaptureMeta, CaptureRecord } from './capture/record.ts'
export type { RecordStretch } from './capture/record-stretch.ts'
// cluster: metadata → snapshot
export type { AddressBook, Identity, IdentityKind } from './cluster/address-book.ts'
export { buildCluster } from './cluster/build-cluster.ts'
export type { BuildOptions } from './cluster/finish-cluster.ts'
export type { GivenFacts } from './cluster/given-facts.ts'
export { type LoadOptions, loadCluster } from './cluster/load.ts'
export type { Piece } from './cluster/read-piece.ts'
export type { Setting, SettingOrigin, Settings } from './cluster/settings.ts'
export type {
  ClusterInput,
  ClusterNode,
  ClusterSnapshot,
  Pod,
  RecordedTranslation,
  Service,
} from './cluster/snapshot.ts'
export { type Cidr, cidrContains, parseCidr } from './core/cidr.ts'
export { CaptureError, ClusterMetadataError, type ErrorCode, MasqcheckError, UsageError } from './core/errors.ts'
export { compareIp, type IpFamily, type IpText, ipFamily, parseIp } from './core/ip.ts'
export { type ProtocolName, protocolName } from './core/protocol.ts'
export { formatSourceRef, type SourceRef } from './core/source-ref.ts'
export type { TimeKind } from './core/time.ts'
export type { Warning } from './core/warning.ts'
// flow: packets → flows
export type { Flow, FlowDirection, FlowEndpoint, IcmpError, PacketSample, Vantage } from './flow/flow.ts'
export type { CaptureSummary, CrossCheckSummary } from './flow/flow-run.ts'
export { FlowTable, type FlowTableOptions } from './flow/flow-table.ts'
export { type FlowOptions, type FlowSource, readFlows } from './flow/read-flows.ts'
// masquerade: a packet and a snapshot → decision
export { bpfRules } from './masquerade/bpf/rules.ts'
export { type CiliumVersion, parseCiliumVersion } from './masquerade/cilium-version.ts'
export { decide } from './masquerade/decide.ts'
export type {
  Alternative,
  Decision,
  DecisionAction,
  Defeat,
  Engine,
  PacketQuery,
  RuleId,
  TraceStep,
} from './masquerade/decision.ts'
export { decideInstalled } from './masquerade/installed/decide-installed.ts'
export { iptablesRules } from './masquerade/iptables/rules.ts'
export type { MasqueradeRule, RuleList } from './masquerade/rule.ts'
// packet: a record → packets
export { FrameDecoder, type FrameDecoderOptions } from './packet/decode.ts'
export { TcpdumpTextDecoder } from './packet/from-tcpdump-text.ts'
export type { PacketDecoder, PacketView } from './packet/packet-view.ts'

// report: verdicts → something to read
export { FORMATS, type FormatName, isFormatName } from './report/index.ts'
export { toFlowRecord } from './report/records/flow-record.ts'
export {
  toCaptureRecord,
  toDecisionRecord,
  toExpectationRecord,
  toFindingRecord,
  toSummaryRecord,
} from './report/records/run-records.ts'
export type {
  CaptureInfoRecord,
  DecisionRecord,
  DocumentRecord,
  ExpectationRecord,
  FindingRecord,
  FlowRecord,
  NatRecord,
  SummaryRecord,
  ToolRecord,
} from './report/records/types.ts'
export { SCHEMA_VERSION } from './report/records/types.ts'
export { analysisReport, type FailOn, type Format, type RenderOptions, type Report } from './report/report.ts'
export { selectFlows } from './report/select.ts'
export { sortReport } from './report/sort.ts'
export { compileWhere } from './report/where/where.ts'
