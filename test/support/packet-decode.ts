import { formatIp } from '../../src/core/ip.ts'
import { IpProtocol } from '../../src/core/protocol.ts'
import { Cursor } from '../../src/packet/cursor.ts'
import { FrameDecoder } from '../../src/packet/decode.ts'
import type { PacketLayer, PacketView } from '../../src/packet/packet-view.ts'
import { type RecordOptions, recordOf } from './packet-record.ts'

/** Names of `DecodeStatus`, by number. */
export const STATUS_NAMES = ['Ok', 'Truncated', 'Malformed', 'NotIp', 'Opaque', 'Unsupported', 'TooDeep'] as const

/** A cursor at the first of these octets, with another record's octets before and after them. */
export function cursorOver(octets: Uint8Array, options: { captured?: number; wire?: number } = {}): Cursor {
  const cursor = new Cursor()
  const captured = options.captured ?? octets.length
  cursor.enter(recordOf(octets, { captured, before: OTHER_RECORD, after: OTHER_RECORD }))
  cursor.wireEnd = cursor.at + (options.wire ?? octets.length)
  return cursor
}

/** How {@link describeView} shows a view that is not Ok. */
export function stopped(
  status: (typeof STATUS_NAMES)[number],
  layer: PacketLayer,
  reason: string,
  depth = 0,
): { status: string; layer: string; reason: string; depth: number } {
  return { status, layer, reason, depth }
}

/** What stands around a record in a reader's buffer: octets that would decode to something if they were read. */
export const OTHER_RECORD: Uint8Array = new Uint8Array(64).fill(0x45)

/** One decoder for all frames of a test file, so that each is decoded into a view that others have used before. */
const decoder = new FrameDecoder()

/** All views of a frame in words, outermost first; see {@link describeView}. */
export function decodeFrame(frame: Uint8Array, options: RecordOptions = {}, using: FrameDecoder = decoder): object[] {
  const count = using.decode(recordOf(frame, { before: OTHER_RECORD, after: OTHER_RECORD, ...options }))
  return using.views.slice(0, count).map(describeView)
}

/** The innermost view of a frame in words. */
export function decodeInnermost(frame: Uint8Array, options: RecordOptions = {}): object {
  return decodeFrame(frame, options).at(-1) ?? {}
}

/** The fields of a view that may be read, and no others: what is stale is left out. */
export function describeView(view: PacketView): object {
  const link = {
    ...(view.vlan < 0 ? {} : { vlan: view.vlan }),
    ...(view.ifindex === 0 ? {} : { ifindex: view.ifindex }),
    ...(view.sllPacketType < 0 ? {} : { sllPacketType: view.sllPacketType }),
    ...(view.direction === 0 ? {} : { direction: view.direction }),
  }
  if (view.status !== 0) {
    return { status: STATUS_NAMES[view.status], layer: view.layer, reason: view.reason, depth: view.depth, ...link }
  }
  return { ...link, ...describeIp(view), ...describeTransport(view), ...describeTunnel(view) }
}

function describeIp(view: PacketView): object {
  const isFragment = view.fragmentOffset !== 0 || view.moreFragments !== 0
  const isLater = view.fragmentOffset !== 0
  return {
    src: endpoint(view.ipVersion, [view.src0, view.src1, view.src2, view.src3], isLater ? 0 : view.srcPort),
    dst: endpoint(view.ipVersion, [view.dst0, view.dst1, view.dst2, view.dst3], isLater ? 0 : view.dstPort),
    protocol: view.protocol,
    ttl: view.ttl,
    ipId: view.ipId,
    ipLength: view.ipLength,
    ...(isFragment
      ? {
          fragment: {
            id: view.fragmentId,
            offset: view.fragmentOffset,
            length: view.fragmentLength,
            more: view.moreFragments,
          },
        }
      : {}),
    ...(isLater ? {} : { payloadLength: view.payloadLength }),
  }
}

function describeTransport(view: PacketView): object {
  const dns = view.dnsId < 0 ? {} : { dnsId: view.dnsId }
  if (view.fragmentOffset !== 0) return dns
  if (view.protocol === IpProtocol.Tcp) return { tcp: describeTcp(view), ...dns }
  if (view.protocol === IpProtocol.Icmp || view.protocol === IpProtocol.Icmpv6) return { icmp: describeIcmp(view) }
  return dns
}

function describeTcp(view: PacketView): object {
  return {
    flags: view.flags,
    seq: view.seq,
    ack: view.ack,
    window: view.window,
    headerLength: view.tcpHeaderLength,
    ...(view.mss < 0 ? {} : { mss: view.mss }),
    ...(view.windowScale < 0 ? {} : { windowScale: view.windowScale }),
    ...(view.sackPermitted ? { sackPermitted: true } : {}),
    ...(view.hasTimestamps ? { timestamps: [view.tsVal, view.tsEcr] } : {}),
  }
}

function describeIcmp(view: PacketView): object {
  const quoted = {
    protocol: view.quotedProtocol,
    src: endpoint(
      view.ipVersion,
      [view.quotedSrc0, view.quotedSrc1, view.quotedSrc2, view.quotedSrc3],
      view.quotedSrcPort,
    ),
    dst: endpoint(
      view.ipVersion,
      [view.quotedDst0, view.quotedDst1, view.quotedDst2, view.quotedDst3],
      view.quotedDstPort,
    ),
    seq: view.quotedSeq,
  }
  return {
    type: view.icmpType,
    code: view.icmpCode,
    id: view.icmpId,
    seq: view.icmpSeq,
    mtu: view.icmpMtu,
    ...(view.hasQuoted ? { quoted } : {}),
  }
}

const TUNNEL_NAMES = ['none', 'vxlan', 'geneve', 'gre', 'ipip']

function describeTunnel(view: PacketView): object {
  if (view.depth === 0) return {}
  const src = [view.outerSrc0, view.outerSrc1, view.outerSrc2, view.outerSrc3] as const
  const dst = [view.outerDst0, view.outerDst1, view.outerDst2, view.outerDst3] as const
  return {
    depth: view.depth,
    tunnel: TUNNEL_NAMES[view.tunnel],
    ...(view.vni < 0 ? {} : { vni: view.vni }),
    outer: [formatIp(view.outerIpVersion, ...src), formatIp(view.outerIpVersion, ...dst)],
  }
}

function endpoint(family: 4 | 6, words: readonly [number, number, number, number], port: number): string {
  const ip = formatIp(family, ...words)
  if (port === 0) return ip
  return family === 6 ? `[${ip}]:${port}` : `${ip}:${port}`
}
