import type { PacketView } from './packet-view.ts'

/** TCP option kinds that are read (IANA "TCP Option Kind Numbers"); all others are stepped over. */
const Kind = { End: 0, NoOperation: 1, MaximumSegmentSize: 2, WindowScale: 3, SackPermitted: 4, Timestamps: 8 } as const

/** Shortest option with a value: kind and length. */
const MIN_LENGTH = 2

/** NOP, NOP, timestamps, length 10: all options of nearly every segment after the handshake (RFC 7323 appendix A). */
const ALIGNED_TIMESTAMPS = 0x0101080a
const ALIGNED_TIMESTAMPS_LENGTH = 12

/**
 * Overwrites the option fields of `packet`. A wrong length ends the list, as in the kernel; what came before it counts.
 *
 * @param at - First option octet.
 * @param end - One past the last captured octet of the header; may lie before `at` when options were cut.
 * @see RFC 9293 §3.2, RFC 7323 §2 and §3, RFC 2018 §2
 */
export function decodeTcpOptions(octets: DataView, at: number, end: number, packet: PacketView): void {
  packet.mss = -1
  packet.windowScale = -1
  packet.sackPermitted = 0
  if (end - at === ALIGNED_TIMESTAMPS_LENGTH && octets.getUint32(at) === ALIGNED_TIMESTAMPS) {
    packet.hasTimestamps = 1
    packet.tsVal = octets.getUint32(at + 4)
    packet.tsEcr = octets.getUint32(at + 8)
    return
  }
  packet.hasTimestamps = 0
  decodeOptionList(octets, at, end, packet)
}

function decodeOptionList(octets: DataView, start: number, end: number, packet: PacketView): void {
  let at = start
  while (at < end) {
    const kind = octets.getUint8(at)
    if (kind === Kind.End) return
    if (kind === Kind.NoOperation) {
      at++
      continue
    }
    const length = at + 1 < end ? octets.getUint8(at + 1) : 0
    if (length < MIN_LENGTH || at + length > end) return
    decodeOption(octets, at, kind, length, packet)
    at += length
  }
}

function decodeOption(octets: DataView, at: number, kind: number, length: number, packet: PacketView): void {
  if (kind === Kind.MaximumSegmentSize && length === 4) packet.mss = octets.getUint16(at + 2)
  else if (kind === Kind.WindowScale && length === 3) packet.windowScale = octets.getUint8(at + 2)
  else if (kind === Kind.SackPermitted && length === 2) packet.sackPermitted = 1
  else if (kind === Kind.Timestamps && length === 10) {
    packet.hasTimestamps = 1
    packet.tsVal = octets.getUint32(at + 2)
    packet.tsEcr = octets.getUint32(at + 6)
  }
}
