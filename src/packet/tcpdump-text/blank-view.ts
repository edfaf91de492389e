import type { CaptureRecord } from '../../capture/record.ts'
import { enterInner, type PacketView, Tunnel } from '../packet-view.ts'

/** Sets what a text may leave unsaid to "not there", and takes over the fields of the record. */
export function blankView(view: PacketView, record: CaptureRecord): void {
  view.recordNumber = record.number
  view.timeSec = record.timeSec
  view.timeNsec = record.timeNsec
  view.hasTime = record.hasTime
  view.interfaceIndex = record.interfaceIndex
  view.direction = record.direction
  view.ifindex = 0
  view.sllPacketType = record.sllPacketType
  view.vlan = -1
  view.srcName = -1
  view.dstName = -1
  view.ttl = -1
  view.ipId = -1
  view.fragmentOffset = 0
  view.moreFragments = 0
  view.srcPort = 0
  view.dstPort = 0
  view.payloadLength = 0
  view.flags = 0
  view.seq = 0
  view.ack = 0
  view.window = 0
  view.checksum = 0
  view.urgentPointer = 0
  view.tcpHeaderLength = 20
  view.mss = -1
  view.windowScale = -1
  view.sackPermitted = 0
  view.hasTimestamps = 0
  view.hasSeq = 1
  view.seqIsRelative = 0
  view.ackIsRelative = 0
  view.hasQuoted = 0
  view.dnsId = -1
  view.depth = 0
  view.tunnel = Tunnel.None
  view.vni = -1
}

/** Makes `inner` the packet inside the outermost one, `depth` levels down. */
export function blankInnerView(inner: PacketView, outermost: PacketView, record: CaptureRecord, depth: number): void {
  blankView(inner, record)
  enterInner(inner, outermost, depth)
}
