import type { PacketView } from '../packet/packet-view.ts'
import type { PacketSample } from './flow.ts'
import type { FlowClock } from './flow-times.ts'
import type { RecordPositions } from './record-positions.ts'

const WORDS = 9
/** Offsets: time (a double's two words), record, seq, ack, TSval or tag, payload and TTL, IP ID and flags, next. */
const TIME = 0
const RECORD = 2
const SEQ = 3
const ACK = 4
const STAMP = 5
const PAYLOAD = 6
const FLAGS = 7
const NEXT = 8

const SEGMENT_SHIFT = 14
const SEGMENT_SAMPLES = 1 << SEGMENT_SHIFT

const PAYLOAD_MASK = (1 << 20) - 1
const TTL_SHIFT = 20
const FORWARD = 1 << 29
const HAS_STAMP = 1 << 30
const IP_ID_MASK = (1 << 17) - 1
const FLAGS_SHIFT = 17
const HAS_TAG = 1 << 26
const IS_RELATIVE = 1 << 27

/** Samples kept alive at once before flows keep fewer: so many concurrent flows would not fit in memory otherwise. */
const PLENTY = 1 << 18
const SCARCE = 1 << 20
export const MAX_SAMPLES_A_SIDE = 4

/**
 * The first packets of each direction of each flow, as linked lists in typed arrays, newest first. What NAT keeps of a
 * packet is in them, and so sightings of one connection are joined by them.
 */
export class SamplePool {
  /** Packets of a side that a flow keeps while there is plenty of room. */
  readonly wanted: number
  /** Samples kept a side for new packets has been lowered at some time. */
  reduced = false
  readonly #segments: Int32Array[] = []
  #free = 0
  #limit = 1
  #size = 0
  readonly #double: Float64Array = new Float64Array(1)
  readonly #halves: Int32Array = new Int32Array(this.#double.buffer)

  /** @param wanted - At least 1, {@link MAX_SAMPLES_A_SIDE} at most. */
  constructor(wanted: number = MAX_SAMPLES_A_SIDE) {
    this.wanted = wanted
  }

