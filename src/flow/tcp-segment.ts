import { TcpFlag } from '../core/tcp-flags.ts'
import type { PacketView } from '../packet/packet-view.ts'
import { rememberSegment } from './copies.ts'
import { type ExtraPool, extraOf, holesOf, settleHoles } from './flow-extra.ts'
import * as layout from './flow-record.ts'
import type { FlowStore } from './flow-store.ts'
import { isLongClosed, microsOf } from './flow-times.ts'
import { addLetter, isPowerOfTen, Letter } from './history.ts'
import { forgetTiming, timeAcknowledgment, timeSegment } from './round-trip.ts'
import { relativeTo } from './sequence.ts'
import { noteClose } from './tcp-close.ts'
import { countControlFlags } from './tcp-counts.ts'
import { AcknowledgedGaps } from './tcp-gaps.ts'
import { noteSyn, timeHandshakeAck } from './tcp-handshake.ts'
import { addControlLetter, addLetterOnce } from './tcp-letters.ts'
import { octetsBehindSyn } from './tcp-reuse.ts'
import { nextBits, nextPeerBits, previousStateOf, stateOf, TcpState } from './tcp-state.ts'

const { ACKED, BITS, EXTRA, FIN_END, FIRST_ACK, KIND, Kind, MAX, SIDE_WORDS, SIDES, SideBit, START } = layout
const { Irregular } = Kind
const { Acked, LetterAck, LetterData, ShownAck, ShownSyn, ShownSynAck, Started } = SideBit
const { Closed, Established, Inactive, Partial, Reset, SynSent } = TcpState

const { Syn, Fin, Rst, Ack } = TcpFlag
const CONTROL = Syn | Fin | Rst

/** Jumps that a SYN or RST is not trusted with, octets. */
const TOO_FAR = 1 << 20

/**
 * Applies TCP segments to the flow the store's cursor is on (flow reference, 3.5 to 3.7). Sequence numbers are counted
 * from the start of the side that sent them, acknowledgments from the start of the side they acknowledge.
 */
export class TcpSegments {
  readonly #store: FlowStore
  readonly #extras: ExtraPool

  // Of the segment at hand.
  #side: 0 | 1 = 0
  /** First words of the sender's side and of the peer's. */
  #e = 0
  #p = 0
  /** Not a number at first, so that V8 keeps a double here from the start: most code compiled for integers would be thrown away. */
  #time: number = Number.NaN
  #flags = 0
  #payload = 0
  #from = 0
  /** End of the segment, SYN and FIN included, the payload of a reset left out. */
  #to = 0
  /** 0 where the segment carries none that counts. */
  #ack = 0
  /** The side's first segment, or the first of its new numbering. */
  #fresh = false
  readonly #gaps: AcknowledgedGaps

  constructor(store: FlowStore, extras: ExtraPool) {
    this.#store = store
    this.#extras = extras
    this.#gaps = new AcknowledgedGaps(store, extras)
  }

