import { TcpFlag } from '../core/tcp-flags.ts'
import type { PacketView } from '../packet/packet-view.ts'
import * as layout from './flow-record.ts'
import type { FlowStore } from './flow-store.ts'
import { microsOf } from './flow-times.ts'
import { relativeTo } from './sequence.ts'

const { ACKED, BITS, COUNTS, LAST_DIGEST, LAST_MICROS, MAX, PACKETS, RECENT, RECENT_WORDS, SideBit, START, TTL_HOME } =
  layout
const { ShownAck, ShownFin, ShownRst, ShownSyn, ShownSynAck } = SideBit

const { Syn, Fin, Rst, Ack } = TcpFlag

/** A copy on the same vantage follows its original at most this much later. */
const COPY_MICROS = 1000

/**
 * Digest of a TCP header, payload length and IPv4 identification, by which a copy is known. Plain, because every segment
 * pays for it: the checksum already mixes what the header holds.
 */
export function tcpDigest(view: PacketView): number {
  const { checksum } = view
  // Text without -v prints no checksum; the timestamp stands in for it.
  const mixed = checksum !== 0 || view.hasTimestamps === 0 ? checksum : view.tsVal
  const numbers = (view.seq + Math.imul(view.ack, 0x85ebca6b)) | 0
  return numbers ^ (view.ipId << 16) ^ mixed ^ ((view.flags << 20) | view.window) ^ (view.payloadLength << 8)
}

/** Digest of a packet of another protocol: what a copy cannot differ in. */
export function datagramDigest(view: PacketView): number {
  let h = Math.imul(view.payloadLength ^ (view.ipId << 16), 0x9e3779b1)
  const message = view.protocol === 17 ? view.dnsId : (view.icmpType << 24) ^ (view.icmpSeq << 8) ^ view.icmpCode
  h = Math.imul(h ^ (h >>> 15) ^ message, 0x85ebca6b)
  // Zero marks an empty place among the recent ones.
  return (h ^ (h >>> 13)) | 1
}

/** Vantage the side was last heard at. */
export function homeOf(store: FlowStore, e: number): number {
  return store.int(e + TTL_HOME) >>> 16
}

/**
 * Whether a segment is one the flow has counted before, seen at another place or delivered twice (flow reference, 3.3).
 *
 * @param e - First word of the sender's side.
 * @param p - First word of the peer's.
 */
export function isTcpCopy(
  store: FlowStore,
  e: number,
  p: number,
  view: PacketView,
  vantage: number,
  t: number,
): boolean {
  if (store.int(e + PACKETS) === 0) return false
  return vantage === homeOf(store, e) ? isRepeated(store, e, p, view, t) : bringsNothingNew(store, e, p, view)
}

/** Same vantage: equal to the packet before it and hardly later. */
function isRepeated(store: FlowStore, e: number, p: number, view: PacketView, t: number): boolean {
  // Digests of two packets may be equal by chance; what is new is no copy.
  if (tcpDigest(view) !== store.int(e + LAST_DIGEST)) return false
  if (view.hasSeq === 1 && !bringsNothingNew(store, e, p, view)) return false
  // Acknowledgments without an IP ID may be genuine duplicates, and segments without numbers (`-q`) merely of one length.
  const numbered = view.hasSeq === 1 && (view.payloadLength > 0 || (view.flags & (Syn | Fin | Rst)) !== 0)
  const telling = view.ipId > 0 || numbered
  if (!telling) return false
  if (!view.hasTime) return view.hasTimestamps === 1
  const elapsed = (microsOf(t) - store.int(e + LAST_MICROS)) | 0
  if (elapsed < 0 || elapsed > COPY_MICROS) return false
  store.setInt(e + LAST_MICROS, microsOf(t))
  return true
}

/** Other vantage: a copy unless it moves the sequence space, or shows a flag, beyond what its direction has shown. */
function bringsNothingNew(store: FlowStore, e: number, p: number, view: PacketView): boolean {
  const bits = store.int(e + BITS)
  const flags = view.flags
  if ((flags & Syn) !== 0) {
    // The ISN of another connection says nothing about order, only equality does.
    return (bits & ShownSyn) !== 0 && (view.seq | 0) === store.int(e + START) && !isFirstSynAck(bits, flags)
  }
  if ((flags & Fin) !== 0 && (bits & ShownFin) === 0) return false
  if ((flags & Rst) !== 0 && (bits & ShownRst) === 0) return false
  if ((flags & Ack) !== 0) {
    if ((bits & ShownAck) === 0) return false
    const acked = store.double(p + ACKED)
    if (relativeTo(view.ack, store.int(p + START), acked) > acked) return false
  }
  const max = store.double(e + MAX)
  const length = (flags & Rst) === 0 ? view.payloadLength : 0
  return relativeTo(view.seq, store.int(e + START), max) + length + (flags & Fin) <= max
}

function isFirstSynAck(bits: number, flags: number): boolean {
  return (flags & Ack) !== 0 && (bits & ShownSynAck) === 0
}

/** The same for protocols without sequence numbers: equal to one of the side's latest packets. */
export function isDatagramCopy(store: FlowStore, e: number, view: PacketView, vantage: number, t: number): boolean {
  const packets = store.int(e + PACKETS)
  if (packets === 0) return false
  const digest = datagramDigest(view)
  if (vantage === homeOf(store, e)) {
    // Without an IP ID two equal datagrams in a row are two datagrams.
    const elapsed = (microsOf(t) - store.int(e + LAST_MICROS)) | 0
    return digest === store.int(e + LAST_DIGEST) && view.ipId > 0 && elapsed >= 0 && elapsed <= COPY_MICROS
  }
  for (let i = 0; i < RECENT_WORDS; i++) {
    if (store.int(e + RECENT + i) === digest) return true
  }
  return false
}

/** Remembers a datagram among the side's latest. */
export function rememberDatagram(store: FlowStore, e: number, view: PacketView, t: number): void {
  const digest = datagramDigest(view)
  store.setInt(e + RECENT + (store.int(e + COUNTS) % RECENT_WORDS), digest)
  store.addInt(e + COUNTS, 1)
  store.setInt(e + LAST_DIGEST, digest)
  store.setInt(e + LAST_MICROS, microsOf(t))
}

/** Remembers a segment as the side's last. */
export function rememberSegment(store: FlowStore, e: number, view: PacketView, t: number): void {
  store.setInt(e + LAST_DIGEST, tcpDigest(view))
  store.setInt(e + LAST_MICROS, microsOf(t))
}