  /** Whether a side that has sent `packets` before this one keeps it. */
  wants(packets: number, side: number): boolean {
    if (packets >= this.wanted) return false
    if (this.#size < PLENTY) return true
    this.reduced ||= this.wanted > 1
    return packets === 0 && (side === 0 || this.#size < SCARCE)
  }

  /** Packets of a side that are kept now: those behind them need not be offered. */
  get mostASide(): number {
    return this.#size < PLENTY ? this.wanted : 1
  }

  /** Keeps a packet in front of the list `head`. @returns The new head. */
  add(head: number, view: PacketView, side: number, time: number, record: number): number {
    const sample = this.#allocate()
    const words = this.#segmentOf(sample)
    const at = (sample & (SEGMENT_SAMPLES - 1)) * WORDS
    const tag = sampleTag(view)
    this.#double[0] = time
    words[at + TIME] = this.#halves[0] as number
    words[at + TIME + 1] = this.#halves[1] as number
    words[at + RECORD] = record
    words[at + SEQ] = view.protocol === 6 ? view.seq : 0
    words[at + ACK] = view.protocol === 6 ? view.ack : 0
    const stamped = view.protocol === 6 && view.hasTimestamps === 1
    words[at + STAMP] = stamped ? view.tsVal : Math.max(tag, 0)
    words[at + PAYLOAD] =
      Math.min(view.payloadLength, PAYLOAD_MASK) |
      ((view.ttl + 1) << TTL_SHIFT) |
      (side === 0 ? FORWARD : 0) |
      (stamped ? HAS_STAMP : 0)
    const flags = view.protocol === 6 ? view.flags << FLAGS_SHIFT : 0
    words[at + FLAGS] = (view.ipId + 1) | flags | (tag >= 0 ? HAS_TAG : 0) | (isRelative(view) ? IS_RELATIVE : 0)
    words[at + NEXT] = head
    return sample
  }

  /** Frees a list. */
  release(head: number): void {
    let sample = head
    while (sample !== 0) {
      const words = this.#segmentOf(sample)
      const at = (sample & (SEGMENT_SAMPLES - 1)) * WORDS + NEXT
      const next = words[at] as number
      words[at] = this.#free
      this.#free = sample
      this.#size--
      sample = next
    }
  }

  /** Time of a list's oldest packet of one direction; `otherwise` where none was kept. */
  firstTime(head: number, forward: boolean, otherwise: number): number {
    let time = otherwise
    for (let sample = head; sample !== 0; ) {
      const words = this.#segmentOf(sample)
      const at = (sample & (SEGMENT_SAMPLES - 1)) * WORDS
      if ((((words[at + PAYLOAD] as number) & FORWARD) !== 0) === forward) time = this.#timeAt(words, at)
      sample = words[at + NEXT] as number
    }
    return time
  }

  /**
   * A list's samples, oldest first.
   *
   * @param clock - Of the table, for times.
   * @param positions - Where the records are that samples name by number.
   */
  read(head: number, clock: FlowClock, positions: RecordPositions): PacketSample[] {
    let count = 0
    for (let sample = head; sample !== 0; sample = this.#next(sample)) count++
    const samples = new Array<PacketSample>(count)
    for (let sample = head; sample !== 0; sample = this.#next(sample)) {
      const words = this.#segmentOf(sample)
      samples[--count] = this.#value(words, (sample & (SEGMENT_SAMPLES - 1)) * WORDS, clock, positions)
    }
    return samples
  }

  #value(words: Int32Array, at: number, clock: FlowClock, positions: RecordPositions): PacketSample {
    const time = this.#timeAt(words, at)
    const number = (words[at + RECORD] as number) >>> 0
    const file = positions.fileOf(number)
    const payload = words[at + PAYLOAD] as number
    const flags = words[at + FLAGS] as number
    const stamp = (words[at + STAMP] as number) >>> 0
    const ttl = ((payload >>> TTL_SHIFT) & 0x1ff) - 1
    const ipId = (flags & IP_ID_MASK) - 1
    const sample: PacketSample = {
      record: number - positions.startOf(file),
      file,
      forward: (payload & FORWARD) !== 0,
      timeSec: clock.seconds(time),
      timeNsec: clock.nanoseconds(time),
      flags: (flags >>> FLAGS_SHIFT) & 0x1ff,
      seq: (words[at + SEQ] as number) >>> 0,
      ack: (words[at + ACK] as number) >>> 0,
      payloadLength: payload & PAYLOAD_MASK,
      tsVal: (payload & HAS_STAMP) !== 0 ? stamp : null,
      ipId: ipId < 0 ? null : ipId,
      ttl: ttl < 0 ? null : ttl,
      tag: (flags & HAS_TAG) !== 0 ? stamp : null,
    }
    return (flags & IS_RELATIVE) === 0 ? sample : { ...sample, isRelative: true }
  }

  #next(sample: number): number {
    return this.#segmentOf(sample)[(sample & (SEGMENT_SAMPLES - 1)) * WORDS + NEXT] as number
  }

  #timeAt(words: Int32Array, at: number): number {
    this.#halves[0] = words[at + TIME] as number
    this.#halves[1] = words[at + TIME + 1] as number
    return this.#double[0] as number
  }

  #segmentOf(sample: number): Int32Array {
    return this.#segments[sample >> SEGMENT_SHIFT] as Int32Array
  }

  #allocate(): number {
    this.#size++
    const sample = this.#free
    if (sample !== 0) {
      this.#free = this.#segmentOf(sample)[(sample & (SEGMENT_SAMPLES - 1)) * WORDS + NEXT] as number
      return sample
    }
    const fresh = this.#limit++
    if (fresh >> SEGMENT_SHIFT === this.#segments.length) this.#segments.push(new Int32Array(SEGMENT_SAMPLES * WORDS))
    return fresh
  }
}

function isRelative(view: PacketView): boolean {
  return view.protocol === 6 && (view.hasSeq === 0 || view.seqIsRelative === 1 || view.ackIsRelative === 1)
}

/** What joins sightings of packets without sequence numbers: the DNS id, the number of an ICMP echo; −1 for others. */
function sampleTag(view: PacketView): number {
  if (view.protocol === 17) return view.dnsId
  return view.protocol === 1 || view.protocol === 58 ? view.icmpSeq : -1
}