  /**
   * Applies one segment that is no copy.
   *
   * @param side - 0 when the originator sent it.
   */
  apply(view: PacketView, side: 0 | 1, t: number): void {
    const store = this.#store
    this.#side = side
    this.#e = store.base + SIDES + side * SIDE_WORDS
    this.#p = store.base + SIDES + (1 - side) * SIDE_WORDS
    this.#time = t
    this.#flags = view.flags & (CONTROL | Ack)
    this.#payload = view.payloadLength
    rememberSegment(store, this.#e, view, t)
    if (isLongClosed(store, t) && (this.#flags & Syn) === 0) this.#applyLate(view)
    else this.#applyInTime(view)
  }

  /** More than five seconds after the close: a late FIN or RST must not turn an SF into something else. */
  #applyLate(view: PacketView): void {
    this.#fresh = false
    this.#locate(view)
    this.#classify(this.#store.double(this.#e + MAX))
    if ((this.#flags & CONTROL) !== 0) countControlFlags(this.#store, this.#e, view)
  }

  #applyInTime(view: PacketView): void {
    const control = this.#flags & CONTROL
    const hasAck = (this.#flags & Ack) !== 0
    this.#begin(view)
    this.#locate(view)
    const extras = this.#extras
    if (control !== 0) addControlLetter(this.#store, extras, this.#side, this.#flags, this.#from, this.#to)
    else if (this.#payload > 0) addLetterOnce(this.#store, extras, this.#side, LetterData, Letter.Data)
    else if (hasAck) addLetterOnce(this.#store, extras, this.#side, LetterAck, Letter.Ack)
    if (view.window === 0) this.#zeroWindow()
    if (hasAck && view.hasSeq === 1) this.#acknowledge(view.ack)
    this.#advance()
    if (control !== 0) {
      if ((this.#flags & Syn) !== 0) noteSyn(this.#store, this.#side, this.#flags, this.#time)
      countControlFlags(this.#store, this.#e, view)
    }
    const state = stateOf(this.#store.int(this.#e + BITS))
    if (control !== 0 || state < Established) this.#changeState(control)
    if (hasAck && view.hasSeq === 1) this.#gaps.look(this.#side === 0 ? 1 : 0, this.#ack)
    if (control !== 0) noteClose(this.#store, this.#side, this.#time)
    if ((this.#store.int(this.#store.base + KIND) & Irregular) !== 0) settleHoles(this.#store, extras)
  }

  /** Starts the side's numbering with its first segment, or anew with a SYN of another number. */
  #begin(view: PacketView): void {
    const store = this.#store
    const e = this.#e
    const bits = store.int(e + BITS)
    const isSilent = stateOf(bits) === Inactive
    this.#fresh = false
    if ((this.#flags & Syn) !== 0) {
      const isOther = view.hasSeq === 1 && (view.seq | 0) !== store.int(e + START)
      if (!isSilent && !(isOther && isRestartable(bits))) return
      if (!isSilent && this.#moveStart(view)) return
      const payload = (this.#flags & Rst) === 0 ? this.#payload : 0
      this.#startAt(view.seq, payload + 1 + (this.#flags & Fin))
    } else if (isSilent) {
      this.#startAt(view.seq - 1, 1)
    }
  }

  #startAt(start: number, max: number): void {
    const store = this.#store
    const e = this.#e
    this.#fresh = true
    store.setInt(e + START, start)
    store.setDouble(e + MAX, max)
    store.setDouble(e + ACKED, 0)
    store.mark(e + BITS, Started)
    this.#forgetHoles()
  }

  /**
   * Takes a SYN captured after the segments it opened the way for as the start of their numbering.
   *
   * @returns False where it is none.
   */
  #moveStart(view: PacketView): boolean {
    const store = this.#store
    const e = this.#e
    if ((store.int(e + BITS) & ShownSyn) !== 0) return false
    const behind = octetsBehindSyn(store, view, e)
    if (behind === 0) return false
    store.setInt(e + START, view.seq)
    store.addDouble(e + MAX, behind)
    store.addDouble(e + ACKED, behind)
    store.addInt(e + FIN_END, behind)
    const kind = store.base + KIND
    store.setInt(kind, forgetTiming(store.int(kind), this.#side))
    this.#forgetHoles()
    return true
  }

  /** The side's numbering begins elsewhere: what was missing of it before says nothing any more. */
  #forgetHoles(): void {
    const extra = this.#extras.get(this.#store.int(this.#store.base + EXTRA))
    if (extra !== undefined) extra.sides[this.#side].holes = null
  }

  #locate(view: PacketView): void {
    const store = this.#store
    const flags = this.#flags
    const max = store.double(this.#e + MAX)
    const payload = (flags & Rst) === 0 ? this.#payload : 0
    const length = payload + ((flags & Syn) !== 0 ? 1 : 0) + (flags & Fin)
    let from = relativeTo(view.seq, store.int(this.#e + START), max)
    // Text printed without numbers: taken as in order.
    if (view.hasSeq === 0) from = (flags & Syn) !== 0 ? 0 : max
    // Of a long connection only SYN and FIN may have been captured: the FIN then lies ahead, however far.
    else if ((flags & Fin) !== 0 && max === 1 && from < 0) from += 0x100000000
    this.#from = from
    this.#to = from + length
  }

  #zeroWindow(): void {
    const store = this.#store
    if ((this.#flags & Rst) !== 0 || stateOf(store.int(this.#p + BITS)) === Closed) return
    if (stateOf(store.int(this.#e + BITS)) === Reset) return
    const side = extraOf(store, this.#extras).sides[this.#side]
    if (isPowerOfTen(++side.zeroWindows)) addLetter(store, this.#extras, Letter.ZeroWindow, this.#side)
  }

  #acknowledge(ack: number): void {
    const store = this.#store
    const p = this.#p
    const bits = store.int(p + BITS)
    if ((bits & Started) === 0) {
      // Seen only through its peer: whatever it sent before is not counted.
      store.setInt(p + START, ack - 1)
      store.mark(p + BITS, Started)
    }
    const acked = store.double(p + ACKED)
    let relative = relativeTo(ack, store.int(p + START), acked)
    // An acknowledgment field left at 0 is no number.
    if (ack === 0 && relative - acked > TOO_FAR) relative = acked
    this.#ack = relative
    store.mark(this.#e + BITS, ShownAck)
    if ((this.#flags & Rst) !== 0 && stateOf(bits) !== Inactive) return
    if ((bits & Acked) === 0) {
      store.setInt(p + FIRST_ACK, ack)
      store.mark(p + BITS, Acked)
    }
    if (relative > acked) store.setDouble(p + ACKED, relative)
    this.#timeAcknowledgment(relative)
    if (this.#side === 0) timeHandshakeAck(this.#store, this.#time)
  }

  /** Moves the side's highest number on, or counts what did not move it. */
  #advance(): void {
    const store = this.#store
    const at = this.#e + MAX
    const max = store.double(at)
    const isReset = stateOf(store.int(this.#e + BITS)) === Reset
    const isFirstFin = (this.#flags & Fin) !== 0 && max === 1
    if ((this.#flags & (Syn | Rst)) !== 0 && Math.abs(this.#to - max) > TOO_FAR) return
    if (isReset && !isFirstFin) return
    if (!this.#fresh) this.#classify(max)
    else if (this.#from > max) holesOf(this.#store, this.#extras, this.#side).leave(this.#from, max)
    if (this.#to > max) {
      store.setDouble(at, this.#to)
      if (this.#payload > 0) this.#timeSegment()
    } else if (this.#payload > 0) {
      const side = extraOf(store, this.#extras).sides[this.#side]
      if (isPowerOfTen(++side.rewinds)) addLetter(store, this.#extras, Letter.Rewind, this.#side)
      const kind = store.base + KIND
      store.setInt(kind, forgetTiming(store.int(kind), this.#side))
    }
  }

  #timeSegment(): void {
    const { words, base } = this.#store
    const kind = this.#store.int(base + KIND)
    this.#store.setInt(base + KIND, timeSegment(words, base, kind, this.#side, this.#to, microsOf(this.#time)))
  }

  #timeAcknowledgment(ack: number): void {
    const { words, base } = this.#store
    const kind = this.#store.int(base + KIND)
    const side = this.#side === 0 ? 1 : 0
    this.#store.setInt(base + KIND, timeAcknowledgment(words, base, kind, side, ack, microsOf(this.#time)))
  }

  /** Tells retransmissions, reordered segments, keep-alives and holes from segments in order. */
  #classify(max: number): void {
    if (this.#from === max || (this.#flags & Rst) !== 0) return
    if (this.#from === max - 1 && (this.#flags & (Syn | Fin)) === 0 && !this.#fillsHoleBelow(max)) {
      // Keep-alive; a longer segment there follows a window probe of one octet.
      if (this.#payload <= 1) extraOf(this.#store, this.#extras).sides[this.#side].keepAlives++
      return
    }
    if (this.#from > max) this.#leaveHole(max)
    else if (this.#to > this.#from) this.#classifyBelow(max)
  }

  /** Whether the segment brings the octet below the highest number, which was not captured yet: then it is late, and no keep-alive. */
  #fillsHoleBelow(max: number): boolean {
    if (this.#payload === 0) return false
    const holes = this.#extras.get(this.#store.int(this.#store.base + EXTRA))?.sides[this.#side].holes ?? null
    return holes?.open === true && !holes.wasSeen(max - 1, max, 0, max)
  }

  #leaveHole(max: number): void {
    if (isLongClosed(this.#store, this.#time)) return
    const holes = holesOf(this.#store, this.#extras, this.#side)
    holes.leave(this.#from, max)
    if ((this.#store.int(this.#e + BITS) & Acked) === 0) holes.checkUnacknowledged(this.#to)
  }

  /** A segment that starts below the highest number: were any of its octets seen before? */
  #classifyBelow(max: number): void {
    const store = this.#store
    const bits = store.int(this.#e + BITS)
    const isFirstSynAck = (this.#flags & (Syn | Ack)) === (Syn | Ack) && (bits & ShownSynAck) === 0
    const side = extraOf(store, this.#extras).sides[this.#side]
    const low = (bits & ShownSyn) !== 0 ? 0 : 1
    const holes = side.holes
    const wasSeen =
      holes === null || !holes.open
        ? Math.max(this.#from, low) < Math.min(this.#to, max)
        : holes.wasSeen(this.#from, this.#to, low, max)
    if (!wasSeen) side.outOfOrder++
    // Of a simultaneous open the SYN-ACK repeats the SYN's number.
    else if (!isFirstSynAck) side.retransmissions++
    if (holes !== null) {
      holes.fill(this.#from, this.#to)
      if ((bits & Acked) === 0) holes.checkUnacknowledged(Math.max(max, this.#to))
    }
  }

  #changeState(control: number): void {
    const store = this.#store
    const before = store.int(this.#e + BITS)
    const peer = store.int(this.#p + BITS)
    const isOriginator = this.#side === 0
    const flags = control | (this.#flags & Ack)
    store.setInt(this.#e + BITS, nextBits(before, peer, isOriginator, flags, this.#payload))
    store.setInt(this.#p + BITS, nextPeerBits(before, peer, isOriginator, flags))
  }
}

/** States in which a SYN of another number starts the side's numbering anew. */
function isRestartable(bits: number): boolean {
  const state = stateOf(bits)
  if (state === Reset) return previousStateOf(bits) === Inactive
  return state === SynSent || state === Established || state === Partial
}
