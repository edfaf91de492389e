import { DecodeStatus } from '../../core/decode-status.ts'
import { type PacketLayer, type PacketView, stop } from '../packet-view.ts'

/** Why a line is no packet that flows are made of: what goes to a view's status, layer and reason. */
export interface Failure {
  readonly status: DecodeStatus
  readonly layer: PacketLayer
  readonly reason: string
}

type FailureName =
  | 'arp'
  | 'otherLink'
  | 'unreadable'
  | 'ipTruncated'
  | 'ipv6Truncated'
  | 'ipMalformed'
  | 'badLength'
  | 'fragment'
  | 'otherIp'
  | 'transportTruncated'
  | 'tcpTruncated'
  | 'tcpDataOffset'
  | 'tcpHeaderLength'
  | 'portName'
  | 'lineCut'
  | 'icmpUnknown'
  | 'tooManyNames'
  | 'tooDeep'
  | 'esp'
  | 'tunnelPayload'

/** Reasons of the text decoder. Those it shares with frames have the frame decoder's names. */
export const FAILURE: Readonly<Record<FailureName, Failure>> = {
  arp: { status: DecodeStatus.NotIp, layer: 'link', reason: 'arp' },
  otherLink: { status: DecodeStatus.NotIp, layer: 'link', reason: 'other-link' },
  unreadable: { status: DecodeStatus.Unsupported, layer: 'link', reason: 'text-unreadable' },
  ipTruncated: { status: DecodeStatus.Truncated, layer: 'ip', reason: 'ipv4-truncated' },
  ipv6Truncated: { status: DecodeStatus.Truncated, layer: 'ip', reason: 'ipv6-truncated' },
  ipMalformed: { status: DecodeStatus.Malformed, layer: 'ip', reason: 'ip-malformed' },
  /** IP total length 0 (segmentation offload), which tcpdump before 4.99.5 does not print further. */
  badLength: { status: DecodeStatus.Malformed, layer: 'ip', reason: 'text-bad-len-0' },
  /** A later fragment without anything to join it by. */
  fragment: { status: DecodeStatus.Unsupported, layer: 'ip', reason: 'text-fragment' },
  otherIp: { status: DecodeStatus.Opaque, layer: 'ip', reason: 'other-ip' },
  transportTruncated: { status: DecodeStatus.Truncated, layer: 'transport', reason: 'transport-truncated' },
  tcpTruncated: { status: DecodeStatus.Truncated, layer: 'transport', reason: 'tcp-truncated' },
  tcpDataOffset: { status: DecodeStatus.Malformed, layer: 'transport', reason: 'tcp-data-offset' },
  tcpHeaderLength: { status: DecodeStatus.Malformed, layer: 'transport', reason: 'tcp-header-length' },
  /** A port printed as a name that no services table has. */
  portName: { status: DecodeStatus.Unsupported, layer: 'transport', reason: 'text-port-name' },
  /** The line ends before the header does: cut by hand or by a terminal. */
  lineCut: { status: DecodeStatus.Truncated, layer: 'transport', reason: 'text-line-cut' },
  icmpUnknown: { status: DecodeStatus.Unsupported, layer: 'transport', reason: 'text-icmp-type' },
  tooManyNames: { status: DecodeStatus.Unsupported, layer: 'ip', reason: 'text-names-limit' },
  tooDeep: { status: DecodeStatus.TooDeep, layer: 'tunnel', reason: 'too-deep' },
  esp: { status: DecodeStatus.Opaque, layer: 'tunnel', reason: 'esp' },
  tunnelPayload: { status: DecodeStatus.NotIp, layer: 'tunnel', reason: 'tunnel-payload' },
}

/** Notes a failure on a view. */
export function fail(view: PacketView, failure: Failure): void {
  view.status = stop(view, failure.status, failure.layer, failure.reason)
}
